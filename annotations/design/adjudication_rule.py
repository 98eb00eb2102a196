"""When a cell goes to adjudication. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

KINDS: Final = {
    "any_difference": "any difference between readers",
    "at_least": "grades at least so many steps apart",
    "reader_pair": "two named readers at least so many steps apart",
}


@dataclass(frozen=True)
class AdjudicationRule:
    """kind: of KINDS. steps: places on the scale, from 1. readers: the pair, by code.

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
        if self.kind == "reader_pair" and len(set(self.readers)) != 2:
            found.append("Name the two readers whose grades are compared.")
        return found


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
        if any(reader not in grades for reader in rule.readers):
            return False
        answers = [grades[reader] for reader in rule.readers]
    else:
        answers = list(grades.values())
    if len(answers) < 2:
        return False
    scores = [score for score in answers if score is not None]
    if len(scores) < len(answers):
        return bool(scores)
    apart = max(scores) - min(scores)
    return apart >= (1 if rule.kind == "any_difference" else rule.steps)
