"""What the reading room says and shows when something is slow, broken or turned about."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_reading import open_next_case
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
FIRST_SLICES = 3  # one a viewport
FIRST_IMAGE = "() => document.body.dataset.ready === 'first-image'"


def overlay(page: Page, viewport: int) -> Locator:
    return page.locator(".overlay").nth(viewport)


def slice_number(page: Page, viewport: int) -> Locator:
    return overlay(page, viewport).get_by_text(re.compile(r"^\d+ / \d+$"))


def test_a_click_on_a_level_label_goes_to_that_level(reader_page: Page, site: RunningSite) -> None:
    open_next_case(reader_page, site, "Unaided")
    box = overlay(reader_page, 0).get_by_text("L4/L5", exact=True).bounding_box()
    assert box is not None
    reader_page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(overlay(reader_page, 0).locator(".level.active")).to_have_text("L4/L5")
    expect(overlay(reader_page, 2).locator(".level-note")).to_contain_text("L4/L5")
    expect(reader_page.locator(".cell.active")).to_have_attribute("data-cell", re.compile("L4/L5"))


def test_an_enlarged_image_keeps_its_shape(reader_page: Page, site: RunningSite) -> None:
    """A canvas stretched by the page would show vertebrae of a wrong shape."""
    open_next_case(reader_page, site, "Unaided")
    shapes = """() => [...document.querySelectorAll('.pixels canvas')].map((canvas) =>
        (canvas.width / canvas.height) / (canvas.clientWidth / canvas.clientHeight))"""
    viewport = reader_page.locator(".viewport").nth(1)
    narrow = viewport.bounding_box()
    viewport.dblclick(position={"x": 200, "y": 600})
    expect(viewport).to_have_class(re.compile("enlarged"))
    wide = viewport.bounding_box()
    assert narrow is not None
    assert wide is not None
    assert wide["width"] > 2.5 * narrow["width"]
    reader_page.wait_for_function(f"() => ({shapes})().every((one) => Math.abs(one - 1) < 0.02)")
    assert reader_page.evaluate(shapes) == pytest.approx([1, 1, 1], abs=0.02)
    reader_page.keyboard.press("e")
    expect(viewport).not_to_have_class(re.compile("enlarged"))


def test_the_slice_number_waits_for_the_pixels(reader_page: Page, site: RunningSite) -> None:
    """While a slice is on its way, the number is that of the slice that is seen."""
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)
        if len(asked) <= FIRST_SLICES:
            route.continue_()

    reader_page.route("**/frames/**", hold)
    reader_page.goto(f"{site.address}/worklist/")
    reader_page.locator(".case-chip").nth(12).click()
    reader_page.wait_for_function(FIRST_IMAGE, timeout=60_000)
    number = slice_number(reader_page, 0)
    before = number.text_content() or ""
    reader_page.locator(".viewport").nth(0).hover()
    reader_page.mouse.wheel(0, 100)
    reader_page.wait_for_timeout(300)
    expect(number).to_have_text(before)
    reader_page.unroute("**/frames/**", hold)  # lets go of all that is held
    expect(number).not_to_have_text(before)


def test_slices_that_cannot_be_had_are_told_and_show_no_other_pixels(
    reader_page: Page, site: RunningSite
) -> None:
    reader_page.route("**/frames/**", lambda route: route.fulfill(status=500, body="broken"))
    reader_page.goto(f"{site.address}/worklist/")
    reader_page.locator(".case-chip").nth(13).click()
    expect(overlay(reader_page, 0)).to_contain_text("can't be shown", timeout=60_000)
    expect(reader_page.locator(".pixels").first).not_to_be_visible()
    told = reader_page.get_by_role("alert").filter(has_text="could not be loaded")
    expect(told).to_be_visible(timeout=60_000)
    assert reader_page.evaluate("() => document.body.dataset.ready") != "all-loaded"


def test_an_answer_on_a_shared_machine_waits_for_its_reader(
    page: Page, site: RunningSite, browser: Browser
) -> None:
    """Another person who signs in on the same browser neither loses nor takes it."""
    sign_in(page, site, "reader")
    open_next_case(page, site, "Unaided")
    address = page.url
    page.route("**/grades/", lambda route: route.abort())
    page.locator("[data-cell='L3/L4|pfirrmann']").click()
    page.keyboard.press("5")
    expect(page.locator(".cell.unsaved")).to_have_count(1)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute_all()
    page.context.clear_cookies()
    sign_in(page, site, "reader-2")
    open_next_case(page, site, "Unaided")
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, site, "reader")
    page.goto(address)
    cell = page.locator("[data-cell='L3/L4|pfirrmann']")
    expect(cell).to_contain_text("5", timeout=30_000)
    expect(page.locator("[data-saved=saved]")).to_contain_text("All answers saved")
    second = browser.new_context()
    elsewhere = sign_in(second.new_page(), site, "reader")
    elsewhere.goto(address)
    expect(elsewhere.locator("[data-cell='L3/L4|pfirrmann']")).to_contain_text("5", timeout=30_000)
    second.close()


def test_an_answer_stored_while_the_page_asks_is_not_blanked_by_the_late_reply(
    reader_page: Page, site: RunningSite
) -> None:
    open_next_case(reader_page, site, "Unaided")
    reader_page.route("**/grades/", lambda route: route.abort())
    cell = reader_page.locator("[data-cell='L2/L3|modic']")
    given = "3" if "2" in (cell.text_content() or "") else "2"
    cell.click()
    reader_page.keyboard.press(given)
    expect(reader_page.locator(".cell.unsaved")).to_have_count(1)
    reader_page.on("dialog", lambda dialog: dialog.accept())
    late: list[tuple[Route, str]] = []
    answers: list[Route] = []

    def read_and_hold(route: Route) -> None:
        late.append((route, route.fetch().text()))
        for answer in answers:
            answer.continue_()

    reader_page.route(re.compile(r"/api/v1/readings/\d+/$"), read_and_hold)
    reloaded: list[bool] = []
    reader_page.on("domcontentloaded", lambda _: reloaded.append(True))

    def hold_until_asked(route: Route) -> None:
        if not reloaded:
            route.abort()  # a last attempt of the page that is left
        elif late:
            route.continue_()
        else:
            answers.append(route)

    reader_page.route("**/grades/", hold_until_asked)
    with reader_page.expect_response("**/grades/"):
        reader_page.reload()
    reader_page.wait_for_timeout(300)
    route, body = late[0]
    known = {(one["disc_level"], one["item"]): one["score"] for one in json.loads(body)["grades"]}
    assert known.get(("L2/L3", "modic")) != int(given)
    route.fulfill(body=body, content_type="application/json")
    expect(cell).to_contain_text(given, timeout=30_000)


def test_everything_of_the_images_works_without_a_mouse(
    reader_page: Page, site: RunningSite
) -> None:
    open_next_case(reader_page, site, "Unaided")
    window = overlay(reader_page, 2).get_by_text(re.compile(r"^W \d+"))
    bar = overlay(reader_page, 2).locator(".scale-bar")
    letter = overlay(reader_page, 2).locator(".reference.current").first
    before = (window.text_content() or "", bar.get_attribute("d") or "")
    axial = slice_number(reader_page, 2).text_content() or ""
    reader_page.keyboard.press("v")
    reader_page.keyboard.press("v")
    reader_page.keyboard.press("PageDown")
    expect(slice_number(reader_page, 2)).not_to_have_text(axial)
    reader_page.keyboard.press("u")
    expect(window).not_to_have_text(before[0])
    reader_page.keyboard.press("+")
    expect(bar).not_to_have_attribute("d", before[1])
    line = letter.get_attribute("x1")
    reader_page.keyboard.press("Shift+ArrowRight")
    expect(letter).not_to_have_attribute("x1", line or "")
    reader_page.keyboard.press("Home")
    reader_page.keyboard.press("Tab")
    expect(reader_page.locator(".cell:focus")).to_have_attribute(
        "data-cell", re.compile(r"L1/L2\|pfirrmann")
    )
