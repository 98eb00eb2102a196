"""Measurements: in millimetres of the patient, stored at once, there again after a reload."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_reading
from tests.e2e.test_grading import readings
from tests.site import RunningSite

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def reading(site: RunningSite) -> int:
    return readings(site, "pivotal")[0]


def pixels_per_mm(page: Page, viewport: int) -> float:
    """From the scale bar, which is 20 mm long."""
    bar = page.locator(".overlay").nth(viewport).locator(".scale-bar").get_attribute("d") or ""
    (length,) = re.findall(r"h([\d.]+)", bar)
    return float(length) / 20


def words(page: Page) -> Locator:
    return page.locator(".drawn-words")


def drag(page: Page, viewport: int, start: tuple[int, int], end: tuple[int, int]) -> None:
    box = page.locator(".viewport").nth(viewport).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=5)
    page.mouse.up()


def stored(page: Page, site: RunningSite, reading: int) -> list[dict[str, Any]]:
    body = page.request.get(f"{site.address}/api/v1/readings/{reading}/").json()
    return list(body["measurements"])


def saved(page: Page) -> None:
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    expect(page.locator(".drawn.unsaved")).to_have_count(0)


def clear(page: Page, site: RunningSite, reading: int) -> None:
    open_reading(page, site, reading)
    page.locator(".measure summary").click()
    for _ in stored(page, site, reading):
        page.get_by_role("button", name=re.compile("^Delete ")).first.click()
    saved(page)
    page.locator(".measure summary").click()


def test_a_length_is_that_of_the_scale_bar_and_survives_a_reload(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    clear(reader_page, site, reading)
    reader_page.keyboard.press("Shift+L")
    drag(reader_page, 0, (120, 300), (180, 380))
    expect(words(reader_page)).to_have_count(1)
    saved(reader_page)
    expected = math.hypot(60, 80) / pixels_per_mm(reader_page, 0)
    shown = float((words(reader_page).text_content() or "").removesuffix(" mm"))
    assert shown == pytest.approx(expected, abs=0.2)
    (mark,) = stored(reader_page, site, reading)
    assert mark["values"]["length_mm"] == pytest.approx(expected, rel=0.01)
    line = reader_page.locator(".drawn").get_attribute("points")
    reader_page.reload()
    expect(words(reader_page)).to_have_text(f"{shown:.1f} mm", timeout=60_000)
    expect(reader_page.locator(".drawn")).to_have_attribute("points", line or "")


def test_a_mark_is_seen_on_its_slice_only(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    clear(reader_page, site, reading)
    reader_page.keyboard.press("Shift+E")
    drag(reader_page, 2, (140, 400), (190, 440))
    expect(words(reader_page).first).to_contain_text("mm²")
    saved(reader_page)
    expect(words(reader_page).nth(1)).to_contain_text("mean")
    reader_page.locator(".viewport").nth(2).hover()
    reader_page.keyboard.press("PageDown")
    expect(words(reader_page)).to_have_count(0)
    reader_page.keyboard.press("PageUp")
    expect(words(reader_page)).to_have_count(2)


def test_a_point_of_a_mark_can_be_moved_and_the_mark_deleted(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    clear(reader_page, site, reading)
    reader_page.keyboard.press("Shift+L")
    drag(reader_page, 1, (100, 300), (160, 300))
    saved(reader_page)
    (before,) = stored(reader_page, site, reading)
    drag(reader_page, 1, (160, 300), (220, 300))
    saved(reader_page)
    (after,) = stored(reader_page, site, reading)
    length = "length_mm"
    assert after["values"][length] == pytest.approx(2 * before["values"][length], rel=0.02)
    assert after["revision"] == before["revision"] + 1
    reader_page.keyboard.press("Delete")
    expect(words(reader_page)).to_have_count(0)
    saved(reader_page)
    assert stored(reader_page, site, reading) == []


def test_everything_can_be_drawn_without_a_mouse(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    clear(reader_page, site, reading)
    reader_page.keyboard.press("Shift+A")
    for keys in (["Enter"], ["Shift+ArrowUp"] * 4 + ["Enter"], ["Shift+ArrowRight"] * 4):
        for key in keys:
            reader_page.keyboard.press(key)
    reader_page.keyboard.press("Enter")
    expect(words(reader_page)).to_have_text("90.0°")
    saved(reader_page)


def test_a_box_reaches_over_slices(reader_page: Page, site: RunningSite, reading: int) -> None:
    clear(reader_page, site, reading)
    reader_page.keyboard.press("Shift+X")
    drag(reader_page, 0, (120, 300), (180, 360))
    saved(reader_page)
    reader_page.keyboard.press("PageDown")
    expect(words(reader_page)).to_have_count(0)
    reader_page.keyboard.press("Shift+B")
    expect(words(reader_page)).to_have_count(1)
    saved(reader_page)
    (box,) = stored(reader_page, site, reading)
    assert box["values"]["depth_mm"] > 3


def test_another_reader_sees_none_of_it(
    reader_page: Page, site: RunningSite, reading: int, browser: Browser
) -> None:
    other = browser.new_context()
    page = sign_in(other.new_page(), site, "reader-2")
    assert page.request.get(f"{site.address}/api/v1/readings/{reading}/").status == 404
    (own, *_) = readings(site, "pivotal", "reader-2")
    open_reading(page, site, own)
    expect(words(page)).to_have_count(0)
    other.close()
