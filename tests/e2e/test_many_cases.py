"""Case after case in one page: the browser holds the case on screen and the next, never more."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from spinestudy.demo.cohort import COHORT
from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_over_cohort, open_reading
from tests.e2e.held import Held, held
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
CASES = 8
SETTLED = 2  # the first cases: code that runs for the first time, caches of the browser


def test_pixels_nodes_and_listeners_stay_flat_over_many_cases(
    page: Page, site: RunningSite
) -> None:
    readings = open_over_cohort(
        site, COHORT, "Many cases, SYNTHETIC", cases=CASES, readers=["reader-2"]
    )
    sign_in(page, site, "reader-2")
    worklist = page.request.get(f"{site.address}/api/v1/worklist/").json()
    [session] = [one for one in worklist if one["next_reading_id"] in readings]
    open_reading(page, site, session["next_reading_id"])
    seen: list[Held] = []
    pixels = 0
    for number in range(1, CASES):
        page.wait_for_load_state("networkidle")
        seen.append(held(page))
        reading = page.evaluate("() => Number(document.body.dataset.reading)")
        pixels = max(pixels, _pixel_bytes_of(page, site, reading))
        page.keyboard.press(".")
        page.get_by_text("5 of 5 cells answered").wait_for()
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "(before) => document.body.dataset.ready === 'all-loaded'"
            " && Number(document.body.dataset.reading) !== before",
            arg=reading,
            timeout=60_000,
        )
        expect(page.get_by_title("Cases submitted")).to_contain_text(f"{number} of {CASES}")
    settled, last = seen[SETTLED], seen[-1]
    for _ in range(10):  # what waits for a timer goes; what leaks stays
        if last.nodes <= settled.nodes * 1.05 and last.listeners <= settled.listeners * 1.05:
            break
        page.wait_for_timeout(1000)
        last = held(page)
    assert all(pixels < one.pixel_bytes < 2.5 * pixels for one in seen), (pixels, seen)
    assert last.nodes <= settled.nodes * 1.05, seen
    assert last.listeners <= settled.listeners * 1.05, seen


def _pixel_bytes_of(page: Page, site: RunningSite, reading: int) -> int:
    body = page.request.get(f"{site.address}/api/v1/readings/{reading}/").json()
    return sum(
        frame["rows"] * frame["columns"] * frame["bits_allocated"] // 8
        for series in body["series"]
        for frame in series["frames"]
    )
