"""What a grade of AI rested on: opened by key, seen, closed, recorded; never in the unaided arm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_findings import events, open_aided_case_with_findings
from tests.e2e.test_reading import ai_is_done, open_next_case  # noqa: F401 - a fixture
from tests.site import RunningSite

pytestmark = pytest.mark.e2e

_SEEN = """(canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const greys = new Set();
    let colored = 0;
    for (let at = 0; at < data.length; at += 4) {
        greys.add(data[at + 1]);
        if (data[at] - data[at + 2] > 20) colored += 1;
    }
    return { greys: greys.size, colored: colored / (data.length / 4) };
}"""
_INSIDE = """(section) => {
    const box = section.getBoundingClientRect();
    const side = section.ownerDocument.querySelector('.side').getBoundingClientRect();
    const foot = section.ownerDocument.querySelector('.submit').getBoundingClientRect();
    return box.left >= side.left && box.right <= side.right + 1 && box.bottom <= foot.top + 1
        && box.top >= side.top - 1;
}"""


def seen(page: Page) -> list[dict[str, Any]]:
    """Of each picture: how many grey values, and what share of it is coloured."""
    return [canvas.evaluate(_SEEN) for canvas in page.locator(".evidence canvas").all()]


@pytest.mark.usefixtures("ai_is_done")
def test_evidence_opens_by_key_shows_pictures_with_heat_and_closes(
    page: Page, site: RunningSite
) -> None:
    sign_in(page, site, "reader-2")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/evidence/" in one.url else None)
    reading = open_aided_case_with_findings(page, site)
    page.keyboard.press("Shift+J")
    cell = page.locator(".cell.active").get_attribute("data-cell") or ""
    level, item, *_ = cell.split("|")
    panel = page.get_by_role("region", name="What AI’s grade rested on")
    assert asked == [], "nothing is fetched before the reader asks"
    page.keyboard.press("Shift+W")
    expect(panel).to_contain_text("It does not say whether that is right")
    expect(panel).to_contain_text("Not for clinical use")
    expect(panel.locator("figcaption").first).to_contain_text("Sagittal T2, slice")
    expect(panel.locator("figcaption").last).to_have_text(re.compile(r"Axial T2, slice \d+ of 20"))
    assert asked == [
        f"{site.address}/api/v1/readings/{reading}/evidence/{item}/{level.replace('/', '-')}/none/"
    ]
    for width, height in ((1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        assert panel.evaluate(_INSIDE), "it lies in the panel and covers no image"
    warm = seen(page)
    assert len(warm) == 2
    assert all(one["greys"] > 50 for one in warm), "pictures, not blank ones"
    assert max(one["colored"] for one in warm) > 0.005
    page.keyboard.press("Shift+H")
    expect(panel.get_by_role("button", name="Heat")).to_have_attribute("aria-pressed", "false")
    plain = seen(page)
    assert all(one["greys"] > 50 for one in plain)
    assert all(one["colored"] == 0 for one in plain), "the picture alone"
    page.keyboard.press("Shift+H")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.keyboard.press("Shift+W")
    expect(panel.locator("canvas")).to_have_count(2)
    page.keyboard.press("ArrowUp" if level != "L1/L2" else "ArrowDown")
    expect(panel).to_have_count(0)
    page.keyboard.press("Shift+W")
    expect(panel.locator("canvas")).to_have_count(2)
    page.keyboard.press("h")
    expect(panel).to_have_count(0)
    before = len(asked)
    page.keyboard.press("Shift+W")
    page.wait_for_timeout(300)
    assert len(asked) == before, "hidden AI has no evidence"
    page.keyboard.press("h")
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    page.wait_for_timeout(500)
    told = events(site, reading, "ai_evidence_shown", "ai_evidence_hidden")
    assert [kind.removeprefix("ai_evidence_") for kind, _ in told] == ["shown", "hidden"] * 3
    assert told[0][1] == told[1][1] == {"item": item, "disc_level": level, "side": ""}
    assert told[4][1]["disc_level"] != level
    page.keyboard.press("?")
    help_page = page.get_by_role("dialog")
    expect(help_page).to_contain_text("Where AI looked for its grade")


@pytest.mark.usefixtures("ai_is_done")
def test_no_evidence_is_asked_for_or_given_in_the_unaided_arm(
    reader_page: Page, site: RunningSite
) -> None:
    asked: list[str] = []
    reader_page.on(
        "request", lambda one: asked.append(one.url) if "/evidence/" in one.url else None
    )
    open_next_case(reader_page, site, "Unaided")
    reader_page.keyboard.press("Shift+W")
    reader_page.wait_for_timeout(500)
    expect(reader_page.locator(".evidence, .evidence-button")).to_have_count(0)
    assert asked == []
    reading = reader_page.url.rstrip("/").split("/")[-1]
    cell = reader_page.locator(".cell.active").get_attribute("data-cell") or ""
    level, item, *_ = cell.split("|")
    answer = reader_page.request.get(
        f"{site.address}/api/v1/readings/{reading}/evidence/{item}/{level.replace('/', '-')}/none/"
    )
    assert (answer.status, answer.json()["code"]) == (404, "no_evidence")
