"""A case ends with one request; where it fails nothing is lost and nothing is stored twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.test_isolation import is_shown
from tests.e2e.test_outbox_and_time import asked
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
SUBMIT = "**/submit/"
_STORED = """
import json
from annotations.models import GradeEvent, Reading, ReadingEvent
one = Reading.objects.get(pk={reading})
events = ReadingEvent.objects.filter(reading=one).order_by("pk")
print("FOUND", json.dumps([
    one.status, one.active_s,
    [[str(event.event_key), event.kind, event.detail.get("state"), event.detail.get("ms", 0)]
     for event in events],
    GradeEvent.objects.filter(grade__reading=one).count()]))
"""


def stored(site: RunningSite, reading: int) -> tuple[str, float | None, list[Any], int]:
    """Status, active seconds, events and number of answers, as the database has them."""
    status, active_s, events, answers = asked(site, _STORED, reading)
    assert set(Counter(key for key, *_ in events).values()) == {1}
    return status, active_s, events, answers


def answered(page: Page, site: RunningSite, reading: int) -> None:
    """Open a case and answer all of its 15 cells."""
    open_reading(page, site, reading)
    page.keyboard.press("Home")
    for _ in range(15):
        page.keyboard.press("1")
    expect(page.get_by_text("15 of 15 cells answered")).to_be_visible()
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=60_000)


def work_of(events: list[Any]) -> float:
    """Seconds in the spans of work."""
    return float(sum(ms for _, _, state, ms in events if state == "active")) / 1000


def test_the_last_times_go_with_the_submission_and_count(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    first, second = open_over_phantoms(site, "One request ends it", cases=2)
    answered(page, site, first)
    with page.expect_request(f"**/readings/{first}/events/"):
        page.mouse.move(300, 400)  # a batch goes by itself; the next one is long not due
    page.wait_for_timeout(2_000)
    page.mouse.move(400, 400)  # two seconds of work that no batch has told yet
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            sent.append(request.url.split("/readings/")[-1])

    page.on("request", note)
    # the next case is opened after it
    with page.expect_request(f"**/readings/{second}/events/"):
        page.keyboard.press("Control+Enter")
    is_shown(page, second)
    of_first = [one for one in sent if one.startswith(f"{first}/")]
    assert of_first == [f"{first}/submit/"]
    status, active_s, events, answers = stored(site, first)
    assert (status, answers) == ("submitted", 15)
    assert [kind for _, kind, _, _ in events][-1] == "left"
    assert active_s is not None
    assert active_s >= 2
    assert active_s == pytest.approx(work_of(events), abs=0.5)


def test_a_submission_that_does_not_arrive_loses_nothing_and_can_be_repeated(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    first, second = open_over_phantoms(site, "No way to the server", cases=2)
    answered(page, site, first)
    page.route(SUBMIT, lambda route: route.abort())
    with page.expect_response(f"**/readings/{first}/events/"):
        page.keyboard.press("Control+Enter")  # its times go by themselves then
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    assert page.evaluate("() => document.body.dataset.reading") == str(first)
    status, _, events, answers = stored(site, first)
    assert (status, answers) == ("in_progress", 15)
    told = [kind for _, kind, _, _ in events]
    assert told.count("left") == 1
    page.unroute(SUBMIT)
    page.get_by_role("button", name="Submit case").click()
    is_shown(page, second)
    status, active_s, events, answers = stored(site, first)
    assert (status, answers) == ("submitted", 15)
    assert [kind for _, kind, _, _ in events].count("left") == 2
    assert active_s == pytest.approx(work_of(events), abs=0.5)


def test_an_answer_to_a_submission_that_is_lost_stores_nothing_twice(
    reader_page: Page, site: RunningSite
) -> None:
    """The server has closed the case, and the browser doesn't know."""
    page = reader_page
    first, _ = open_over_phantoms(site, "No way back", cases=2)
    answered(page, site, first)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(SUBMIT, lose)
    with page.expect_response(f"**/readings/{first}/events/") as late:
        page.keyboard.press("Control+Enter")
    assert late.value.ok
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    status, active_s, events, answers = stored(site, first)
    assert (status, answers) == ("submitted", 15)
    assert [kind for _, kind, _, _ in events].count("left") == 1
    assert active_s == pytest.approx(work_of(events), abs=0.5)
    page.unroute(SUBMIT)
    page.get_by_role("button", name="Submit case").click()
    expect(page.get_by_role("alert")).to_contain_text("This case is submitted")
    page.reload()
    expect(page.get_by_role("button", name="Next case")).to_be_visible(timeout=60_000)
