"""Reading times from spans that browsers have sent. Pure.

A span ends at the time `at` of the browser's clock and lasts `ms`. Two windows on one reading send
spans side by side; time is counted once: where spans overlap, the state that stands first in
`PRECEDENCE` counts. Browser clocks may be wrong, so lengths come from them but the bounds of the
whole are the server's own stamps.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

SpanState = Literal["active", "loading", "idle", "hidden", "paused"]
PRECEDENCE: Final[Sequence[SpanState]] = ("active", "loading", "idle", "hidden", "paused")
"""A reader who works in one window isn't away because the other one is hidden."""
TOLERANCE_S: Final = 5.0


@dataclass(frozen=True)
class TimeSpan:
    """One stretch of time in one state; `level` is the disc level that was active, or empty."""

    state: SpanState
    level: str
    ends_at: datetime
    duration_ms: int

    @property
    def starts_at(self) -> datetime:
        """Its beginning on the browser's clock."""
        return self.ends_at - timedelta(milliseconds=self.duration_ms)


@dataclass(frozen=True)
class ReadingTimes:
    """Seconds by state, and active seconds by level.

    is_plausible: the work claimed fits between the server's stamps of opening and submission,
    with TOLERANCE_S to spare; None where one of them is missing.
    """

    active_s: float = 0.0
    idle_s: float = 0.0
    hidden_s: float = 0.0
    paused_s: float = 0.0
    image_load_s: float = 0.0
    seconds_by_level: dict[str, float] = field(default_factory=dict)
    is_plausible: bool | None = None


def reading_times(
    spans: Iterable[TimeSpan], opened_at: datetime | None, submitted_at: datetime | None
) -> ReadingTimes:
    """Fold the spans of one reading, in any order, each instant counted once.

    Bounds are the server's stamps of opening and submission.
    """
    listed = [span for span in spans if span.duration_ms > 0]
    edges = sorted({edge for span in listed for edge in (span.starts_at, span.ends_at)})
    rank = {state: place for place, state in enumerate(PRECEDENCE)}
    totals: dict[str, float] = defaultdict(float)
    levels: dict[str, float] = defaultdict(float)
    listed.sort(key=lambda span: span.starts_at)
    running: list[TimeSpan] = []
    following = 0
    for start, end in itertools.pairwise(edges):
        running = [span for span in running if span.ends_at > start]
        while following < len(listed) and listed[following].starts_at <= start:
            running.append(listed[following])
            following += 1
        running = [span for span in running if span.ends_at > start]
        if not running:
            continue
        counted = min(running, key=lambda span: rank[span.state])
        seconds = (end - start).total_seconds()
        totals[counted.state] += seconds
        if counted.state == "active":
            levels[counted.level] += seconds
    plausible = None
    if opened_at is not None and submitted_at is not None:
        most = (submitted_at - opened_at).total_seconds() + TOLERANCE_S
        plausible = totals["active"] <= most
    return ReadingTimes(
        active_s=round(totals["active"], 3),
        idle_s=round(totals["idle"], 3),
        hidden_s=round(totals["hidden"], 3),
        paused_s=round(totals["paused"], 3),
        image_load_s=round(totals["loading"], 3),
        seconds_by_level={level: round(s, 3) for level, s in sorted(levels.items()) if level},
        is_plausible=plausible,
    )
