"""What the free texts of a series say about its weighting, in any of the usual spellings."""

from __future__ import annotations

import re
from typing import Final


def _word(pattern: str) -> re.Pattern[str]:
    """Match a token that no letter or digit touches; underscores and the like may."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


# The first pattern that matches decides: the special before the general.
LABELS: Final = (
    ("ADC", _word("e?adc|apparent.diffusion.*")),
    ("DWI", _word("dwi|dw|diff(?:usion)?|resolve|trace[w]?|b\\d{3,4}|ep2d_diff.*")),
    ("STIR", _word("t2?_?stir\\w*|stir\\w*|t[12]?_?tirm\\w*|tirm\\w*|turbo.?stir")),
    ("T1-FLAIR", _word("t1w?[ _-]*(?:dark.?fluid|flair|tir)\\w*")),
    ("FLAIR", _word("(?:t2w?[ _-]*)?flair\\w*|dark.?fluid")),
    ("T2*", re.compile(r"(?<![a-z0-9])t2w?[ _-]?(?:\*|star)|(?<![a-z])(?:medic|merge|swi|m.?ffe)")),
    (
        "T1-GRE",
        _word("(?:t1)?[ _-]*(?:vibe|flash|spgr|fspgr|mprage|mp2rage|bravo|thrive|lava)\\w*"),
    ),
    ("PD", _word("pdw?|proton.?density|(?:pdw?)[ _-]?(?:tse|fse|spair|fs)\\w*")),
    ("T2", re.compile(r"(?<![a-z0-9])t2(?![0-9])")),
    ("T1", re.compile(r"(?<![a-z0-9])t1(?![0-9])")),
)
FAT_SUPPRESSED: Final = re.compile(
    r"(?<![a-z0-9])(?:fs|fatsat|fat.?sat|fat.?sup\w*|spair|spir|chess|stir|tirm)(?![a-z0-9])"
    r"|(?:tse|fse|se|t1w?|t2w?|pdw?)fs(?![a-z0-9])|dixon.{0,6}(?<![a-z])(?:w|water)(?![a-z0-9])"
    r"|ideal.{0,6}water"
)
CONTRAST: Final = re.compile(
    r"(?<![a-z0-9])(?:gd|gad|gado\w*|km|\+c|\+ c|post.?contrast|post.?gad\w*|post.?gd|nach.?km"
    r"|c\+|ce|contrast.?enhanced|contraste)(?![a-z0-9])|\+(?:gd|km|c)(?![a-z0-9])"
)
NO_CONTRAST: Final = re.compile(
    r"(?<![a-z])(?:pre|vor|ohne|without|w/o|sans|sin|no|non)[ ._-]*(?:gd|gad\w*|km|contrast\w*)"
)
LOCALIZER: Final = re.compile(
    r"(?<![a-z])(?:loc|localizer|localiser|localizador|scout|survey|topogram|reperage|"
    r"3.?pl(?:ane)?(?:.?loc\w*)?)(?![a-z])|localizer"
)


def text_label(text: str) -> str | None:
    """The weighting that a text names; None where it names none."""
    lowered = text.lower()
    return next((label for label, pattern in LABELS if pattern.search(lowered)), None)


def says_fat_suppressed(text: str) -> bool:
    """Whether a text names a fat suppression."""
    return bool(FAT_SUPPRESSED.search(text.lower()))


def says_contrast(text: str) -> bool:
    """Whether a text names a contrast agent that was given."""
    lowered = text.lower()
    return bool(CONTRAST.search(lowered)) and not NO_CONTRAST.search(lowered)


def says_localizer(text: str) -> bool:
    """Whether a text names a localizer."""
    return bool(LOCALIZER.search(text.lower()))
