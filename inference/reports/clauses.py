"""The state of a clause under reading, and how to look around in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.reports.statements import SIDED, Modifier, Statement
from inference.reports.tape import Mark

HEADS: Final = {
    "site",
    "stenosis",
    "condition",
    "herniation",
    "degeneration",
    "pfirrmann",
    "modic",
    "endplate",
    "listhesis",
    "fracture",
    "other",
}
DISC_TARGETS: Final = ("herniation", "degeneration", "pfirrmann", "modic", "listhesis", "fracture")
_AFTER_LEVEL: Final = {"site", "adjective", "side", "condition", "stenosis"}
_SKIPPED: Final = {
    "severity",
    "side",
    "and",
    "comma",
    "adjective",
    "hedge",
    "noun",
    "dash",
    "number",
}


class ClauseReader:
    """What is known between two marks of a sentence.

    group: the sites that are joined and wait for their noun, or have just got it. last: the group
    before. orphans: sites of which nothing was said yet. modifiers: words before a noun that
    hasn't come. shared: those of the last site. waiting: those of "narrowing of ...". ahead: a
    severity and its level before the noun. before: the last statements of the sentence before,
    which "the left is severely narrowed" takes up again.
    """

    def __init__(self, marks: list[Mark], before: Sequence[Statement] = ()) -> None:
        self.marks = marks
        self.before = [one for one in before if one.target in SIDED]
        self.statements: list[Statement] = []
        self.is_all_normal = False
        self.last: list[Statement] = []
        self.has_findings = False
        self.taken: set[int] = set()
        self.orphans: list[Statement] = []
        self.topic_sides: tuple[str, ...] = ()
        self._begin("")

    def _begin(self, opener: str) -> None:
        self.opener = opener
        self.modifiers: list[Modifier] = []
        self.shared: list[Modifier] = []
        self.group: list[Statement] = []
        self.is_closed = False
        self.waiting: list[Modifier] | None = None
        self.is_negated = False
        self.is_of_others = False
        self.has_site_since_negation = False
        self.is_uncertain = False
        self.is_silent = False
        self.side_ahead: tuple[str, ...] = ()
        self.ahead: list[tuple[str, int]] = []
        self.has_other = False

    def _next(self, index: int) -> Mark | None:
        return self.marks[index + 1] if index + 1 < len(self.marks) else None

    def _previous(self, index: int) -> Mark | None:
        return self.marks[index - 1] if index > 0 else None

    def _head_after(self, index: int) -> Mark | None:
        """The noun that a word before nouns belongs to; None where there is none."""
        adjective = None
        for at, mark in enumerate(self.marks[index + 1 :], index + 1):
            if mark.kind in HEADS or mark.kind == "normal":
                return mark
            if mark.kind == "adjective":
                adjective = adjective or mark
            elif mark.kind not in _SKIPPED and not self._is_passed(at):
                break
        return adjective

    def _is_passed(self, at: int) -> bool:
        """A level between a word and its noun: "right L5 foraminal", "moderate L4-5 canal"."""
        mark, following = self.marks[at], self._next(at)
        if mark.kind == "negation":  # "mild left and no right foraminal stenosis"
            return following is not None and following.kind == "side"
        if mark.level is None:
            return False
        is_inside = following is not None and following.kind in _AFTER_LEVEL
        return not mark.level.discs or (not mark.is_after and is_inside)

    def _finish_group(self) -> None:
        for one in self.group:
            if (
                (one.category is not None or one.by_side)
                and not (one.is_adjective and one.target == "canal")
            ) or (one.is_negated and not one.is_adjective):
                one.is_confirmed = True
        confirmed = [one for one in self.group if one.is_confirmed]
        self.statements += [one for one in confirmed if one not in self.statements]
        if confirmed:
            self.last, self.orphans = confirmed, []
        elif self.group:
            self.orphans = [one for one in self.group if not one.is_adjective]
        self.group = []
        self.is_closed = False

    def _on_break(self, index: int, mark: Mark) -> None:
        self._finish_group()
        self._begin(mark.value)

    def _on_stop(self, index: int, mark: Mark) -> None:
        self._finish_group()
        self.orphans = []
        self._begin("")

    def _on_silence(self, index: int, mark: Mark) -> None:
        self._finish_group()
        self.is_silent = True

    def _on_hedge(self, index: int, mark: Mark) -> None:
        self.is_uncertain = True
        for one in self.group:
            one.is_uncertain = True
