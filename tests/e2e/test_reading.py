"""A reader reads: images, grid, stored answers, AI in the aided arm only."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.rest import Heard
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
ALL_LOADED = "() => document.body?.dataset.ready === 'all-loaded'"


def open_next_case(page: Page, site: RunningSite, arm: str) -> None:
    page.goto(f"{site.address}/worklist/")
    demonstration = page.locator(".worklist-session").filter(has_text="SYNTHETIC demonstration")
    session = demonstration.filter(has=page.get_by_text(arm, exact=True))
    session.get_by_role("link", name="Read next case").click()
    page.wait_for_function(ALL_LOADED, timeout=60_000)


def slices(page: Page) -> list[int]:
    return [
        int(page.locator(".pixels").nth(index).get_attribute("data-slice") or -1)
        for index in range(3)
    ]


def brightness(page: Page) -> list[float]:
    """Mean grey of each viewport as it is on the screen."""
    script = """() => [...document.querySelectorAll('.pixels canvas')].map((canvas) => {
        const copy = document.createElement('canvas');
        [copy.width, copy.height] = [canvas.width, canvas.height];
        const context = copy.getContext('2d');
        context.drawImage(canvas, 0, 0);
        const data = context.getImageData(0, 0, copy.width, copy.height).data;
        let sum = 0;
        for (let at = 0; at < data.length; at += 4) sum += data[at];
        return sum / (data.length / 4);
    })"""
    return list(page.evaluate(script))


def test_three_series_hang_side_by_side_with_pixels(reader_page: Page, site: RunningSite) -> None:
    open_next_case(reader_page, site, "Unaided")
    titles = reader_page.locator(".overlay text.title")
    expect(titles).to_have_text(["Sagittal T1", "Sagittal T2", "Axial T2"])
    assert all(mean > 10 for mean in brightness(reader_page))


def test_choosing_a_level_moves_every_viewport_there(reader_page: Page, site: RunningSite) -> None:
    open_next_case(reader_page, site, "Unaided")
    note = reader_page.locator(".overlay").nth(2).locator(".level-note").first
    reader_page.keyboard.press("Home")
    expect(note).to_contain_text("L1/L2")
    top = slices(reader_page)
    reader_page.keyboard.press("End")
    expect(note).to_contain_text("L5/S1")
    assert slices(reader_page)[2] > top[2] + 10
    reader_page.get_by_role("button", name="L1/L2", exact=True).click()
    expect(note).to_contain_text("L1/L2")


def test_linked_scroll_moves_both_sagittal_series_and_can_be_unlinked(
    reader_page: Page, site: RunningSite
) -> None:
    open_next_case(reader_page, site, "Unaided")
    before = slices(reader_page)
    first = reader_page.locator(".viewport").nth(0)
    first.hover()
    reader_page.mouse.wheel(0, 100)
    expect(reader_page.locator(".pixels").nth(1)).to_have_attribute(
        "data-slice", str(before[1] + 1)
    )
    reader_page.keyboard.press("l")
    reader_page.mouse.wheel(0, 100)
    expect(reader_page.locator(".pixels").nth(0)).to_have_attribute(
        "data-slice", str(before[0] + 2)
    )
    assert slices(reader_page)[1] == before[1] + 1


def test_window_zoom_and_pan_by_mouse(reader_page: Page, site: RunningSite) -> None:
    open_next_case(reader_page, site, "Unaided")
    box = reader_page.locator(".viewport").nth(1).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    window = reader_page.locator(".overlay").nth(1).get_by_text(re.compile(r"^W \d+"))
    before = window.text_content()
    scale = reader_page.locator(".overlay .scale-bar").nth(1)
    bar = scale.get_attribute("d")

    def drag(button: str, dx: int, dy: int) -> None:
        reader_page.mouse.move(x, y)
        reader_page.mouse.down(button=button)  # type: ignore[arg-type]
        reader_page.mouse.move(x + dx, y + dy, steps=4)
        reader_page.mouse.up(button=button)  # type: ignore[arg-type]

    drag("left", 80, 30)
    expect(window).not_to_have_text(before or "")
    drag("right", 0, -80)
    expect(scale).not_to_have_attribute("d", bar or "")
    leader = reader_page.locator(".overlay").nth(1).locator(".leader").first
    place = leader.get_attribute("y1")
    drag("middle", 0, 40)
    expect(leader).not_to_have_attribute("y1", place or "")
    reader_page.keyboard.press("f")
    expect(window).to_have_text(before or "")


def test_answers_are_stored_at_once_and_a_second_machine_resumes(
    reader_page: Page, site: RunningSite, browser: Browser
) -> None:
    open_next_case(reader_page, site, "Unaided")
    reader_page.keyboard.press("Home")
    for key in ("2", "4", "1"):
        reader_page.keyboard.press(key)
    expect(reader_page.locator("[data-saved=saved]")).to_contain_text("All answers saved")
    reading = reader_page.url
    reader_page.reload()
    reader_page.wait_for_function(ALL_LOADED, timeout=60_000)
    expect(reader_page.locator("[data-cell='L1/L2|central_canal_stenosis']")).to_contain_text("2")
    second = browser.new_context()
    page = sign_in(second.new_page(), site, "reader")
    page.goto(reading)
    expect(page.locator("[data-cell='L1/L2|pfirrmann']")).to_contain_text("4", timeout=30_000)
    expect(page.locator("[data-cell='L1/L2|modic']")).to_contain_text("1")
    second.close()


def test_an_answer_given_without_a_network_is_not_called_saved_and_is_not_lost(
    reader_page: Page, site: RunningSite
) -> None:
    open_next_case(reader_page, site, "Unaided")

    def refuse(route: Route) -> None:
        route.abort()

    reader_page.route("**/grades/", refuse)
    reader_page.locator("[data-cell='L5/S1|modic']").click()
    reader_page.keyboard.press("3")
    status = reader_page.locator("[data-saved]")
    expect(status).to_have_attribute("data-saved", "retrying")
    expect(status).to_contain_text("1 answer waits")
    reader_page.unroute("**/grades/", refuse)
    expect(status).to_have_attribute("data-saved", "saved", timeout=30_000)
    reader_page.reload()
    reader_page.wait_for_function(ALL_LOADED, timeout=60_000)
    expect(reader_page.locator("[data-cell='L5/S1|modic']")).to_contain_text("3")


def grade_everything(page: Page) -> None:
    page.keyboard.press("Home")
    for _ in range(15):
        page.keyboard.press("1")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)


def test_an_incomplete_case_cannot_be_submitted_and_says_what_is_missing(
    reader_page: Page, site: RunningSite
) -> None:
    open_next_case(reader_page, site, "AI-aided")
    reader_page.get_by_role("button", name="Submit case").click()
    expect(reader_page.get_by_role("alert")).to_contain_text("cells are still empty")
    expect(reader_page.locator(".cell.missing")).not_to_have_count(0)


def test_submitting_goes_to_the_next_case_without_a_page_reload(
    page: Page, site: RunningSite
) -> None:
    sign_in(page, site, "reader-2")
    open_next_case(page, site, "Unaided")
    first = page.url
    number = page.locator(".case-number").text_content()
    page.evaluate("() => { window.stillTheSamePage = true }")
    grade_everything(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".case-number")).not_to_have_text(number or "", timeout=30_000)
    assert page.url != first
    assert page.evaluate("() => window.stillTheSamePage === true")
    page.wait_for_function(ALL_LOADED, timeout=60_000)
    expect(page.get_by_text("1 of 16 cases submitted")).to_be_visible()
    page.goto(first)
    expect(page.get_by_role("button", name="Next case")).to_be_visible(timeout=30_000)


@pytest.fixture(scope="module")
def ai_is_done(site: RunningSite, browser: Browser) -> None:
    """Wait until the worker has run the pipeline on every case."""
    context = browser.new_context()
    page = sign_in(context.new_page(), site, "coordinator")
    page.goto(f"{site.address}/ai-runs/")
    expect(page.locator("tr[data-state=succeeded]").nth(15)).to_be_visible(timeout=600_000)
    context.close()


@pytest.mark.usefixtures("ai_is_done")
def test_the_aided_arm_shows_proposals_and_outlines_and_one_key_hides_them(
    reader_page: Page, site: RunningSite
) -> None:
    open_next_case(reader_page, site, "AI-aided")
    expect(reader_page.locator("[data-ai=ready]")).to_contain_text("not for clinical use")
    proposals = reader_page.locator(".cell-proposal")
    outlines = reader_page.locator(".overlay .outline")
    expect(proposals).to_have_count(15)
    expect(outlines).not_to_have_count(0)
    expect(reader_page.locator(".choice-ai").first).to_contain_text("%")
    reader_page.keyboard.press("h")
    expect(proposals).to_have_count(0)
    expect(outlines).to_have_count(0)


@pytest.mark.usefixtures("ai_is_done")
def test_nothing_of_ai_reaches_the_browser_in_the_unaided_arm(
    reader_page: Page, site: RunningSite
) -> None:
    heard = Heard(reader_page)
    open_next_case(reader_page, site, "Unaided")
    expect(reader_page.locator(".cell-proposal, .outline, [data-ai]")).to_have_count(0)
    bodies = heard.bodies()
    readings = [json.loads(body) for body in bodies if '"hanging"' in body]
    assert readings
    assert all(one["prediction"] is None for one in readings)
    assert not any("probabilities" in body or "lumbar_grading" in body for body in bodies)


def test_every_page_of_the_reader_keeps_the_content_policy(
    reader_page: Page, site: RunningSite
) -> None:
    faults: list[str] = []
    reader_page.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" else None
    )
    reader_page.on("pageerror", lambda error: faults.append(str(error)))
    open_next_case(reader_page, site, "Unaided")
    reader_page.keyboard.press("?")
    expect(reader_page.get_by_role("heading", name="Keys and mouse")).to_be_visible()
    assert faults == []
