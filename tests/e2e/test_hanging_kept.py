"""What a reader has hung stays with the reading: after a reload, and in no other reading."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.rest import until
from tests.e2e.test_frozen_viewer import _FREEZE
from tests.e2e.test_hanging_by_hand import hung
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
SEEN = ".viewport:not([hidden])"
_SLOW_LOCKS = """
const request = navigator.locks.request.bind(navigator.locks);
navigator.locks.request = (...given) =>
  new Promise((done) => setTimeout(done, 2000)).then(() => request(...given));
"""
ALL_LOADED = "() => document.body?.dataset.ready === 'all-loaded'"


@pytest.fixture(scope="module")
def case_numbers(site: RunningSite) -> list[int]:
    return open_over_phantoms(site, "Hung by hand, SYNTHETIC", cases=2)


def told(page: Page) -> None:
    """What was chosen has gone to the server."""
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(500)


def reload(page: Page) -> None:
    page.reload()
    page.wait_for_function(ALL_LOADED, timeout=60_000)


def series_of(page: Page, site: RunningSite, reading: int) -> set[str]:
    body = page.request.get(f"{site.address}/api/v1/readings/{reading}/").json()
    return {str(one["id"]) for one in body["series"]}


def test_layout_and_series_stay_with_their_reading_and_go_to_no_other(
    reader_page: Page, site: RunningSite, case_numbers: list[int], browser: Browser
) -> None:
    page = reader_page
    first, second = case_numbers
    open_reading(page, site, first)
    usual = hung(page)
    page.keyboard.press("Shift+Digit2")
    expect(page.locator(SEEN)).to_have_count(2)
    page.keyboard.press("b")
    expect(page.locator(".series-choice[aria-pressed=true]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="As protocol")).to_be_visible()
    chosen = hung(page)
    assert len(chosen) == 2
    told(page)
    reload(page)
    assert hung(page) == chosen
    expect(page.get_by_role("button", name="As protocol")).to_be_visible()
    other = browser.new_context(viewport={"width": 1440, "height": 900})
    there = sign_in(other.new_page(), site, "reader")
    open_reading(there, site, first)
    assert hung(there) == chosen, "on another computer too"
    other.close()
    open_reading(page, site, second)
    assert len(hung(page)) == len(usual), "the next case hangs as the protocol says"
    assert set(hung(page)) <= series_of(page, site, second)
    assert not set(hung(page)) & series_of(page, site, first)
    open_reading(page, site, first)
    assert hung(page) == chosen
    page.keyboard.press("Shift+Digit0")
    expect(page.get_by_role("button", name="As protocol")).to_have_count(0)
    page.keyboard.press("Shift+Digit1")
    expect(page.locator(SEEN)).to_have_count(3)
    told(page)
    reload(page)
    assert hung(page) == usual


def test_another_reader_on_the_same_computer_finds_the_protocol(
    page: Page, site: RunningSite, case_numbers: list[int]
) -> None:
    sign_in(page, site, "reader")
    open_reading(page, site, case_numbers[1])
    page.keyboard.press("Shift+Digit2")
    expect(page.locator(SEEN)).to_have_count(2)
    told(page)
    kept = until(
        lambda: page.evaluate("() => JSON.stringify({ ...localStorage })"),
        lambda found: "layout" not in found,
    )
    assert "layout" not in kept
    page.context.clear_cookies()
    sign_in(page, site, "reader-2")
    (own,) = open_over_phantoms(site, "Their own, SYNTHETIC", cases=1, reader="reader-2")
    open_reading(page, site, own)
    expect(page.locator(SEEN)).to_have_count(3)


def test_a_choice_that_an_earlier_page_left_behind_is_hung_even_when_it_comes_late(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    (one,) = open_over_phantoms(site, "Left behind, SYNTHETIC", cases=1)
    open_reading(page, site, one)
    page.route("**/events/", lambda route: route.abort())
    page.keyboard.press("Shift+Digit2")
    expect(page.locator(SEEN)).to_have_count(2)
    page.add_init_script(_SLOW_LOCKS)  # the earlier page seems to live on after the first images
    reload(page)
    page.wait_for_timeout(2500)
    expect(page.locator(SEEN)).to_have_count(2)
    page.keyboard.press("Shift+Digit1")
    expect(page.locator(SEEN)).to_have_count(3)


def test_a_choice_that_waits_for_the_network_counts_and_a_frozen_layout_wins(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    (one,) = open_over_phantoms(site, "Frozen later, SYNTHETIC", cases=1)
    open_reading(page, site, one)

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/events/", refuse)
    page.keyboard.press("Shift+Digit2")
    expect(page.locator(SEEN)).to_have_count(2)
    page.wait_for_timeout(300)
    reload(page)
    expect(page.locator(SEEN)).to_have_count(2)
    page.unroute("**/events/", refuse)
    reload(page)
    told(page)
    expect(page.locator(SEEN)).to_have_count(2)
    site.manage("shell", "-c", _FREEZE.format(reading=one, frozen=["layout"]))
    reload(page)
    expect(page.locator(SEEN)).to_have_count(3)
