"""Names of levels in free text: discs, ranges of discs, single vertebrae, transitional ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

LUMBAR_DISCS: Final = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
"""What "all levels" and "remaining levels" mean in a lumbar report with five lumbar bodies."""
REPORTED: Final = frozenset(
    ("T12/L1", *LUMBAR_DISCS, "L5/L6", "L6/S1")
    + ("T11", "T12", "L1", "L2", "L3", "L4", "L5", "L6", "S1")
)
"""Levels of which labels are given: those of a lumbar report."""
LUMBAR_BODIES: Final = ("L1", "L2", "L3", "L4", "L5")

_NUMBERS: Final = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_WORDS: Final = "|".join(_NUMBERS)
"""As dictation writes them: "L four five", "L five S one"."""
_ONE: Final = r"(?:[td]\s?1[0-2]|[td]\s?[1-9]|l\s?[1-6]|s\s?[12])"
"""Thoracic vertebrae are T or, for dorsal, D."""
_SECOND: Final = rf"(?:{_ONE}|1[0-2]|[1-6]|s)"
_PAIR: Final = (
    rf"(?:{_ONE}\s?[-/]\s?{_SECOND}(?!\d|\s?(?:mm|cm|x)\b)|l[1-6][ls][1-6]"
    rf"|l\s(?:{_WORDS})[\s/-]+(?:l\s)?(?:{_WORDS})\b|l\s(?:{_WORDS})[\s/-]+s\s?(?:one|1)\b)"
)
LEVELS: Final = re.compile(
    rf"\b(?P<first>{_PAIR})\s*(?:-|through|thru|(?:down |up )?to)\s*(?:the\s+)?(?P<last>{_PAIR})\b"
    rf"|\b(?P<pair>{_PAIR})(?:\s?[-/]\s?s1)?\b"
    rf"|\b(?P<top>{_ONE})\s+(?:on|over|upon|relative to|with respect to)\s+(?P<bottom>{_ONE})\b"
    rf"|\b(?P<from>{_ONE})\s+(?:through|thru|to)\s+(?P<to>{_ONE})\b"
    rf"|\b(?P<one>{_ONE})\b"
    r"|\b(?P<lumbosacral>lumbosacral (?:junction|disc|disk|level))\b"
    r"|(?<![\d.])\b(?P<short>[1-5]\s?[-/]\s?[2-6])\b(?!\s?(?:mm|cm|x|/|-))"
)
"""For normalised text (small letters, plain hyphens)."""


@dataclass(frozen=True, slots=True)
class LevelMention:
    """discs: the disc levels meant. vertebrae: where single vertebrae are named instead."""

    start: int
    end: int
    discs: tuple[str, ...]
    vertebrae: tuple[str, ...] = ()


def _chain(has_l6: bool) -> tuple[str, ...]:
    lumbar = tuple(f"L{n}" for n in range(1, 7 if has_l6 else 6))
    return (*(f"T{n}" for n in range(1, 13)), *lumbar, "S1", "S2")


def _named(words: str) -> str:
    """In capitals without blanks, dorsal vertebrae as thoracic ones."""
    return words.replace(" ", "").upper().replace("D", "T")


def _bodies(pair: str) -> tuple[str, str]:
    dictated = pair
    for word, digit in _NUMBERS.items():
        dictated = re.sub(rf"\b{word}\b", digit, dictated)
    is_plain = dictated == pair and re.search(r"[-/]", pair)
    worded = None if is_plain else re.fullmatch(r"l\s?(\d)[\s/-]*(?:l\s?)?(s?)\s?(\d)", dictated)
    if worded:
        pair = f"l{worded[1]}-{worded[2] or 'l'}{worded[3]}"
    first, second = re.split(r"[-/]", _named(pair), maxsplit=1)
    if second == "S":
        second = "S1"
    if second[0].isdigit():
        number = int(second)
        if first in ("L5", "L6") and number == 1:
            second = "S1"
        elif first == "T12" and number == 1:
            second = "L1"
        else:
            second = f"{first[0]}{number}"
    return first, second


def discs_between(first: str, last: str, *, has_l6: bool = False) -> tuple[str, ...]:
    """The disc levels from one body to another, cranial first; () where that makes no sense."""
    chain = _chain(has_l6 or "L6" in (first, last))
    if first == "L5" and last == "S1":
        return ("L5/S1",)
    if first not in chain or last not in chain or chain.index(first) >= chain.index(last):
        return ()
    part = chain[chain.index(first) : chain.index(last) + 1]
    return tuple(f"{above}/{below}" for above, below in pairwise(part))


def all_discs(*, has_l6: bool) -> tuple[str, ...]:
    """Every lumbar disc level of this spine."""
    return discs_between("L1", "S1", has_l6=has_l6) if has_l6 else LUMBAR_DISCS


def find_levels(text: str) -> list[LevelMention]:
    """All mentions of levels in normalised text, in order."""
    has_l6 = re.search(r"\bl\s?6\b", text) is not None
    found: list[LevelMention] = []
    for match in LEVELS.finditer(text):
        mention = _mention(match, has_l6, found, text)
        if mention is not None:
            found.append(mention)
    return found


def _mention(
    match: re.Match[str], has_l6: bool, before: list[LevelMention], text: str
) -> LevelMention | None:
    start, end = match.span()

    def range_of(first: str, last: str) -> LevelMention | None:
        discs = discs_between(first, last, has_l6=has_l6)
        return LevelMention(start, end, discs) if discs else None

    if match["first"]:
        return range_of(_bodies(match["first"])[0], _bodies(match["last"])[1])
    if match["pair"]:
        return range_of(*_bodies(match["pair"]))
    if match["top"]:
        return range_of(*(_named(match[name]) for name in ("top", "bottom")))
    if match["from"]:
        first, last = (_named(match[name]) for name in ("from", "to"))
        made = range_of(first, last)
        if made is None:
            return None
        chain = _chain(has_l6)
        bodies = chain[chain.index(first) : chain.index(last) + 1] if last in chain else ()
        return LevelMention(start, end, made.discs, bodies)
    if match["lumbosacral"]:
        return LevelMention(start, end, ("L6/S1" if has_l6 else "L5/S1",))
    if match["one"]:
        return LevelMention(start, end, (), (_named(match["one"]),))
    # "L3-4 and 4-5": bare numbers only straight after a level
    if not before or not before[-1].discs:
        return None
    if not re.fullmatch(r"[\s,]*(?:and|or|to|through|&)?\s*", text[before[-1].end : start]):
        return None
    return range_of(*_bodies("l" + match["short"]))
