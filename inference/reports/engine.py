"""A report's text -> labels, level by level, each with the sentence that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from inference.reports.clauses import DISC_TARGETS
from inference.reports.grammar import SentenceReader
from inference.reports.levels import LUMBAR_BODIES, REPORTED, all_discs
from inference.reports.lexicon import SEVERITIES, Lexicon, shipped_lexicon
from inference.reports.scopes import Scope, Scopes
from inference.reports.statements import NOT_SAID, SIDED, SIDES, UNSPECIFIED, Statement
from inference.reports.tape import tape
from inference.reports.text import Sentence, normalised, sections, sentences

ENGINE_VERSION: Final = "2"
"""Raised whenever the rules give other labels for some text."""
Certainty = Literal["stated", "implied", "assumed"]
STENOSIS_TARGETS: Final = ("canal", "foramen", "subarticular")
TARGETS: Final = (*STENOSIS_TARGETS, *DISC_TARGETS)
ORDER_OF: Final = {
    "herniation": ("none", "bulge", "herniation", "protrusion", "extrusion", "sequestration"),
    "pfirrmann": ("grade 1", "grade 2", "grade 3", "grade 4", "grade 5"),
    "modic": ("none", "present", "type 1", "type 2", "type 3"),
    "listhesis": ("none", "present", "grade 1", "grade 2", "grade 3", "grade 4", "grade 5"),
    "fracture": ("none", "present"),
}
"""Categories of the targets that have no severity; all others have the six points."""
_SEVERITY_ORDER: Final = (UNSPECIFIED, *SEVERITIES)


@dataclass(frozen=True, slots=True)
class Label:
    """What a report says of one target at one level and side.

    category: one of the six points or `unspecified`, or one of `ORDER_OF[target]`.
    certainty: stated with the level; implied ("at all levels"); assumed (nothing is said of this
    target at a level that the report describes).
    start, end: the sentence in the text as given; both 0 where the label is assumed and no
    sentence stands for it.
    """

    target: str
    level: str
    side: str
    category: str
    certainty: Certainty
    is_uncertain: bool
    section: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences that say different things of the same cell. The label follows the first."""

    target: str
    level: str
    side: str
    category: str
    other_category: str
    other_section: str
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class ReportReading:
    """All that was read from one report."""

    labels: tuple[Label, ...]
    contradictions: tuple[Contradiction, ...]
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    category: str
    rank: int
    is_one_sided: bool
    is_uncertain: bool
    sentence: Sentence


_Cell = tuple[str, str, str]
_EXPLICIT: Final = 3
_CERTAINTY: Final[dict[int, Certainty]] = {3: "stated", 2: "implied", 1: "implied"}


def read_report(
    text: str, lexicon: Lexicon | None = None, *, assumes_none: bool = True
) -> ReportReading:
    """Labels of a free-text report of lumbar MR.

    Parameters
    ----------
    text
        As written; English.
    lexicon
        The shipped one by default.
    assumes_none
        Whether canal, foramen and recess count as not narrowed at a level that the report
        describes without a word on them (Lu et al. 2018, arXiv 1807.10215, read reports so).

    Returns
    -------
    ReportReading
        Labels in the order of levels, targets and sides.
    """
    lexicon = lexicon or shipped_lexicon()
    plain = normalised(text)
    scopes = Scopes()
    said: dict[_Cell, list[_Said]] = defaultdict(list)
    deferred: list[tuple[Statement, Scope, Sentence]] = []
    for number, section in enumerate(sections(plain, lexicon)):
        if section.role == "ignored":
            continue
        before: list[Statement] = []
        for sentence in sentences(text, section, number):
            marks = tape(plain, sentence.start, sentence.end, lexicon)
            has_level = any(mark.level is not None and mark.level.discs for mark in marks)
            reader = SentenceReader(marks, [] if has_level else before)
            reader.read()
            before = reader.last
            placed = scopes.place(sentence, marks, reader, plain)
            for statement, scope in placed:
                if scope.kind == "levels":
                    _add(said, statement, scope.levels, _EXPLICIT, sentence)
                else:
                    deferred.append((statement, scope, sentence))
    everywhere = all_discs(has_l6=scopes.has_l6)
    explicit = {level for level in scopes.described if level in REPORTED}
    for statement, scope, sentence in deferred:
        levels, rank = _meant(statement, scope, everywhere, explicit)
        _add(said, statement, levels, rank, sentence)
    described = set(explicit)
    if scopes.describes_remaining:
        described |= set(everywhere)
    return _result(said, described, everywhere, scopes, assumes_none=assumes_none)


