"""Points of finished measurements moved by keys alone: kept, left, taken back, never lost."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.rest import until
from tests.e2e.test_drawing import clear, saved, stored, words
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
DRAWN = {
    "length": ("Shift+L", 2),
    "angle": ("Shift+A", 3),
    "cobb": ("Shift+C", 4),
    "ellipse": ("Shift+E", 2),
    "rectangle": ("Shift+R", 2),
    "landmark": ("Shift+P", 1),
    "box": ("Shift+X", 2),
}


@pytest.fixture(scope="module")
def reading(site: RunningSite) -> int:
    (one,) = open_over_phantoms(site, "Marks by keys, SYNTHETIC", cases=1)
    return one


def draw(page: Page, kind: str) -> None:
    """Points on a zigzag around the middle of the active image."""
    key, count = DRAWN[kind]
    page.keyboard.press(key)
    for at in range(count):
        for pressed in ["Shift+ArrowRight", "Shift+ArrowUp" if at % 2 else "Shift+ArrowDown"] * 3:
            page.keyboard.press(pressed)
        page.keyboard.press("Enter")
    saved(page)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def moved_mm(before: dict[str, Any], after: dict[str, Any]) -> list[float]:
    """How far each point has gone."""
    pairs = zip(before["points_lps"], after["points_lps"], strict=True)
    return [math.dist(one, other) for one, other in pairs]


def note(page: Page) -> Locator:
    return page.locator(".note[data-point]")


@pytest.mark.parametrize("kind", DRAWN)
def test_a_point_is_nudged_kept_and_taken_back(
    reader_page: Page, site: RunningSite, reading: int, kind: str
) -> None:
    page = reader_page
    clear(page, site, reading)
    draw(page, kind)
    (before,) = stored(page, site, reading)
    count = DRAWN[kind][1]
    press(page, "Shift+M")
    expect(note(page)).to_have_attribute("data-point", "0")
    expect(page.locator(".handle-ring")).to_have_count(1)
    last = count - 1
    if last:
        press(page, "Shift+Tab")  # over the first to the last
        expect(note(page)).to_contain_text(f"point {count} of {count}")
    press(page, "Shift+ArrowLeft", "Shift+ArrowLeft", "ArrowDown")
    page.wait_for_timeout(300)
    assert stored(page, site, reading) == [before], "nothing is sent before Enter"
    press(page, "Enter")
    expect(note(page)).to_have_count(0)
    saved(page)
    (after,) = stored(page, site, reading)
    wanted = [0.0] * last + [math.hypot(10, 0.5)]
    assert moved_mm(before, after) == pytest.approx(wanted, abs=1e-6)
    assert after["revision"] == before["revision"] + 1
    press(page, "Control+z")
    expect(page.get_by_text("moved.", exact=False).last).to_contain_text("Taken back")
    saved(page)
    (again,) = stored(page, site, reading)
    assert again["points_lps"] == before["points_lps"]
    assert again["values"] == before["values"]
    assert again["revision"] == before["revision"] + 2
    press(page, "Control+y")
    saved(page)
    assert stored(page, site, reading)[0]["points_lps"] == after["points_lps"]


def test_escape_leaves_it_and_no_grade_is_given_meanwhile(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    page = reader_page
    clear(page, site, reading)
    draw(page, "length")
    (before,) = stored(page, site, reading)
    line = page.locator(".drawn").get_attribute("points") or ""
    press(page, "Shift+M", "Shift+ArrowUp", "Tab", "ArrowLeft")
    expect(page.locator(".drawn")).not_to_have_attribute("points", line)
    filled = page.locator(".cell[data-state=filled]").count()
    press(page, "3", ".", "Backspace")
    expect(page.get_by_text("Enter keeps the mark first")).to_be_visible()
    expect(page.locator(".cell[data-state=filled]")).to_have_count(filled)
    press(page, "Control+z")
    expect(page.locator(".drawn")).to_have_attribute("points", line)
    press(page, "Shift+ArrowRight", "Escape")
    expect(page.locator(".drawn")).to_have_attribute("points", line)
    expect(note(page)).to_have_count(0)
    assert stored(page, site, reading) == [before]
    press(page, "Shift+M", "Enter")  # nothing moved, nothing sent
    page.wait_for_timeout(300)
    assert stored(page, site, reading) == [before]


def test_the_next_mark_is_brought_on_screen_and_what_was_moved_is_kept(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    page = reader_page
    clear(page, site, reading)
    draw(page, "length")
    press(page, "PageDown", "PageDown")
    expect(words(page)).to_have_count(0)
    draw(page, "landmark")
    first, second = stored(page, site, reading)
    assert first["stack_position"] != second["stack_position"]
    press(page, "Shift+M")
    expect(note(page)).to_contain_text("Length")
    expect(words(page)).to_have_count(1)
    press(page, "PageDown")  # scrolled away: the next step brings it back
    expect(words(page)).to_have_count(0)
    press(page, "ArrowLeft")
    expect(words(page)).to_have_count(1)
    press(page, "Shift+M")
    expect(note(page)).to_contain_text("Point")
    saved(page)
    (moved, *_) = stored(page, site, reading)
    assert moved_mm(first, moved) == pytest.approx([0.5, 0], abs=1e-6)
    press(page, "Delete")
    expect(note(page)).to_have_count(0)
    saved(page)
    assert len(stored(page, site, reading)) == 1
    press(page, "Control+z")  # a deletion is taken back too
    saved(page)
    assert [one["points_lps"] for one in stored(page, site, reading)] == [
        moved["points_lps"],
        second["points_lps"],
    ]


def test_corners_of_a_box_go_from_slice_to_slice(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    page = reader_page
    clear(page, site, reading)
    draw(page, "box")
    (flat,) = stored(page, site, reading)
    press(page, "Shift+M", "Tab", "PageDown", "PageDown", "Enter")
    saved(page)
    (deep,) = stored(page, site, reading)
    thick = deep["values"]["depth_mm"]
    assert thick > 4
    assert deep["stack_position"] == flat["stack_position"]
    press(page, "Shift+M", "PageUp", "Enter")
    saved(page)
    (deeper,) = stored(page, site, reading)
    assert deeper["values"]["depth_mm"] == pytest.approx(1.5 * thick, rel=1e-3)
    assert abs(deeper["stack_position"] - flat["stack_position"]) == 1


def test_what_was_moved_survives_a_reload_and_the_submission(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    (one,) = open_over_phantoms(site, "Marks that are not lost, SYNTHETIC", cases=1)
    open_reading(page, site, one)
    draw(page, "length")
    (before,) = stored(page, site, one)
    press(page, "Shift+M", "Shift+ArrowUp")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", timeout=60_000)
    saved(page)
    wanted = pytest.approx([5, 0], abs=1e-6)
    moved = until(
        lambda: moved_mm(before, stored(page, site, one)[0]), lambda found: bool(found == wanted)
    )
    assert moved == wanted
    assert len(stored(page, site, one)) == 1
    press(page, ".")
    saved(page)
    press(page, "Shift+M", "Shift+ArrowUp", "Control+Enter")
    expect(page.get_by_role("heading", name="All cases read")).to_be_visible(timeout=30_000)
    (last,) = stored(page, site, one)
    assert moved_mm(before, last) == pytest.approx([10, 0], abs=1e-6)


def test_the_menu_begins_it_and_help_tells_the_keys(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    page = reader_page
    clear(page, site, reading)
    draw(page, "cobb")
    page.locator(".measure summary").focus()
    press(page, "Enter")
    page.get_by_role("button", name=re.compile(r"^Cobb angle \d")).focus()
    press(page, "Enter")
    expect(note(page)).to_contain_text("point 1 of 4")
    expect(page.locator(".measure-menu")).to_be_hidden()
    press(page, "Escape", "?")
    help_page = page.get_by_role("dialog")
    expect(help_page.get_by_role("table", name="While a mark is moved")).to_be_visible()
    expect(help_page.get_by_role("button", name=re.compile("^Next finished mark"))).to_be_visible()
