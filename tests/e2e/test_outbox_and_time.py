"""Answers outlive a dead server and a closed tab; only work counts as time."""

from __future__ import annotations

import json
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.rest import until
from tests.e2e.test_reading import open_next_case
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
_GRADES = """
import json
from annotations.models import GradeEvent
found = GradeEvent.objects.filter(grade__reading={reading}).order_by("pk")
print("FOUND", json.dumps(
    [[one.grade.disc_level, one.grade.item.finding_code, one.score] for one in found]))
"""
_NOTE_CLICK = """() => document.addEventListener('click', (event) => {
    window.hasAsked_ ||= event.target.textContent.includes('Try now');
}, { capture: true })"""
_SPANS = """
import json
from annotations.models import ReadingEvent
found = ReadingEvent.objects.filter(reading={reading}).order_by("at")
print("FOUND", json.dumps([[one.kind, one.detail] for one in found]))
"""


def asked(site: RunningSite, code: str, reading: int) -> list[Any]:
    """What the database says."""
    said = site.manage("shell", "-c", code.format(reading=reading))
    (line,) = [one for one in said.splitlines() if one.startswith("FOUND")]
    return list(json.loads(line.removeprefix("FOUND ")))


@pytest.fixture
def mortal_site() -> Iterator[RunningSite]:
    """A demonstration that may be killed."""
    site = RunningSite(arguments=("--exams", "2"))
    site.start()
    yield site
    site.stop()
    site.remove()


def test_answers_given_while_the_server_is_dead_are_stored_once_when_it_is_back(
    page: Page, mortal_site: RunningSite
) -> None:
    sign_in(page, mortal_site, "reader")
    open_next_case(page, mortal_site, "Unaided")
    reading = int(re.findall(r"readings/(\d+)", page.url)[0])
    page.keyboard.press("Home")
    page.keyboard.press("1")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    mortal_site.stop(signal.SIGKILL)
    for key in ("2", "0", "3", "4", "1"):
        page.keyboard.press(key)
    status = page.locator("[data-saved=retrying]")
    expect(status).to_contain_text("5 answers wait")
    expect(page.locator(".cell.unsaved")).to_have_count(5)
    page.evaluate(_NOTE_CLICK)

    def once_asked(route: Route) -> None:
        """It isn't found back by itself."""
        has_asked = page.evaluate("() => window.hasAsked_ === true")
        route.continue_() if has_asked else route.abort()

    page.route("**/grades/", once_asked)
    mortal_site.start()
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=60_000)
    expect(page.locator(".cell.unsaved")).to_have_count(0)
    events = asked(mortal_site, _GRADES, reading)
    assert [score for _, _, score in events] == [1, 2, 0, 3, 4, 1]
    assert set(Counter((level, item) for level, item, _ in events).values()) == {1}


def test_what_a_closed_tab_leaves_behind_goes_with_the_other_tab(
    reader_page: Page, site: RunningSite
) -> None:
    (reading,) = open_over_phantoms(site, "Two tabs", cases=1)
    other = reader_page
    open_reading(other, site, reading)
    tab = other.context.new_page()
    open_reading(tab, site, reading)
    told = tab.get_by_role("alert").filter(has_text="Open in another window")
    expect(told).to_be_visible(timeout=30_000)

    def refuse(route: Route) -> None:
        route.abort()

    tab.route("**/grades/", refuse)
    tab.locator("[data-cell='L2/L3|modic']").click()
    tab.keyboard.press("2")
    expect(tab.locator("[data-saved=retrying]")).to_be_visible()
    other.locator("[data-cell='L5/S1|modic']").click()
    other.keyboard.press("1")
    expect(other.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    tab.close()
    other.bring_to_front()
    other.evaluate("() => window.dispatchEvent(new Event('focus'))")  # headless: tells none
    expect(other.locator("[data-cell='L2/L3|modic']")).to_contain_text("2", timeout=30_000)
    expect(other.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    events = asked(site, _GRADES, reading)
    assert sorted((level, score) for level, _, score in events) == [("L2/L3", 2), ("L5/S1", 1)]


def test_only_work_counts_as_time(browser: Browser, site: RunningSite) -> None:
    """Loading, silence beyond the cut-off, a hidden tab and a pause stand apart."""
    (reading,) = open_over_phantoms(site, "Time held apart", cases=1, idle_cutoff_s=10)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = sign_in(context.new_page(), site, "reader")

    def late(route: Route) -> None:
        time.sleep(0.15)
        route.continue_()

    page.route("**/frames/**", late)
    began = time.monotonic()
    open_reading(page, site, reading)
    loading_s = time.monotonic() - began
    page.unroute_all()

    def work(seconds: float) -> None:
        until = time.monotonic() + seconds
        at = 0
        while time.monotonic() < until:
            at += 1
            page.mouse.move(300 + at % 50, 400)
            page.wait_for_timeout(250)

    def visibility(state: str) -> None:
        page.evaluate(
            """(state) => {
                Object.defineProperty(document, 'hidden',
                    { configurable: true, get: () => state === 'hidden' });
                document.dispatchEvent(new Event('visibilitychange'));
            }""",
            state,
        )

    work(3)
    page.wait_for_timeout(13_000)  # idle: more than the cut-off
    work(1)
    visibility("hidden")
    page.wait_for_timeout(4_000)
    visibility("visible")
    work(1)
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    page.wait_for_timeout(3_000)
    page.keyboard.press("p")
    work(1)
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    page.wait_for_timeout(1_200)  # the time in the header, which goes by seconds, stands still
    shown = page.locator(".timer time").text_content() or ""
    page.reload()  # what the page that is left has measured is sent by the next one
    told = until(
        lambda: asked(site, _SPANS, reading),
        lambda found: any(kind == "left" for kind, _ in found),
    )
    seconds: Counter[str] = Counter()
    for kind, detail in told:
        if kind == "span":
            seconds[detail["state"]] += detail["ms"] / 1000
    context.close()
    assert 5.5 <= seconds["active"] <= 12
    assert 12.5 <= seconds["idle"] <= 17
    assert 3.9 <= seconds["hidden"] <= 6
    assert 4.1 <= seconds["paused"] <= 7.2
    assert 1 <= seconds["loading"] <= loading_s
    minutes, _, rest = shown.partition(":")
    assert int(minutes) * 60 + int(rest) == pytest.approx(seconds["active"], abs=2)