def _meant(
    statement: Statement, scope: Scope, everywhere: tuple[str, ...], explicit: set[str]
) -> tuple[tuple[str, ...], int]:
    """The levels of "all", of "remaining", and of a denial that names no level."""
    if statement.target == "fracture":
        return (LUMBAR_BODIES if scope.kind == "everywhere" else ()), 1
    if scope.kind == "all":
        return everywhere, 2
    if scope.kind == "remaining":
        return tuple(level for level in everywhere if level not in explicit), 2
    return everywhere, 1


def _add(
    said: dict[_Cell, list[_Said]],
    statement: Statement,
    levels: Iterable[str],
    rank: int,
    sentence: Sentence,
) -> None:
    categories = statement.categories()
    for level in levels:
        if level not in REPORTED:
            continue
        for side, category in categories.items():
            if category == NOT_SAID:
                continue
            one_sided = len(statement.sides) == 1 or side in statement.by_side
            said[statement.target, level, side].append(
                _Said(category, rank, one_sided, statement.is_uncertain, sentence)
            )


def _order(target: str, category: str) -> int:
    return ORDER_OF.get(target, _SEVERITY_ORDER).index(category)


def _chosen(target: str, all_said: list[_Said]) -> _Said:
    """What counts of several.

    A level named before none, a degree before none, one side before both, the findings before the
    impression, and the more severe of what is left.
    """
    return max(
        all_said,
        key=lambda one: (
            one.rank,
            one.category != UNSPECIFIED,
            one.is_one_sided,
            one.sentence.role == "findings",
            _order(target, one.category),
        ),
    )


def _result(
    said: dict[_Cell, list[_Said]],
    described: set[str],
    everywhere: tuple[str, ...],
    scopes: Scopes,
    *,
    assumes_none: bool,
) -> ReportReading:
    labels: dict[_Cell, Label] = {}
    contradictions: list[Contradiction] = []
    for cell, all_said in said.items():
        one = _chosen(cell[0], all_said)
        labels[cell] = Label(
            *cell,
            one.category,
            _CERTAINTY[one.rank],
            one.is_uncertain,
            one.sentence.role,
            one.sentence.start,
            one.sentence.end,
        )
        contradictions += _contradictions(cell, one, all_said)
    if assumes_none:
        for level in described:
            start, end, role = scopes.described.get(level, scopes.remaining_sentence)
            for target in STENOSIS_TARGETS:
                for side in SIDES if target in SIDED else ("",):
                    cell = (target, level, side)
                    if cell not in labels:
                        labels[cell] = Label(*cell, "none", "assumed", False, role, start, end)
    order = _level_order((*everywhere, *(level for _, level, _ in labels)))
    ordered = sorted(
        labels.values(),
        key=lambda one: (order[one.level], TARGETS.index(one.target), one.side != "right"),
    )
    levels = tuple(sorted(described, key=lambda level: order[level]))
    return ReportReading(tuple(ordered), tuple(contradictions), levels)


def _level_order(levels: Iterable[str]) -> dict[str, tuple[int, int]]:
    def place(level: str) -> tuple[int, int]:
        above = level.split("/")[0]
        return "TLS".index(above[0]), int(above[1:])

    return {level: place(level) for level in levels}


def _contradictions(cell: _Cell, one: _Said, all_said: list[_Said]) -> list[Contradiction]:
    if cell[0] in ORDER_OF:
        return []
    found: dict[tuple[str, int], Contradiction] = {}
    for other in all_said:
        if (
            other.rank == one.rank == _EXPLICIT
            and UNSPECIFIED not in (other.category, one.category)
            and other.category != one.category
            and other.sentence != one.sentence
        ):
            found[other.category, other.sentence.start] = Contradiction(
                *cell,
                one.category,
                other.category,
                other.sentence.role,
                other.sentence.start,
                other.sentence.end,
            )
    return list(found.values())
