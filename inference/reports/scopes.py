"""Which level a statement is about: headings, levels before or behind it, words such as "all"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from inference.reports.clauses import HEADS
from inference.reports.grammar import SentenceReader
from inference.reports.statements import Statement
from inference.reports.tape import Mark
from inference.reports.text import Sentence

_FINDING_MARKS: Final = HEADS | {"adjective", "severity", "normal"}
_HEADING_END: Final = re.compile(r"\s*(?:levels?|disc|disk)?\s*(?:[:.]|-\s|$)")


@dataclass(frozen=True, slots=True)
class Scope:
    """kind: named levels, "all" or "remaining" ones, or everywhere (a denial without a level)."""

    kind: Literal["levels", "all", "remaining", "everywhere"]
    levels: tuple[str, ...] = ()


@dataclass(slots=True)
class Scopes:
    """Goes along with the sentences and keeps the level that a heading or a sentence has set.

    described: level -> (start, end, role) of the first sentence that tells of it.
    """

    described: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    describes_remaining: bool = False
    remaining_sentence: tuple[int, int, str] = (0, 0, "")
    has_l6: bool = False
    _carried: tuple[str, ...] = ()
    _carried_vertebrae: tuple[str, ...] = ()
    _is_heading: bool = False
    _section: int = -1
    _named: tuple[str, ...] = ()

    def place(
        self, sentence: Sentence, marks: list[Mark], reader: SentenceReader, text: str
    ) -> list[tuple[Statement, Scope]]:
        """Each statement of the sentence with its levels; what has none is left out."""
        self._forget_where_new(sentence)
        places = [
            (index, mark)
            for index, mark in enumerate(marks)
            if mark.kind == "scope" or (mark.level is not None and mark.level.discs)
        ]
        levels = [mark.level.discs for _, mark in places if mark.level is not None]
        self.has_l6 = self.has_l6 or any("L6" in one for discs in levels for one in discs)
        placed: list[tuple[Statement, Scope]] = []
        for statement in reader.statements:
            scope = (
                self._of_vertebrae(statement, marks)
                if statement.target == "fracture"
                else self._scope(statement, marks, places)
            )
            if scope is not None:
                placed.append((statement, scope))
        if not any(mark.kind == "outside" for mark in marks):
            self._describe(sentence, marks, places, reader)
            self._carry(sentence, marks, places, text)
        return placed

    def _forget_where_new(self, sentence: Sentence) -> None:
        is_new = sentence.section != self._section
        ends_heading = sentence.starts_paragraph or (
            sentence.starts_item and sentence.role == "impression"
        )
        if is_new or ends_heading or (sentence.starts_item and not self._is_heading):
            self._carried, self._is_heading = (), False
        if is_new:
            self._named = ()
        self._section = sentence.section

    def _scope(
        self, statement: Statement, marks: list[Mark], places: list[tuple[int, Mark]]
    ) -> Scope | None:
        mark = self._mark_of(statement, marks, places)
        if mark is not None:
            if mark.value == "these":
                return Scope("levels", self._named)
            if mark.kind == "scope":
                return Scope("all" if mark.value == "all" else "remaining")
            return Scope("levels", mark.level.discs if mark.level else ())
        if self._carried and not statement.is_of_others:
            return Scope("levels", self._carried)
        said = set(statement.categories().values())
        return Scope("everywhere") if said == {"none"} else None

    def _mark_of(
        self, statement: Statement, marks: list[Mark], places: list[tuple[int, Mark]]
    ) -> Mark | None:
        if statement.own_level is not None:
            own = marks[statement.own_level]
            if own.kind == "scope" or (own.level is not None and own.level.discs):
                return own
        if not places:
            return None
        first = next((mark.start for mark in marks if mark.kind in _FINDING_MARKS), None)
        before = [mark for _, mark in places if mark.start < statement.anchor]
        after = [(index, mark) for index, mark in places if mark.start > statement.anchor]
        comes_first = first is None or places[0][1].start < first
        if comes_first and before:
            return before[-1]
        if not after:
            return before[-1] if before else None
        index, following = after[0]
        if before:
            between = marks[:index]
            cut = any(
                mark.kind in ("comma", "stop", "break") and mark.start > statement.anchor
                for mark in between
            )
            if cut and statement.opener == "with":
                return before[-1]
        return following

    def _of_vertebrae(self, statement: Statement, marks: list[Mark]) -> Scope | None:
        """A fracture is of a vertebra: the nearest one named in the sentence."""
        named = [mark.level for mark in marks if mark.level is not None and mark.level.vertebrae]
        if named:
            at = statement.anchor
            nearest = min(named, key=lambda one: min(abs(one.start - at), abs(at - one.end)))
            return Scope("levels", nearest.vertebrae)
        return Scope("everywhere") if statement.category == "none" else None

    def _describe(
        self,
        sentence: Sentence,
        marks: list[Mark],
        places: list[tuple[int, Mark]],
        reader: SentenceReader,
    ) -> None:
        if not (reader.statements or reader.has_findings or reader.is_all_normal):
            return
        span = (sentence.start, sentence.end, sentence.role)
        for _, mark in places:
            if mark.level is not None:
                for level in mark.level.discs:
                    self.described.setdefault(level, span)
            elif mark.value == "remaining" or reader.is_all_normal:
                self.describes_remaining = True
                self.remaining_sentence = span
        if not places:
            for level in self._carried:
                self.described.setdefault(level, span)

    def _carry(
        self, sentence: Sentence, marks: list[Mark], places: list[tuple[int, Mark]], text: str
    ) -> None:
        named = [mark for _, mark in places if mark.level is not None]
        if not named:
            if places:
                self._carried, self._is_heading = (), False
            return
        first = named[0]
        is_heading = not text[sentence.start : first.start].strip() and bool(
            _HEADING_END.match(text, first.end, max(first.end, sentence.end))
        )
        self._named = tuple(
            dict.fromkeys(
                (*self._named, *(one for mark in named if mark.level for one in mark.level.discs))
            )
        )
        if self._is_heading and not is_heading and marks and marks[0] is not first:
            return
        chosen = (first if is_heading else named[-1]).level
        self._carried, self._is_heading = chosen.discs if chosen else (), is_heading
