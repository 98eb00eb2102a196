"""Disagreements are decided beside the images, by keys; nothing tells who the readers are."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, sign_in
from tests.e2e.disagreeing_reader_study import SCRIPT
from tests.e2e.test_accessibility import check, with_axe
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
SHOTS = os.environ.get("SPINESTUDY_SHOTS", "")
"""A folder for pictures of the pages, to be looked at."""


@pytest.fixture(scope="module")
def made(site: RunningSite) -> dict[str, Any]:
    said = site.manage("shell", "-c", SCRIPT)
    (line,) = [one for one in said.splitlines() if one.startswith("MADE")]
    found: dict[str, Any] = json.loads(line.removeprefix("MADE "))
    return found


def shoot(page: Page, name: str) -> None:
    if not SHOTS:
        return
    for width, height in ((1920, 1080), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(800)
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png")


def loaded(page: Page, case: int) -> None:
    page.wait_for_function(
        "(n) => document.body?.dataset.case === String(n) "
        "&& document.body.dataset.ready === 'all-loaded'",
        arg=case,
        timeout=60_000,
    )


def test_a_queue_is_decided_by_keys_beside_the_images(
    browser: Browser, site: RunningSite, made: dict[str, Any]
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = sign_in(with_axe(context.new_page()), site, "judge")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    root = f"{site.address}/reader-studies/{made['reader_study']}/adjudication/"
    page.goto(root)
    shoot(page, "queue")
    first, second = made["cases"]
    page.get_by_role("link", name="Decide", exact=True).first.click()
    loaded(page, first)
    panel = page.get_by_role("complementary", name="Disagreements")
    cells = panel.locator(".disagreement")
    expect(cells).to_have_count(2)
    expect(cells.nth(0)).to_have_attribute("aria-current", "true")
    expect(cells.nth(0)).to_contain_text("L4/L5")
    # who said 1 stands at 1, who said 3 at 3
    expect(panel.locator(".choice", has_text="1").first.locator(".letter")).to_have_count(2)
    expect(page.locator(".reader-mask")).to_have_count(2)
    expect(page.locator(".drawn")).to_have_count(3)
    shoot(page, "case")
    check(page)
    page.keyboard.press("x")
    expect(page.locator(".reader-mask")).to_have_count(0)
    page.keyboard.press("x")
    page.keyboard.press("m")
    expect(page.locator(".drawn")).to_have_count(0)
    page.keyboard.press("m")
    page.keyboard.press("Shift+A")
    expect(page.locator(".drawn")).to_have_count(2)
    page.keyboard.press("Shift+A")
    page.keyboard.press("g")
    expect(panel.locator(".votes")).to_have_count(0)
    page.keyboard.press("g")
    expect(page.locator(".viewport").first.locator("text.level.active")).to_contain_text("L4/L5")
    page.keyboard.press("ArrowDown")
    expect(cells.nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator(".viewport").first.locator("text.level.active")).to_contain_text("L5/S1")
    page.keyboard.press("Control+Enter")
    expect(panel.get_by_role("alert")).to_contain_text("2 of 2 cells are still open")
    page.keyboard.press("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("9")
    expect(panel.get_by_role("alert")).to_contain_text("The scale has no 9")
    page.keyboard.press("n")
    page.reload()  # what is chosen and not signed is kept
    loaded(page, first)
    expect(cells.nth(0)).to_contain_text("1")
    expect(cells.nth(1)).to_contain_text("n. g.")
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Sign the decisions")
    expect(dialog).to_be_visible()
    shoot(page, "sign")
    check(page)
    page.keyboard.type("guess")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("isn't your password")
    dialog.get_by_label("Your password").fill(PASSWORD)
    page.evaluate("window.stillHere = true")
    page.keyboard.press("Enter")
    loaded(page, second)
    assert page.evaluate("window.stillHere") is True  # the same page, no reload
    expect(panel.get_by_role("status")).to_contain_text("2 decisions of C-001 signed")
    expect(page).to_have_url(f"{root}{made['arm']}/{second}/images/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    shoot(page, "keys")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    for key in ("0", "ArrowDown", "2", "Control+Enter"):
        page.keyboard.press(key)
    dialog.get_by_label("Consensus of a panel").check()
    dialog.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits in the queue")).to_be_visible()
    shoot(page, "finished")
    page.get_by_role("link", name="Back to the queue").click()
    expect(page.get_by_text("decided")).to_have_count(2)
    # no reading is made of it: nothing was asked of readings, and no time or event was sent
    assert not [one for one in asked if "/api/v1/readings/" in one or "/events/" in one]
    context.close()


def test_a_reader_can_not_open_it(
    reader_page: Page, site: RunningSite, made: dict[str, Any]
) -> None:
    where = f"{made['reader_study']}/adjudication/{made['arm']}/{made['cases'][0]}/"
    for address in (f"/reader-studies/{where}images/", f"/api/v1/reader-studies/{where}"):
        answer = reader_page.request.get(f"{site.address}{address}")
        assert answer.status in (403, 404)


def test_a_worker_makes_reference_masks_and_the_page_shows_them(
    coordinator_page: Page, site: RunningSite, made: dict[str, Any]
) -> None:
    page = with_axe(coordinator_page)
    page.goto(f"{site.address}/reader-studies/{made['reader_study']}/adjudication/")
    page.get_by_role("link", name="Reference masks").click()
    page.get_by_label("Method").select_option("staple")
    page.get_by_role("button", name="Make masks").click()
    expect(page.get_by_text("The masks are being made")).to_be_visible()
    expect(page.get_by_text("2 written", exact=True)).to_be_visible(timeout=120_000)
    expect(page.get_by_text("2 drawn by nobody")).to_be_visible()  # vertebral bodies
    rows = page.locator("#masks tbody tr")
    expect(rows).to_have_count(4)  # two readers in each of two cases
    shares = [
        float(one) for one in page.locator("#masks tr > td:nth-last-child(3)").all_inner_texts()
    ]
    assert all(0.5 < share <= 1 for share in shares)
    expect(page.get_by_text("not drawn by")).to_have_count(2)
    check(page)
    shoot(page, "masks")
    page.get_by_label("Method").select_option("majority")
    page.get_by_role("button", name="Make masks").click()
    expect(page.get_by_text("2 written", exact=True)).to_have_count(2, timeout=120_000)
    versions = page.locator("#masks th[scope=rowgroup] ~ td.num:nth-of-type(4)")
    expect(versions).to_have_text(["2", "2"])
