"""What the readers of an arm have said, cell by cell, once a case is read by all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from annotations.models import Arm, Grade, Reading
from annotations.selectors.worklist import DONE


@dataclass(frozen=True, order=True)
class CellKey:
    """A cell of a case."""

    case_id: int
    item_id: int
    disc_level: str
    side: str


Votes = dict[str, int | None]
"""Reader code -> score, None for not gradable."""


def complete_cases(arm: Arm) -> set[int]:
    """Cases that every reader who has them has submitted in this arm.

    What was closed as withdrawn isn't waited for.
    """
    readings = Reading.objects.filter(reading_session__arm=arm, repeat_of=None).exclude(
        status=Reading.Status.WITHDRAWN
    )
    unread = readings.exclude(status__in=DONE).values_list("case_id", flat=True)
    return set(readings.values_list("case_id", flat=True)) - set(unread)


def votes_of(arm: Arm) -> dict[CellKey, Votes]:
    """Answers of complete cases; repeats, and cells that aren't asked any more, don't vote."""
    cases = complete_cases(arm)
    found: dict[CellKey, Votes] = defaultdict(dict)
    grades = (
        Grade.objects.filter(
            reading__reading_session__arm=arm,
            reading__repeat_of=None,
            reading__case__in=cases,
            is_applicable=True,
        )
        .exclude(score=None, is_not_gradable=False)
        .exclude(reading__status=Reading.Status.WITHDRAWN)
        .order_by("reading__enrolment_id")
        .values_list(
            "reading__case_id",
            "item_id",
            "disc_level",
            "side",
            "reading__enrolment__code",
            "score",
        )
    )
    for case, item, level, side, reader, score in grades.iterator(5000):
        found[CellKey(case, item, level, side)][reader] = score
    return dict(found)


def majority(votes: Votes) -> int | None:
    """The answer of more than half of the readers; LookupError where there is none."""
    answers = list(votes.values())
    for answer in set(answers):
        if 2 * answers.count(answer) > len(answers):
            return answer
    raise LookupError
