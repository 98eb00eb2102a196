"""Findings of AI in boxes: seen, judged, hidden, made fainter."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.rest import Heard, until
from tests.e2e.test_reading import ai_is_done, open_next_case  # noqa: F401 - a fixture
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
BOXES = ".overlay polygon.finding"
SAID = [f"finding_{one}" for one in ("accepted", "rejected", "accepted", "open", "accepted")]

_EVENTS = """
import json
from annotations.models import ReadingEvent
rows = ReadingEvent.objects.filter(reading={reading}, kind__in={kinds!r}).order_by("id")
print("EVENTS", json.dumps([[row.kind, row.detail] for row in rows]))
"""


def events(site: RunningSite, reading: int, *kinds: str) -> list[list[Any]]:
    said = site.manage("shell", "-c", _EVENTS.format(reading=reading, kinds=list(kinds)))
    (line,) = [one for one in said.splitlines() if one.startswith("EVENTS")]
    found: list[list[Any]] = json.loads(line.removeprefix("EVENTS "))
    return found


def kinds_told(
    site: RunningSite, reading: int, wanted: Sequence[str], *kinds: str
) -> list[list[Any]]:
    """The events of these kinds, once they are as wanted: the next page sends what was left."""

    def is_so(found: list[list[Any]]) -> bool:
        return [kind for kind, _ in found] == list(wanted)

    found = until(lambda: events(site, reading, *kinds), is_so)
    assert [kind for kind, _ in found] == list(wanted)
    return found


def open_aided_case_with_findings(page: Page, site: RunningSite) -> int:
    """The first case of the aided arm in which AI has found something; its reading."""
    open_next_case(page, site, "AI-aided")
    first = int(page.url.rstrip("/").split("/")[-1])
    worklist = page.request.get(f"{site.address}/api/v1/worklist/").json()
    (session,) = [
        one for one in worklist if any(reading["id"] == first for reading in one["readings"])
    ]
    for reading in session["readings"]:
        body = page.request.get(f"{site.address}/api/v1/readings/{reading['id']}/").json()
        if len(body["prediction"]["detections"]) >= 2:
            open_reading(page, site, reading["id"])
            return int(reading["id"])
    raise AssertionError("no phantom of the demonstration has two findings")


_MEASURED = {
    "Pfirrmann": (r"disc height 0\.\d\d *disc T2 \d\.\d\d", "disc_t2_ratio", "disc T2 {:.2f}"),
    "Canal": (r"sac \d+ mm² *sac AP \d+\.\d mm", "dural_sac_area", "sac {:.0f} mm²"),
}
"""Item of a finding -> what stands below its grade, one of these measures, and its words."""
_SET = "right in 9 of 10 such cases: "


@pytest.mark.usefixtures("ai_is_done")
def test_findings_are_stepped_through_judged_and_kept(page: Page, site: RunningSite) -> None:
    sign_in(page, site, "reader-2")
    reading = open_aided_case_with_findings(page, site)
    rows = page.locator(".finding-row")
    expect(page.locator(".finding-row.selected")).to_have_count(0)
    page.keyboard.press("Shift+J")
    first = rows.first
    expect(first).to_have_class("finding-row selected ")
    # the images went there: the chosen box is cut by the slices of every plane
    expect(page.locator(f"{BOXES}.selected")).to_have_count(3)
    level = first.locator("b").text_content()
    expect(page.locator(".scale h2")).to_contain_text(level or "?")
    expect(page.locator(".proposal")).to_contain_text(_SET)
    measured = page.get_by_role("list", name=f"Measured by AI at {level}")
    whole, code, words = _MEASURED[(first.text_content() or "").split(level or "")[1].split()[0]]
    expect(measured).to_have_text(re.compile(rf"^\s*{whole}\s*$"))
    told = page.request.get(f"{site.address}/api/v1/readings/{reading}/").json()["prediction"]
    at_level = {m["code"]: m["value"] for m in told["measures"] if m["disc_level"] == level}
    expect(measured).to_contain_text(words.format(at_level[code]))
    page.keyboard.press("h")
    expect(measured).to_have_count(0)
    page.keyboard.press("h")
    page.keyboard.press("Shift+Y")
    expect(first).to_have_class("finding-row selected accepted")
    expect(page.locator(f"{BOXES}.selected.accepted")).to_have_count(3)
    page.keyboard.press("Shift+N")
    expect(first).to_have_class("finding-row selected rejected")
    page.keyboard.press("Shift+J")
    second = rows.nth(1)
    second.get_by_role("button", name=re.compile("^Accept")).click()
    expect(second).to_have_class("finding-row selected accepted")
    second.get_by_role("button", name=re.compile("^Accept")).click()
    expect(second).to_have_class("finding-row selected ")
    page.keyboard.press("Shift+Y")
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    page.reload()
    page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", timeout=60_000)
    expect(rows.first).to_have_class("finding-row  rejected")
    expect(rows.nth(1)).to_have_class("finding-row  accepted")
    told = kinds_told(site, reading, SAID, *set(SAID))
    assert told[0][1]["disc_level"] == level
    assert page.locator(".cell.filled").count() == 0, "a verdict is no grade"


@pytest.mark.usefixtures("ai_is_done")
def test_verdicts_are_undone_and_redone_and_every_word_stays_in_the_record(
    page: Page, site: RunningSite
) -> None:
    sign_in(page, site, "reader-2")
    made = open_over_phantoms(
        site, "Verdicts taken back, SYNTHETIC", reader="reader-2", cases=8, aided=True
    )
    for reading in made:
        open_reading(page, site, reading)
        if page.locator(".finding-row").count():
            break
    row = page.locator(".finding-row").first
    cell = page.locator(".cell.active")
    page.keyboard.press("Shift+J")
    key = cell.get_attribute("data-cell")
    page.keyboard.press("Space")  # the proposal of its cell becomes the answer
    answered = page.locator(f"[data-cell='{key}']")
    expect(answered).to_have_attribute("data-state", "filled")
    page.keyboard.press("Shift+Y")
    page.keyboard.press("Shift+N")
    expect(row).to_have_class("finding-row selected rejected")
    page.keyboard.press("Control+z")
    expect(row).to_have_class("finding-row selected accepted")
    expect(page.get_by_text("Taken back: Verdict on a finding of AI.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(row).to_have_class("finding-row selected ")
    expect(answered).to_have_attribute("data-state", "filled")
    page.keyboard.press("Control+z")  # answer and verdict were one act
    expect(answered).to_have_attribute("data-state", "proposed")
    page.keyboard.press("Control+y")
    expect(answered).to_have_attribute("data-state", "filled")
    page.keyboard.press("Control+y")
    expect(row).to_have_class("finding-row selected accepted")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    page.reload()
    page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", timeout=60_000)
    expect(row).to_have_class("finding-row  accepted")
    expect(answered).to_have_attribute("data-state", "filled")
    kinds_told(site, reading, SAID, *set(SAID))
    wanted = ["ai_accepted", "undo", "undo", "ai_open", "undo", "ai_accepted", "redo", "redo"]
    kinds_told(site, reading, wanted, "ai_rejected", *set(wanted))


def is_opacity_kept(answer: Response, percent: int) -> bool:
    sent = answer.request.post_data or ""
    return "/preferences/" in answer.url and json.loads(sent or "{}") == {"ai_opacity": percent}


@pytest.mark.usefixtures("ai_is_done")
def test_opacity_goes_by_key_stays_with_the_account_and_h_hides_everything(
    page: Page, site: RunningSite
) -> None:
    sign_in(page, site, "reader-2")
    reading = open_aided_case_with_findings(page, site)
    page.keyboard.press("Shift+J")
    opacity = "() => getComputedStyle(document.querySelector('.overlay polygon.finding')).opacity"
    slider = page.get_by_label("Opacity of AI overlays, per cent")
    slider.fill("50")
    slider.blur()
    assert page.evaluate(opacity) == "0.5"
    with page.expect_response(lambda answer: is_opacity_kept(answer, 30)):
        page.keyboard.press("<")
        page.keyboard.press("<")
    expect(slider).to_have_value("30")
    assert page.evaluate(opacity) == "0.3"
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    page.evaluate("() => localStorage.clear()")
    page.reload()
    page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", timeout=60_000)
    expect(slider).to_have_value("30")
    page.keyboard.press("h")
    expect(page.locator(".overlay .finding, .overlay .outline, .finding-row")).to_have_count(0)
    expect(page.locator(".overlay text.ai")).to_have_count(0)
    page.keyboard.press("h")
    expect(page.locator(".finding-row")).not_to_have_count(0)
    slider.fill("85")
    slider.blur()
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    told = [detail["percent"] for _, detail in events(site, reading, "ai_opacity")]
    assert 50 in told
    assert 30 in told
    assert 40 not in told, "steps of one row of key strokes are told as one"


@pytest.mark.usefixtures("ai_is_done")
def test_no_finding_reaches_the_browser_in_the_unaided_arm(
    reader_page: Page, site: RunningSite
) -> None:
    heard = Heard(reader_page)
    open_next_case(reader_page, site, "Unaided")
    reader_page.keyboard.press("Shift+J")
    expect(reader_page.locator(".finding-row, .overlay .finding")).to_have_count(0)
    bodies = heard.bodies()
    assert any('"hanging"' in body for body in bodies)
    assert not any("detections" in body or "at_least" in body for body in bodies)
    assert not any("dural_sac" in body or "flags" in body for body in bodies)
