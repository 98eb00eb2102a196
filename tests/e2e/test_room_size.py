"""The images have most of the page, and neither header nor panel spills over."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.exams import open_reading
from tests.e2e.rest import drawn
from tests.e2e.test_grading import readings
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
LEAST_SHARE = 0.70

_MEASURE = """() => {
    const box = (one) => one.getBoundingClientRect();
    const area = (one) => box(one).width * box(one).height;
    const seen = [...document.querySelectorAll('.viewport')].filter((one) => one.checkVisibility());
    const header = document.querySelector('.room-header');
    const parts = [...header.children].filter((one) => one.checkVisibility());
    const panel = document.querySelector('.side');
    const spills = (one) => one.scrollWidth > one.clientWidth + 1;
    const inside = ({ left, right }, outer) => left >= outer.left - 1 && right <= outer.right + 1;
    return {
        share: seen.reduce((sum, one) => sum + area(one), 0) / (innerWidth * innerHeight),
        header: box(header).height,
        spilled: parts.filter((one) => !inside(box(one), box(header)) || spills(one))
            .map((one) => one.textContent),
        overlaps: parts.filter((one, at) => parts.slice(at + 1).some((other) =>
            box(one).left < box(other).right - 1 && box(other).left < box(one).right - 1
            && box(one).top < box(other).bottom - 1 && box(other).top < box(one).bottom - 1))
            .map((one) => one.textContent),
        panel: spills(panel),
        cells: [...panel.querySelectorAll('.cell, .grid th')].filter((one) =>
            spills(one) || !inside(box(one), box(panel))).map((one) => one.textContent),
    };
}"""


def measured(page: Page) -> dict[str, Any]:
    """Wait for the layout to rest, then measure."""
    drawn(page)
    found: dict[str, Any] = page.evaluate(_MEASURE)
    return found


def check(page: Page, header_px: int = 40) -> float:
    found = measured(page)
    assert found["header"] == header_px
    for name in ("spilled", "overlaps", "cells"):
        assert found[name] == [], name
    assert not found["panel"]
    return float(found["share"])


def test_images_have_seven_tenths_of_the_page_beside_a_grid_with_sides(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    open_reading(page, site, readings(site, "pivotal")[3])
    expect(page.locator(".grid.dense .sides")).to_be_visible()
    for width, height in ((1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        assert check(page) >= LEAST_SHARE, (width, height)
    page.set_viewport_size({"width": 1280, "height": 800})
    check(page, header_px=70)
    page.set_viewport_size({"width": 1440, "height": 900})

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/grades/", refuse)
    page.locator("[data-cell='L5/S1|pfirrmann']").click()
    page.keyboard.press("4")
    page.keyboard.press("b")
    expect(page.locator(".series-choice").first).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="As protocol")).to_be_visible()
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    assert check(page) >= LEAST_SHARE, "without a network, with a series hung by hand"
    page.unroute("**/grades/", refuse)
    page.keyboard.press("Shift+Digit0")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    assert check(page) >= LEAST_SHARE


def test_a_training_case_fits_too_and_a_pause_hides_the_tools(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    open_reading(page, site, readings(site, "training")[0])
    expect(page.locator(".arm-badge").last).to_have_text("Training")
    assert check(page) >= LEAST_SHARE
    tools = page.get_by_role("toolbar", name="Images")
    expect(tools).to_be_visible()
    page.keyboard.press("p")
    expect(tools).to_have_count(0)
    page.keyboard.press("p")
    expect(tools).to_be_visible()
