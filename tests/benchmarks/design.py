"""Drawing schedules of a large reader study."""

from __future__ import annotations

import time
from collections.abc import Iterator

from annotations.design.allocation import allocate, schedule_hash
from annotations.design.plan import Plan
from tests.benchmarks.figure import Figure

READERS = [f"R{n}" for n in range(1, 41)]
CASES = [f"C-{n:04d}" for n in range(1, 2001)]


def measure() -> Iterator[Figure]:
    """40 readers x 2,000 cases x 2 arms; once with all cases, once with limits."""
    for name, caps in (("draw_crossover", {}), ("draw_capped", dict.fromkeys(READERS, 600))):
        plan = Plan(
            design="crossover",
            seed=20261121,
            arms=["Unaided", "AI-aided"],
            readers=READERS,
            cases=CASES,
            caps=caps,
            common=100 if caps else 0,
            repeat_fraction=0.1,
            repeat_lag=50,
        )
        began = time.perf_counter()
        rows = allocate(plan)
        digest = schedule_hash(rows)
        seconds = time.perf_counter() - began
        note = f"40 readers, 2,000 cases, {len(rows)} readings, hash {digest[:8]}; one run"
        yield Figure(name, seconds, "s", aim=10, note=note)
