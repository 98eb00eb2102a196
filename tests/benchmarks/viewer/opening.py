"""Navigation -> images of all three viewports -> all frames, in both viewers by turns."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any, Final

from playwright.sync_api import Browser, Page

from tests.benchmarks.figure import Figure
from tests.benchmarks.viewer.browser import Case, fresh_page

OPENINGS: Final = 7
FRAMES: Final = 50  # of a demonstration exam: 15 + 15 + 20
TIMES: Final = ("first", "all", "loaded")


def opened(page: Page, address: str) -> dict[str, float]:
    """Milliseconds from the start of the navigation."""
    page.goto(address, wait_until="commit")
    times = page.evaluate("() => window.firstImages")
    times["loaded"] = page.evaluate(
        """async (count) => {
            const frames = await window.probe.frames(count);
            const isOurs = () => document.body.dataset.ready;
            while (isOurs() && isOurs() !== 'all-loaded') {
                await new Promise((next) => requestAnimationFrame(next));
            }
            return isOurs() ? performance.now() : frames;
        }""",
        FRAMES,
    )
    return dict(times)


def figures(browser: Browser, cases: Sequence[Case], sessions: dict[str, Any]) -> Iterator[Figure]:
    """Medians of seven openings each; an eighth, the first, warms the server's caches."""
    taken: dict[str, list[dict[str, float]]] = {"ours": [], "ohif": []}
    for number in range(OPENINGS + 1):
        case = cases[number]
        addresses = {"ours": case.ours, "ohif": case.ohif}
        for name in sorted(addresses, reverse=number % 2 == 0):
            with fresh_page(browser, sessions[name]) as page:
                times = opened(page, addresses[name])
            if number:
                taken[name].append(times)
    note = f"median of {OPENINGS} each, in turns"
    for kind, name in zip(TIMES, ("first_viewport", "first_image", "whole_exam"), strict=True):
        ours, peer = (
            statistics.median(one[kind] for one in taken[who]) / 1000 for who in ("ours", "ohif")
        )
        aim = peer / 2 if kind == "all" else None
        yield Figure(name, ours, "s", aim=aim, peer="OHIF", peer_value=peer, note=note)
