"""When a cell goes to adjudication. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

KINDS: Final = {
    "any_difference": "any difference between readers",
    "at_least": "grades at least so many steps apart",
    "reader_pair": "named pairs of readers at least so many steps apart",
}


@dataclass(frozen=True)
class AdjudicationRule:
    """kind: of KINDS. steps: places on the scale, from 1.

    readers: of the pairs, by code, one pair after the other.

    items: finding codes to which the rule applies; empty for all.
    """

    kind: str = "any_difference"
    steps: int = 1
    readers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    def problems(self) -> list[str]:
        """What is wrong with the rule, in plain words."""
        found = [] if self.kind in KINDS else [f"There is no rule called {self.kind!r}."]
        if self.steps < 1:
            found.append("Grades differ by at least one step.")
        if self.kind == "reader_pair":
            if not self.readers or len(self.readers) % 2:
                found.append("Name the pairs of readers whose grades are compared, two and two.")
            elif any(one == other for one, other in self.pairs):
                found.append("A pair has two different readers.")
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs whose disagreement counts; empty unless the rule is about pairs."""
        if self.kind != "reader_pair":
            return []
        return list(zip(self.readers[::2], self.readers[1::2], strict=False))


ANY_DIFFERENCE: Final = AdjudicationRule()


def disagrees(rule: AdjudicationRule, item: str, grades: Mapping[str, int | None]) -> bool:
    """Whether this cell needs a further opinion.

    grades: reader -> place on the scale, None for not gradable. A cell that one reader could
    grade and another couldn't is a difference under every rule; cells with fewer than two
    answers are none.
    """
    if rule.items and item not in rule.items:
        return False
    if rule.kind == "reader_pair":
        return any(
            _apart([grades[one], grades[other]], rule.steps)
            for one, other in rule.pairs
            if one in grades and other in grades
        )
    return _apart(list(grades.values()), 1 if rule.kind == "any_difference" else rule.steps)


def _apart(answers: list[int | None], steps: int) -> bool:
    if len(answers) < 2:
        return False
    scores = [score for score in answers if score is not None]
    if len(scores) < len(answers):
        return bool(scores)
    return max(scores) - min(scores) >= steps
