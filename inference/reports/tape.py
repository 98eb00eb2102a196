"""A sentence as a row of marks: the words that mean something, in order, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from inference.reports.levels import LevelMention, find_levels
from inference.reports.lexicon import SEVERITIES, Lexicon, Term

_TOKEN: Final = re.compile(r"\b[a-z]/[a-z]\b|[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[^\s\w]")
_SIGNS: Final = {
    ",": "comma",
    "/": "comma",
    "&": "and",
    "+": "and",
    ";": "stop",
    ":": "colon",
    "(": "open",
    ")": "close",
    "-": "dash",
}
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_NUMBERED: Final = re.compile(r"\b(?P<what>grade|type|pfirrmann)\s*(?P<n>[1-5]|i{1,3}|iv|v)\b")
_LETTERED_SIDES: Final = re.compile(r"\b(?:r|right|l|left)\s?[<>]\s?(?:r|right|l|left)\b")
_ON_A_SIDE: Final = re.compile(r"\b(?:on|to|at|toward|towards)\s+(?:the\s+)?$")
_AT: Final = re.compile(r"\b(?:at|of|in|from|involving)\s+(?:the\s+)?$")
_NEAR: Final = 20
_ADJACENT: Final = 4
"""Characters between words that belong together."""
_PAST_REACH: Final = 30
_TO: Final = re.compile(r"\s*(?:-|/)?\s*(?:(?:to|or|and)\s*(?:-|/)?)?\s*")
_JOINS: Final = re.compile(
    r"(?:\s*levels?)?[\s,;&/]*(?:and|or|through|to|as well as)?\s*(?:at\s+)?(?:the\s+)?"
)
_BEGINS: Final = re.compile(r"\s*(?::|level:|shows?\b|demonstrates?\b|has\b|reveals?\b|is\b)")
_CHANGED: Final = re.compile(
    r"\b(?:progress|increas|worsen|chang|improv|decreas|advanc)\w*\b.{0,40}\bfrom\s+$"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One word or group of words that means something.

    kind: a kind of the lexicon, or a sign (comma, stop, colon, open, close, dash), "level",
    "number" (of a grade or type; `value` holds the digit). is_after: of a side, "on the left"; of
    a level, "at L4-5".
    """

    kind: str
    value: str
    start: int
    end: int
    level: LevelMention | None = None
    is_after: bool = False


def tape(text: str, start: int, end: int, lexicon: Lexicon) -> list[Mark]:
    """The marks of one sentence of normalised text, with their places in the whole text."""
    part = text[start:end]
    fixed = [
        Mark(
            "level",
            "",
            one.start,
            one.end,
            level=one,
            is_after=bool(_AT.search(text, max(start, one.start - 14), one.start)),
        )
        for one in find_levels_in(text, start, end)
    ]
    fixed += [
        Mark("side", "both", start + m.start(), start + m.end())
        for m in _LETTERED_SIDES.finditer(part)
    ]
    taken = [(mark.start, mark.end) for mark in fixed]
    for match in _NUMBERED.finditer(part):
        number = match["n"]
        value = number if number.isdigit() else str(_ROMAN[number])
        fixed.append(Mark("number", value, start + match.start("n"), start + match.end("n")))
    marks = fixed + _words(text, start, end, lexicon, taken)
    marks.sort(key=lambda mark: (mark.start, mark.kind != "level"))
    marks = _without_past(_ranges(marks, text))
    marks = _without_comparisons(_joined_levels(marks, text), text)
    return _shared_out(marks) if "respectively" in part else marks


def find_levels_in(text: str, start: int, end: int) -> list[LevelMention]:
    """The levels of a part of the text, placed in the whole."""
    found = find_levels(text[start:end])
    return [replace(one, start=one.start + start, end=one.end + start) for one in found]


def _words(
    text: str, start: int, end: int, lexicon: Lexicon, taken: list[tuple[int, int]]
) -> list[Mark]:
    tokens = [
        (match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text, start, end)
        if not any(a <= match.start() < b for a, b in taken)
    ]
    marks: list[Mark] = []
    at = 0
    while at < len(tokens):
        word, begin, stop = tokens[at]
        if not word[0].isalpha():
            if word in _SIGNS:
                marks.append(Mark(_SIGNS[word], "", begin, stop))
            at += 1
            continue
        term, used = _longest(tokens, at, lexicon)
        if term is not None:
            stop = tokens[at + used - 1][2]
            after = term.kind == "side" and _ON_A_SIDE.search(text, max(start, begin - 12), begin)
            marks.append(Mark(term.kind, term.value, begin, stop, is_after=bool(after)))
        at += used
    return marks


def _longest(
    tokens: list[tuple[str, int, int]], at: int, lexicon: Lexicon
) -> tuple[Term | None, int]:
    """The longest term that begins at a token, and how many tokens it takes."""
    for words, term in lexicon.starting_with(tokens[at][0]):
        position = at + 1
        for wanted in words[1:]:
            while position < len(tokens) and tokens[position][0] in "-/":
                position += 1
            if position >= len(tokens):
                break
            word = tokens[position][0]
            if not (word.startswith(wanted[:-1]) if wanted[-1] == "*" else word == wanted):
                break
            position += 1
        else:
            return term, position - at
    return None, 1


