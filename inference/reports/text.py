"""Free text into sections and sentences; every position counts in the text as it was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from inference.reports.lexicon import Lexicon

_PLAIN: Final = {
    **{ord(dash): "-" for dash in "‐‑‒–—−"},
    **{ord(quote): "'" for quote in "‘’ʼ"},
    **{ord(quote): '"' for quote in "“”"},
    **{ord(blank): " " for blank in "\t\r\u00a0\u2009\u202f"},
    **{code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)},
}


def normalised(text: str) -> str:
    """Small letters, plain hyphens, quotes and blanks; as long as the text itself."""
    return text.translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Section:
    """role: "findings", "impression" or "ignored"."""

    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """starts_item: first of a list item. starts_paragraph: after a blank line."""

    start: int
    end: int
    role: str
    section: int
    starts_item: bool
    starts_paragraph: bool


def _heading_pattern(lexicon: Lexicon) -> re.Pattern[str]:
    terms = sorted(lexicon.values_of("section"), key=len, reverse=True)
    words = "|".join(re.escape(term).replace(r"\ ", r"[ -]+") for term in terms) or "(?!)"
    return re.compile(
        r"(?:^[ *#]*(?:[a-z]+[ /-]+){0,4}|(?<=[.;] )|(?<=[.;]  ))"
        rf"(?P<term>{words})\s*(?::|[ *]*$)",
        re.MULTILINE,
    )


_BLANK_LINE: Final = re.compile(r"\n[ ]*\n")
_PATTERNS: Final[dict[str, re.Pattern[str]]] = {}
_LEVEL_HEADING: Final = re.compile(
    r"^[ *-]*[tl]\s?\d{1,2}\s?[-/]\s?(?:[tls]\s?)?\d{1,2}\s*:", re.MULTILINE
)


def sections(text: str, lexicon: Lexicon) -> list[Section]:
    """The sections of normalised text; what stands before the first heading counts as findings."""
    pattern = _PATTERNS.setdefault(lexicon.version, _heading_pattern(lexicon))
    roles = lexicon.values_of("section")
    cuts: list[tuple[int, int, str]] = [(0, 0, "findings")]
    for match in pattern.finditer(text):
        role = roles[re.sub(r"[ -]+", " ", match["term"])]
        cuts.append((match.start(), match.end(), role))
    last_findings = max(start for start, _, role in cuts if role == "findings")
    found: list[Section] = []
    for (_, start, role), following in zip(cuts, [*cuts[1:], None], strict=True):
        end = len(text) if following is None else following[0]
        began = (
            _begins_unsaid(text, start, end, is_followed=last_findings > start)
            if role == "ignored"
            else None
        )
        if began is None:
            found.append(Section(role, start, end))
        else:
            found += [Section(role, start, began), Section("findings", began, end)]
    return found


def _begins_unsaid(text: str, start: int, end: int, *, is_followed: bool) -> int | None:
    """Where the findings begin, without a heading, in what a heading such as "history" opens.

    At a level that stands as a heading; and, where no heading of findings follows, at the
    paragraph after the first.
    """
    levelled = _LEVEL_HEADING.search(text, start, end)
    if is_followed:
        return None if levelled is None else levelled.start()
    first = re.compile(r"\s*\S").match(text, start, end)
    blank = _BLANK_LINE.search(text, first.end(), end) if first else None
    if blank is None or not text[blank.end() : end].strip():
        return None if levelled is None else levelled.start()
    return blank.end() if levelled is None else min(blank.end(), levelled.start())


_ABBREVIATIONS: Final = re.compile(r"\b(?:dr|mr|mrs|ms|vs|cf|approx|e\.g|i\.e|st|fig|prof)$")
_BULLET: Final = re.compile(r"[ ]*(?:[-*•·o]\s+|\(?\d{1,2}[.)]\s+)")
_LABEL: Final = re.compile(r"[ ]*[A-Z][A-Za-z0-9 /&-]{1,40}:")
_LEVEL_LINE: Final = re.compile(
    r"[ ]*[TLtl]\s?\d{1,2}\s?[-/]\s?(?:[TLSls]\s?)?\d{1,2}\s*(?::|-\s|\.|$)", re.MULTILINE
)
_GOES_ON: Final = re.compile(
    r"(?:[,(/-]|\b(?:the|a|an|of|at|and|or|with|without|to|in|on|from|by|is|are|no|both|through))\s*$"
)
_LEVEL_START: Final = re.compile(r"[ ]*[TLS]\s?\d")


def _line_ends_sentence(raw: str, position: int, end: int, start: int) -> bool:
    """Whether the line break at `position` ends a sentence; `raw` isn't in small letters."""
    rest = position + 1
    if not raw[rest:end].strip() or raw[rest:end].lstrip(" \t\r").startswith("\n"):
        return True
    if _BULLET.match(raw, rest) or _LABEL.match(raw, rest) or _LEVEL_LINE.match(raw, rest):
        return True
    before = normalised(raw[start:position])
    if _GOES_ON.search(before):
        return False
    if _LEVEL_START.match(raw, rest):
        line = raw[raw.rfind("\n", 0, position) + 1 : position]
        return line.isupper() or _LEVEL_START.match(raw, start) is not None
    following = raw[rest:end].lstrip()
    return following[:1].isupper()


def sentences(raw: str, section: Section, number: int) -> Iterator[Sentence]:
    """The sentences of one section.

    raw: the text as given, of which capitals tell where a line begins something new.
    """
    start, item, paragraph = section.start, True, True
    for match in re.finditer(r"[.!?\n]", raw[section.start : section.end]):
        position = section.start + match.start()
        if position < start:
            continue
        if match[0] == "\n":
            if not _line_ends_sentence(raw, position, section.end, start):
                continue
        elif not _full_stop(raw, position, section.end, start):
            continue
        end = position if match[0] == "\n" else position + 1
        made = _trimmed(raw, start, end, section, number, item, paragraph)
        if made is not None:
            yield made
            item = paragraph = False
        start = end
        after = raw[end : section.end]
        blank = re.match(r"[ \t\r]*\n[ \t\r]*\n", after)
        bullet = re.match(r"\s*\n?" + _BULLET.pattern, after)
        paragraph = paragraph or blank is not None
        item = item or (bullet is not None and ("\n" in bullet[0] or bullet[0].strip()[:1] != "o"))
    made = _trimmed(raw, start, section.end, section, number, item, paragraph)
    if made is not None:
        yield made


def _full_stop(raw: str, position: int, end: int, start: int) -> bool:
    following = raw[position + 1 : position + 2]
    if following and position + 1 < end and not following.isspace() and following not in ")\"'":
        return False
    before = normalised(raw[start:position]).rstrip()
    if re.fullmatch(r"[\s*•-]*\d{1,2}", before):
        return False  # "1." of a list
    return raw[position] != "." or _ABBREVIATIONS.search(before) is None


def _trimmed(
    raw: str, start: int, end: int, section: Section, number: int, item: bool, paragraph: bool
) -> Sentence | None:
    bullet = re.match(r"\s*" + _BULLET.pattern, raw[start:end])
    if bullet is not None:
        start += bullet.end()
        item = True
    while start < end and raw[start].isspace():
        start += 1
    while end > start and raw[end - 1].isspace():
        end -= 1
    if not re.search(r"[A-Za-z]", raw[start:end]):
        return None
    return Sentence(start, end, section.role, number, item, paragraph)
