"""Somebody is invited, joins and reads; a problem is reported, answered, and the answer seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.test_accessibility import check, with_axe
from tests.e2e.test_reading import ALL_LOADED
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
DEMONSTRATION = "Lumbar degeneration, SYNTHETIC demonstration"
NEW_PASSWORD = "seven quiet lanterns"


@pytest.fixture
def invited_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def open_demonstration(page: Page, site: RunningSite) -> None:
    page.goto(f"{site.address}/reader-studies/")
    page.get_by_role("link", name=DEMONSTRATION).click()


def invitation_link(page: Page, site: RunningSite) -> str:
    open_demonstration(page, site)
    page.get_by_role("link", name="Readers and invitations").click()
    form = page.locator("#invite")
    form.get_by_label("Role").select_option("reader")
    form.get_by_label("At most so many cases").fill("4")
    form.get_by_role("button", name="Make the link").click()
    return page.locator("#invitation-link").inner_text()


def join(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.wait_for_url("**/join/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Password again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Make an account and join").click()
    page.wait_for_url("**/worklist/")


def read_next(page: Page) -> str:
    page.locator(".worklist-session").first.get_by_role("link", name="Read next case").click()
    page.wait_for_function(ALL_LOADED, timeout=60_000)
    return page.locator(".case-number").inner_text()


def test_somebody_invited_joins_and_reads(
    coordinator_page: Page, invited_page: Page, site: RunningSite
) -> None:
    link = invitation_link(coordinator_page, site)
    join(invited_page, link, "invited-1")
    expect(invited_page.get_by_role("status")).to_contain_text("You have joined")
    read_next(invited_page)
    invited_page.keyboard.press(".")
    expect(invited_page.locator("[data-saved=saved]")).to_contain_text("All answers saved")
    invited_page.keyboard.press("Control+Enter")
    expect(invited_page.get_by_text("1 of 4 cases submitted")).to_be_visible(timeout=30_000)
    coordinator_page.get_by_role("link", name="I have kept it").click()
    row = coordinator_page.locator("#readers tr").filter(has_text="invited-1")
    expect(row).to_contain_text("1 of 4")
    expect(coordinator_page.get_by_text("reader added:")).to_be_visible()
    expect(coordinator_page.locator("#invitations")).to_contain_text("used by invited-1")
    invited_page.goto(link)
    expect(invited_page.get_by_role("alert")).to_contain_text("used already")


def test_a_reported_problem_is_answered_and_the_reader_sees_it(
    reader_page: Page, coordinator_page: Page, site: RunningSite, browser: Browser
) -> None:
    reader_page.goto(f"{site.address}/worklist/")
    session = reader_page.locator(".worklist-session").filter(has_text=DEMONSTRATION)
    session.filter(has=reader_page.get_by_text("Unaided", exact=True)).get_by_role(
        "link", name="Read next case"
    ).click()
    reader_page.wait_for_function(ALL_LOADED, timeout=60_000)
    case = reader_page.locator(".case-number").inner_text()
    reader_page.keyboard.press("Shift+I")
    dialog = reader_page.get_by_role("dialog", name="Report a problem")
    dialog.get_by_label("Missing series").check()
    dialog.get_by_label("More").fill("No T1 here, and 2 digits 1 2 3 stay text.")
    grades = reader_page.locator(".cell").all_inner_texts()
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(reader_page.locator("[data-saved=saved]")).to_be_visible()
    assert reader_page.locator(".cell").all_inner_texts() == grades
    expect(reader_page.get_by_text("The problem is reported")).to_be_visible()

    open_demonstration(coordinator_page, site)
    coordinator_page.get_by_role("link", name=re.compile(r"Problem reports \(1 open\)")).click()
    thread = coordinator_page.locator(".panel").filter(has_text="No T1 here")
    expect(thread).to_contain_text(f"{case}: Missing series")
    thread.get_by_label("Answer").fill("It was never acquired. Read without it.")
    thread.get_by_label("and settle the report").check()
    thread.get_by_role("button", name="Send answer").click()
    expect(coordinator_page.get_by_role("status")).to_contain_text("Only this reader sees")

    reader_page.keyboard.press("Shift+I")
    expect(dialog).to_contain_text("It was never acquired. Read without it.")
    reader_page.keyboard.press("Escape")
    expect(reader_page.get_by_role("button", name="Report a problem (1 answer)")).to_be_visible()
    reader_page.goto(f"{site.address}/worklist/")
    expect(reader_page.get_by_text(f"reported with case {case}")).to_be_visible()
    expect(reader_page.get_by_text("It was never acquired.")).to_be_visible()
    reader_page.get_by_role("button", name="I have read it").click()
    expect(reader_page.get_by_text(f"reported with case {case}")).to_have_count(0)
    elsewhere = browser.new_context()
    other = sign_in(elsewhere.new_page(), site, "reader-2")
    other.goto(f"{site.address}/worklist/")
    expect(other.get_by_text("It was never acquired.")).to_have_count(0)
    elsewhere.close()


def test_a_report_made_without_a_network_goes_out_when_it_is_back(
    reader_page: Page, site: RunningSite
) -> None:
    reader_page.goto(f"{site.address}/worklist/")
    reader_page.get_by_role("link", name="Read next case").first.click()
    reader_page.wait_for_function(ALL_LOADED, timeout=60_000)
    reader_page.context.set_offline(True)
    reader_page.get_by_role("button", name="Report a problem").click()
    dialog = reader_page.get_by_role("dialog", name="Report a problem")
    dialog.get_by_label("Bad quality").check()
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(reader_page.locator("[data-saved=retrying]")).to_be_visible(timeout=30_000)
    reader_page.context.set_offline(False)
    expect(reader_page.locator("[data-saved=saved]")).to_be_visible(timeout=60_000)
    reader_page.goto(f"{site.address}/worklist/")
    expect(reader_page.get_by_text("Bad quality")).to_have_count(1)


def test_the_pages_keep_to_wcag(page: Page, site: RunningSite, invited_page: Page) -> None:
    sign_in(with_axe(page), site, "coordinator")
    link = invitation_link(page, site)
    check(page)
    page.get_by_role("link", name="I have kept it").click()
    expect(page.locator("#invitation-link")).to_have_count(0)
    check(page)
    page.get_by_role("link", name="Manage R5").click()
    check(page)
    open_demonstration(page, site)
    page.get_by_role("link", name=re.compile("Problem reports")).click()
    check(page)
    open_demonstration(page, site)
    page.get_by_role("link", name="Copy into a new draft").click()
    check(page)
    with_axe(invited_page).goto(link)
    invited_page.wait_for_url("**/join/")
    check(invited_page)
    reader = sign_in(with_axe(invited_page.context.new_page()), site, "reader")
    check(reader)
    reader.get_by_role("link", name="Read next case").first.click()
    reader.wait_for_function(ALL_LOADED, timeout=60_000)
    reader.keyboard.press("Shift+I")
    expect(reader.get_by_role("dialog", name="Report a problem")).to_be_visible()
    check(reader)
    reader.keyboard.press("Escape")
    expect(reader.get_by_role("dialog", name="Report a problem")).to_be_hidden()
    reader.keyboard.press("?")
    expect(reader.get_by_role("button", name="Report a problem with the case")).to_be_visible()
