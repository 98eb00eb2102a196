"""The mix of grades that a pipeline gives, week by week, and how long its stages take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from django.db.models import Count
from django.db.models.functions import TruncWeek

from inference.models import PredictedGrade, Prediction

LAST_WEEKS: Final = 12
_LEAST_GRADES: Final = 50
"""Below this many grades in a week a difference says little and none is told."""


@dataclass(frozen=True)
class Share:
    """One score in one week. start: where its part of the bar begins; both in percent."""

    score: int
    count: int
    percent: float
    start: float


@dataclass(frozen=True)
class Week:
    """Monday of the week, n grades, and the share of each score."""

    monday: date
    n: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class ItemDrift:
    """One item.

    shift: half the sum of differences of the last week's shares from those of the weeks before
    (total variation), in percent; None with too few grades or one week only.
    """

    item: str
    scores: tuple[int, ...]
    weeks: tuple[Week, ...]
    shift: float | None

    @property
    def words(self) -> str:
        """The item as a page writes it."""
        return self.item.replace("_", " ")


def grade_mix(pipeline: str, scores_of: Mapping[str, Sequence[int]]) -> list[ItemDrift]:
    """For every item with grades, the last weeks with any. Each run counts, repeated ones too."""
    counts: dict[str, dict[date, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = (
        PredictedGrade.objects.filter(prediction__pipeline=pipeline)
        .annotate(week=TruncWeek("prediction__created_at"))
        .values("item_code", "week", "score")
        .annotate(n=Count("pk"))
        .order_by("item_code", "week", "score")
    )
    for row in rows:
        counts[row["item_code"]][row["week"].date()][row["score"]] = row["n"]
    found = []
    for item, weeks in counts.items():
        seen = {score for week in weeks.values() for score in week}
        scores = tuple(sorted({*seen, *scores_of.get(item, ())}))
        kept = [_week(day, weeks[day], scores) for day in sorted(weeks)][-LAST_WEEKS:]
        found.append(ItemDrift(item, scores, tuple(kept), _shift(weeks, scores)))
    return found


def stage_seconds(pipeline: str) -> list[tuple[str, float, int]]:
    """Stage, median seconds, n; of the newest two hundred predictions that tell it."""
    told = Prediction.objects.filter(pipeline=pipeline).exclude(stage_seconds=[])
    stages: dict[str, list[float]] = defaultdict(list)
    for seconds in told.order_by("-pk").values_list("stage_seconds", flat=True)[:200]:
        for stage, value in seconds:
            stages[stage].append(float(value))
    return [(stage, median(values), len(values)) for stage, values in stages.items()]


def devices_of(pipeline: str) -> list[tuple[str, int]]:
    """Device and number of predictions computed on it."""
    rows = (
        Prediction.objects.filter(pipeline=pipeline)
        .exclude(device="")
        .order_by()
        .values("device")
        .annotate(n=Count("pk"))
    )
    return sorted(((row["device"], row["n"]) for row in rows), key=lambda one: -one[1])


def _week(monday: date, counts: Mapping[int, int], scores: Sequence[int]) -> Week:
    n = sum(counts.values())
    shares, start = [], 0.0
    for score in scores:
        percent = 100 * counts.get(score, 0) / n
        shares.append(Share(score, counts.get(score, 0), percent, start))
        start += percent
    return Week(monday, n, tuple(shares))


def _shift(weeks: Mapping[date, Mapping[int, int]], scores: Sequence[int]) -> float | None:
    days = sorted(weeks)
    last = weeks[days[-1]]
    before: dict[int, int] = defaultdict(int)
    for day in days[:-1]:
        for score, n in weeks[day].items():
            before[score] += n
    n_last, n_before = sum(last.values()), sum(before.values())
    if min(n_last, n_before) < _LEAST_GRADES:
        return None
    return 50 * sum(abs(last.get(s, 0) / n_last - before.get(s, 0) / n_before) for s in scores)
