"""Time from `make demo`'s server command to the first page: first and second start.

Downloads are apart: packages are installed and pages built before. The first start makes the
database, draws, imports and reads the synthetic cohort.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.benchmarks.figure import Figure
from tests.site import RunningSite

SECOND_STARTS = 3


def measure() -> Iterator[Figure]:
    """One first start, the median of several second starts."""
    site = RunningSite(draws_anew=True)
    try:
        first = site.start()
        site.stop()
        again = []
        for _ in range(SECOND_STARTS):
            again.append(site.start())
            site.stop()
    finally:
        site.remove()
    yield Figure("first_start", first, "s", aim=180, note="n = 1")
    yield Figure("second_start", statistics.median(again), "s", aim=15, note=f"n = {len(again)}")
