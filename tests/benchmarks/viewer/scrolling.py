"""The wheel through a stack of 30 loaded slices, in both viewers by turns.

Two paces: a brisk reader's, one step in 60 ms, and a flick, as fast as the wheel's steps can be
handed over. Steps are counted as the page gets them: the browser may join some to one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, Page

from tests.benchmarks.figure import Figure
from tests.benchmarks.viewer.browser import Case, fresh_page
from tests.benchmarks.viewer.exam import SLICES, STEP, WIDTH

ROUNDS: Final = 7
PACES_S: Final = {"steady": 0.06, "flick": 0.0}
STEP_GREY: Final = STEP / WIDTH * 255
AXIAL: Final = 2
SAGITTAL: Final = 0
NOTCH: Final = 100


@dataclass(frozen=True)
class Run:
    """One way through the stack. lag_s: from a step to its slice on the canvas, each."""

    steps: int
    slices: int
    span_s: float
    lag_s: list[float]

    @property
    def skipped(self) -> int:
        return self.steps - self.slices

    @property
    def frames_per_s(self) -> float:
        return self.slices / self.span_s


def through(page: Page, viewport: int, pace_s: float) -> Run:
    """Scroll from slice 0 to the last; viewers count some planes the other way round."""
    notch = NOTCH * to_first(page, viewport)
    page.evaluate("([at, step]) => window.probe.watch(at, step)", [viewport, STEP_GREY])
    for _ in range(SLICES - 1):
        began = time.perf_counter()
        page.mouse.wheel(0, notch)
        time.sleep(max(0.0, pace_s - (time.perf_counter() - began)))
    still(page)
    seen = page.evaluate("() => window.probe.stop()")
    return read(seen["drawn"], seen["wheel"])


def read(drawn: Sequence[dict[str, float]], wheel: Sequence[float]) -> Run:
    """Steps and slices of a run that began at the first slice.

    A step is served by the first drawing of its slice or one beyond it.
    """
    after = [one for one in drawn if one["at"] >= wheel[0] and one["slice"] > 0]
    lag = []
    for number, at in enumerate(wheel, start=1):
        served = [one["at"] for one in after if one["slice"] >= number]
        if served:
            lag.append((served[0] - at) / 1000)
    slices = len({one["slice"] for one in after})
    return Run(len(wheel), slices, (after[-1]["at"] - wheel[0]) / 1000, lag)


def still(page: Page) -> None:
    """Wait until nothing has been drawn for half a second."""
    page.wait_for_function(
        "() => { const { drawn } = window.probe.seen; "
        "const last = drawn.at(-1)?.at ?? 0; return performance.now() - last > 500; }",
        polling=50,
    )


def to_first(page: Page, viewport: int) -> int:
    """Go to slice 0, one by one. 1 where turning the wheel down leads away from it, else -1."""
    box = page.evaluate("(at) => window.probe.box(at)", viewport)
    page.mouse.move(box["x"], box["y"])
    at, way = _slice(page, viewport), 1
    for _ in range(3 * SLICES):
        page.mouse.wheel(0, way * NOTCH)
        before, at = at, _after(page, viewport, at)
        if at >= before:
            way = -way
        elif at == 0:
            return -way
    raise AssertionError(f"slice 0 was not reached, but {at}")


def _slice(page: Page, viewport: int) -> int:
    return int(page.evaluate("([at, step]) => window.probe.slice(at, step)", [viewport, STEP_GREY]))


def _after(page: Page, viewport: int, before: int) -> int:
    """The slice once it has changed; the same where it doesn't within a second: the end."""
    until = time.monotonic() + 1
    while time.monotonic() < until:
        if (now := _slice(page, viewport)) != before:
            return now
        page.wait_for_timeout(20)
    return before


def _see_each(page: Page, viewport: int) -> None:
    """Show every slice once, so that each has been drawn."""
    way = to_first(page, viewport)
    for number in range(SLICES - 1):
        page.mouse.wheel(0, way * NOTCH)
        assert _after(page, viewport, number) == number + 1


def _prepare(page: Page, address: str, viewport: int) -> None:
    page.goto(address, wait_until="commit")
    page.evaluate("() => window.firstImages")
    page.evaluate("(count) => window.probe.frames(count)", 3 * SLICES)
    _see_each(page, viewport)


def figures(browser: Browser, case: Case, sessions: dict[str, Any]) -> Iterator[Figure]:
    """Seven ways through the stack at each pace, OHIF's and ours by turns, and ours linked."""
    runs: dict[tuple[str, str], list[Run]] = {}
    with (
        fresh_page(browser, sessions["ours"]) as ours,
        fresh_page(browser, sessions["ohif"]) as peer,
    ):
        for page, address in ((ours, case.ours), (peer, case.ohif)):
            page.bring_to_front()
            _prepare(page, address, AXIAL)
        for _ in range(ROUNDS):
            for pace, pace_s in PACES_S.items():
                for name, page in (("ours", ours), ("ohif", peer)):
                    page.bring_to_front()
                    runs.setdefault((name, pace), []).append(through(page, AXIAL, pace_s))
                ours.bring_to_front()
                runs.setdefault(("linked", pace), []).append(through(ours, SAGITTAL, pace_s))
    for pace in PACES_S:
        yield from _figures(pace, runs["ours", pace], runs["ohif", pace])
        yield from _figures(f"linked_{pace}", runs["linked", pace], None)


def _figures(name: str, ours: Sequence[Run], peer: Sequence[Run] | None) -> Iterator[Figure]:
    def skipped(runs: Sequence[Run]) -> float:
        return sum(run.skipped for run in runs)

    def fps(runs: Sequence[Run]) -> float:
        return statistics.median(run.frames_per_s for run in runs)

    def lag_ms(runs: Sequence[Run]) -> float:
        lags = sorted(lag for run in runs for lag in run.lag_s)
        return lags[int(0.95 * (len(lags) - 1))] * 1000

    steps = sum(run.steps for run in ours)
    note = f"{steps} wheel steps in {len(ours)} runs"
    if peer:
        note += f", OHIF {sum(run.steps for run in peer)}"
    for kind, of, unit, aim in (
        ("skipped", skipped, "slices", 0.0),
        ("frames_per_s", fps, "1/s", None),
        ("step_to_slice_p95", lag_ms, "ms", None),
    ):
        yield Figure(
            f"scroll_{name}_{kind}",
            of(ours),
            unit,
            aim=aim,
            better="higher" if kind == "frames_per_s" else "lower",
            peer="OHIF" if peer else None,
            peer_value=of(peer) if peer else None,
            note=note,
        )