def _ranges(marks: list[Mark], text: str) -> list[Mark]:
    """Join ranges: "mild to moderate"; of "progressed from mild to moderate" the second half."""
    made: list[Mark] = []
    for mark in marks:
        at = len(made) - 1
        while at >= 0 and made[at].kind in ("dash", "comma", "and"):
            at -= 1
        first = made[at] if at >= 0 else None
        if (
            mark.kind == "severity"
            and first is not None
            and first.kind == "severity"
            and _is_range(text[first.end : mark.start])
        ):
            has_changed = _CHANGED.search(text, max(0, first.start - 80), first.start)
            value = mark.value if has_changed else _between(first.value, mark.value)
            made[at:] = [Mark("severity", value, first.start, mark.end)]
        else:
            made.append(mark)
    return made


def _is_range(between: str) -> bool:
    """Whether the words between two severities make one of them: "to", "or", a dash or a slash."""
    return bool(between.strip()) and "and" not in between and _TO.fullmatch(between) is not None


def _between(low: str, high: str) -> str:
    first, last = sorted((SEVERITIES.index(low), SEVERITIES.index(high)))
    if first == 0:
        return SEVERITIES[last]
    return SEVERITIES[(first + last) // 2]


def _without_past(marks: list[Mark]) -> list[Mark]:
    """Without how it was before: "previously moderate" says nothing of this exam."""
    kept: list[Mark] = []
    past: Mark | None = None
    for mark in marks:
        if mark.kind == "past" and mark.value == "behind":
            kept = _without_severities(kept)
        elif mark.kind == "past":
            past = mark
        elif past is not None and mark.kind == "severity" and mark.start - past.end < _PAST_REACH:
            past = None
        else:
            if mark.kind in ("stop", "break", "close"):
                past = None
            kept.append(mark)
    return kept


def _without_severities(marks: list[Mark]) -> list[Mark]:
    """Forget how much the clause has said: "severe stenosis seen on the prior"."""
    at = len(marks)
    while at and marks[at - 1].kind not in ("stop", "break"):
        at -= 1
    return marks[:at] + [mark for mark in marks[at:] if mark.kind != "severity"]


def _joined_levels(marks: list[Mark], text: str) -> list[Mark]:
    """Neighbouring levels ("L3-4, L4-5 and L5-S1") become one mark of all of them."""
    made: list[Mark] = []
    pending: list[Mark] = []
    for mark in marks:
        if mark.kind == "level" and mark.level is not None:
            previous = made[-1] if made else None
            if (
                previous is not None
                and previous.level is not None
                and bool(previous.level.discs) == bool(mark.level.discs)
                and _JOINS.fullmatch(text[previous.end : mark.start])
                and not (_is_told(made) and _BEGINS.match(text[mark.end : mark.end + 14]))
            ):
                joined = LevelMention(
                    previous.start,
                    mark.end,
                    tuple(dict.fromkeys((*previous.level.discs, *mark.level.discs))),
                    tuple(dict.fromkeys((*previous.level.vertebrae, *mark.level.vertebrae))),
                )
                made[-1] = replace(previous, end=mark.end, level=joined)
                pending = []
                continue
            made += pending
            pending = []
            made.append(mark)
        elif made and made[-1].kind == "level" and mark.kind in ("comma", "and"):
            pending.append(mark)
        else:
            made += pending
            pending = []
            made.append(mark)
    return made + pending


def _is_told(marks: list[Mark]) -> bool:
    """Whether something was said before: then the next level may begin a statement of its own."""
    return any(mark.kind in ("severity", "condition", "site", "adjective") for mark in marks)


def _shared_out(marks: list[Mark]) -> list[Mark]:
    """Put each level behind its severity: "moderate and severe at L3-4 and L4-5, respectively"."""
    severities = [mark for mark in marks if mark.kind == "severity"]
    named = [mark for mark in marks if mark.level is not None and mark.level.discs]
    if len(named) != 1 or named[0].level is None or len(named[0].level.discs) != len(severities):
        return marks
    made: list[Mark] = []
    discs = iter(named[0].level.discs)
    for mark in marks:
        if mark is named[0]:
            continue
        made.append(mark)
        if mark.kind == "severity":
            level = LevelMention(mark.end, mark.end, (next(discs),))
            made.append(Mark("level", "", mark.end, mark.end, level=level))
    return made


def _without_comparisons(marks: list[Mark], text: str) -> list[Mark]:
    """Resolve "right greater than left" (both sides) and "worse on the left" (no limit)."""
    made: list[Mark] = []
    index = 0
    while index < len(marks):
        mark = marks[index]
        index += 1
        if mark.kind != "comparison":
            made.append(mark)
            continue
        following = marks[index] if index < len(marks) else None
        if following is None or following.kind != "side" or following.start - mark.end >= _NEAR:
            continue
        index += 1
        if made and made[-1].kind == "side" and mark.start - made[-1].end < _ADJACENT:
            made[-1] = replace(made[-1], value="both", end=following.end, is_after=False)
            continue
        later = marks[index] if index < len(marks) else None
        if later is not None and later.kind == "side":
            index += "than" in text[following.end : later.start]
    return made
