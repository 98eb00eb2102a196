"""No frame shows an image, an answer, a mark or AI of another case than the one it names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.frame_watch import leaks, start, stop, watch
from tests.e2e.rest import drawn, masks_saved
from tests.e2e.test_reading import ai_is_done  # noqa: F401 - a fixture
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
SLOW_S = 0.12
LEVELS = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")


def is_shown(page: Page, reading: int) -> None:
    """The case is there with all its slices."""
    page.wait_for_function(
        """(id) => document.body?.dataset.reading === id
            && document.body.dataset.ready === 'all-loaded'
            && [...document.querySelectorAll('.viewport:not([hidden]) .pixels')].every(
                (one) => one.dataset.reading === id)""",
        arg=str(reading),
        timeout=90_000,
    )
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=60_000)


def at_rest(page: Page) -> dict[str, Any]:
    """How the case on screen looks when nothing moves any more."""
    page.wait_for_timeout(300)
    drawn(page)
    start(page)
    page.wait_for_function("() => window.frames_.length > 3", timeout=60_000)
    found: dict[str, Any] = stop(page)[-1]
    return found


def slow(page: Page) -> None:
    def late(route: Route) -> None:
        time.sleep(SLOW_S)
        route.continue_()

    page.route("**/frames/**", late)


def answer(page: Page, keys: str) -> None:
    """Fifteen answers, one key each."""
    page.keyboard.press("Home")
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=60_000)


def draw_and_paint(page: Page, shift: int) -> None:
    """A length, a painted mask and a crosshair on the first viewport; nothing is selected."""
    box = page.locator(".viewport").first.bounding_box()
    assert box is not None
    x, y = box["x"] + 100 + shift, box["y"] + 220 + shift

    def drag(dx: int, dy: int) -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dx, y + dy, steps=4)
        page.mouse.up()

    page.keyboard.press("Shift+L")
    drag(70 + shift, 40)
    expect(page.locator(".drawn-words")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+D")
    for _ in range(8):
        page.keyboard.press("]")
    drag(60, 90 + shift)
    page.keyboard.press("Escape")
    page.mouse.click(x + 20, y + 160)
    expect(page.locator(".crosshair").first).to_be_visible()
    masks_saved(page)


def checked(recorded: list[dict[str, Any]], rest: dict[str, dict[str, Any]]) -> None:
    """Both cases were seen, with pixels, and neither under the name of the other."""
    for reading in rest:
        assert any(
            frame["reading"] == reading and any(canvas["hash"] for canvas in frame["pixels"])
            for frame in recorded
        ), f"no frame with pixels of {reading} was recorded"
    assert leaks(recorded, rest) == []


def test_the_watch_finds_a_picture_and_an_answer_of_another_case() -> None:
    """What the tests below rest on can fail."""
    plain: dict[str, Any] = {
        "title": "B", "number": "B", "cells": {"x": "1"}, "proposals": {}, "labels": [],
        "outlines": [], "marks": [], "crosshair": [], "feedback": [], "masks": [],
        "pixels": [{"of": "2", "hash": 5}],
    }  # fmt: skip
    one = {**plain, "reading": "1", "title": "A", "number": "A", "marks": ["12 mm"],
           "cells": {"x": "3"}, "pixels": [{"of": "1", "hash": 4}]}  # fmt: skip
    two = {**plain, "reading": "2"}
    rest = {"1": one, "2": two}
    assert leaks([one, two], rest) == []
    for wrong in (
        {"pixels": [{"of": "1", "hash": 9}]},
        {"pixels": [{"of": "2", "hash": 4}]},
        {"cells": {"x": "3"}},
        {"marks": ["12 mm"]},
        {"title": "A"},
    ):
        assert leaks([one, {**two, **wrong}], rest)


def test_going_from_case_to_case_shows_nothing_of_the_other(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    first, second = open_over_phantoms(site, "One case after the other", cases=2)
    watch(page)
    rest: dict[str, dict[str, Any]] = {}
    for number, (reading, keys) in enumerate([(second, "251" * 5), (first, "130" * 5)]):
        open_reading(page, site, reading)
        answer(page, keys)
        draw_and_paint(page, 35 * number)
        page.keyboard.press("End")
        page.keyboard.press("Home")
        rest[str(reading)] = at_rest(page)
        assert rest[str(reading)]["marks"]
        assert rest[str(reading)]["masks"]
    page.mouse.move(700, 500)  # a pixel's value is read out
    slow(page)
    start(page)
    page.keyboard.press("Control+Enter")
    is_shown(page, second)
    page.wait_for_timeout(600)
    expect(page.locator(".crosshair")).to_have_count(0)
    readout = page.locator(".readout").nth(1)
    before = readout.text_content()
    page.mouse.move(700.4, 500)
    expect(readout).to_have_text(before or "")
    steps: list[tuple[Callable[[], Any], int]] = [
        (lambda: page.go_back(wait_until="commit"), first),
        (lambda: page.go_forward(wait_until="commit"), second),
    ]
    for go, reading in steps * 2:
        go()
        is_shown(page, reading)
        page.wait_for_timeout(400)
    checked(stop(page), rest)


def test_answers_that_cross_on_their_way_end_with_the_case_of_the_address(
    reader_page: Page, site: RunningSite
) -> None:
    """Back and forward, faster than the server answers."""
    page = reader_page
    first, second, third = open_over_phantoms(site, "Back and forward", cases=3)
    for reading in (first, second):
        open_reading(page, site, reading) if reading == first else is_shown(page, reading)
        answer(page, "111" * 5)
        page.keyboard.press("Control+Enter")
    is_shown(page, third)
    held: list[Route] = []
    pattern = re.compile(rf"/api/v1/readings/{first}/$")
    page.route(pattern, lambda route: held.append(route))
    with page.expect_request(pattern):  # whose answer is held back
        page.evaluate("() => history.go(-2)")
    page.evaluate("() => history.go(1)")
    is_shown(page, second)
    assert held
    with page.expect_response(pattern):
        for route in held:
            route.continue_()
    page.unroute(pattern)
    page.wait_for_timeout(1000)
    assert page.evaluate("() => document.body.dataset.reading") == str(second)
    assert page.url.endswith(f"/readings/{second}/")


@pytest.mark.usefixtures("ai_is_done")
def test_proposals_and_outlines_of_ai_stay_with_their_case(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    first, second = open_over_phantoms(site, "Aided, one after the other", cases=2, aided=True)
    watch(page)
    rest: dict[str, dict[str, Any]] = {}
    for reading, keys in ((second, "251" * 5), (first, "130" * 5)):
        open_reading(page, site, reading)
        expect(page.locator("[data-ai=ready]")).to_be_visible()
        answer(page, keys)
        page.keyboard.press("End")
        page.keyboard.press("Home")
        rest[str(reading)] = at_rest(page)
        assert rest[str(reading)]["proposals"]
        assert rest[str(reading)]["outlines"]
    slow(page)
    start(page)
    page.keyboard.press("Control+Enter")
    is_shown(page, second)
    page.wait_for_timeout(400)
    page.go_back(wait_until="commit")
    is_shown(page, first)
    page.wait_for_timeout(400)
    checked(stop(page), rest)


def test_another_reader_gets_neither_the_reading_nor_its_frames(
    reader_page: Page, site: RunningSite, browser: Browser
) -> None:
    """Nothing is served by number; the address of a frame opens that frame alone."""
    (reading,) = open_over_phantoms(site, "Mine alone", cases=1)
    address = f"{site.address}/api/v1/readings/{reading}/"
    mine = reader_page.request.get(address)
    assert mine.ok
    first, second = (frame["url"] for frame in mine.json()["series"][0]["frames"][:2])
    assert reader_page.request.get(site.address + first).ok
    context = browser.new_context()
    other = sign_in(context.new_page(), site, "reader-2").request
    for path in ("", "masks/1/", "grades/", "level-marks/", "anatomy/"):
        refused = other.get(address + path)
        assert refused.status in (403, 404, 405), path
        assert "/frames/" not in refused.text()
    assert other.get(f"{site.address}/readings/{reading}/").status in (403, 404)
    _, _, token, path = first.split("/", 3)
    swapped = f"/frames/{token}/{second.split('/', 3)[3]}"
    expires, _, signature = token.partition("-")
    later = f"/frames/{int(expires) + 3600}-{signature}/{path}"
    for wrong in (swapped, later, f"/frames/{path}", f"/frames/0-{signature}/{path}"):
        assert other.get(site.address + wrong).status in (403, 404), wrong
    context.close()
