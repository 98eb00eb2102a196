"""Sign-in in a real browser: passkeys, authenticator apps, and what waits in a reading."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.accounts.people import totp
from tests.e2e.conftest import PASSWORD, sign_in
from tests.e2e.test_reading import open_next_case
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
PEOPLE = ("with-passkey", "with-app")
MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name in {PEOPLE}:
    user = User.objects.create_user(name, password={PASSWORD!r})
    user.groups.add(Group.objects.get(name='coordinators'))
"""


@pytest.fixture(scope="module")
def named_site(site: RunningSite) -> str:
    """The site under a name: browsers give no passkey to a number."""
    site.manage("shell", "-c", MAKE_PEOPLE)
    return f"http://localhost:{site.port}"


@pytest.fixture
def broken_rules(page: Page) -> Iterator[list[str]]:
    """Whatever the content security policy has stopped; none is right."""
    stopped: list[str] = []
    page.on(
        "console",
        lambda said: stopped.append(said.text) if "Content Security" in said.text else None,
    )
    yield stopped
    assert stopped == []


def by_password(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in/")


def confirm(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


@pytest.mark.usefixtures("broken_rules")
def test_a_passkey_signs_in_alone_and_stands_for_the_second_factor(
    page: Page, context: BrowserContext, named_site: str
) -> None:
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    by_password(page, named_site, "with-passkey")
    page.get_by_role("link", name="with-passkey").click()
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("Name").fill("Reading desk")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("list", name="Recovery codes").get_by_role("listitem")).to_have_count(
        10
    )
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("table", name="Passkeys")).to_contain_text("Reading desk")
    sign_out(page)

    verified = {**device, "isUserVerified": False}
    devtools.send("WebAuthn.setUserVerified", verified)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used", timeout=70_000)
    devtools.send("WebAuthn.setUserVerified", {**device, "isUserVerified": True})

    page.goto(f"{named_site}/sign-in/?next=/exams/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/exams/")
    expect(page.get_by_role("link", name="with-passkey")).to_be_visible()
    sign_out(page)

    by_password(page, named_site, "with-passkey")
    page.wait_for_url("**/sign-in/second-factor/**")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="with-passkey")).to_be_visible()


@pytest.mark.usefixtures("broken_rules")
def test_an_authenticator_app_is_asked_after_the_password(page: Page, named_site: str) -> None:
    by_password(page, named_site, "with-app")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{named_site}/account/")
    page.get_by_role("link", name="Add an authenticator app").click()
    confirm(page)
    picture = page.get_by_role("img", name="QR code of the secret below")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("(image) => image.naturalWidth > 0")
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("Code").fill(totp(secret))
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    by_password(page, named_site, "with-app")
    page.get_by_label("Code").fill("000000" if totp(secret) != "000000" else "000001")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("isn't right")
    page.get_by_label("Code").fill(totp(secret))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("link", name="with-app")).to_be_visible()


@pytest.mark.usefixtures("broken_rules")
def test_an_api_token_made_on_the_page_works_until_it_is_revoked(
    page: Page, named_site: str, site: RunningSite
) -> None:
    sign_in(page, site, "coordinator")
    page.goto(f"{site.address}/account/")
    page.get_by_role("link", name="Make an API token").click()
    confirm(page)
    page.get_by_label("Name").fill("Nightly")
    page.get_by_label("Read exams").check()
    page.get_by_role("button", name="Make it").click()
    secret = page.locator("#api-token").inner_text()
    asked = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{site.address}/api/v1/cohorts/", headers={"Authorization": f"Bearer {secret}"}
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310
        assert answer.status == 200
    page.get_by_role("link", name="I have kept it").click()
    page.get_by_role("row", name="Nightly").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name="Nightly")).to_contain_text("revoked")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(asked)  # noqa: S310


def end_all_sessions(browser: Browser, site: RunningSite, username: str) -> None:
    """The same person signs out everywhere, on another computer."""
    elsewhere = browser.new_context()
    other = sign_in(elsewhere.new_page(), site, username)
    other.goto(f"{site.address}/account/")
    other.get_by_role("button", name="Sign out everywhere").click()
    other.wait_for_url("**/sign-in/**")
    elsewhere.close()


def answer(page: Page, cell: str, score: str) -> None:
    page.locator(f"[data-cell='{cell}']").click()
    page.keyboard.press(score)
    expect(page.locator(".cell.unsaved")).to_have_count(1)


def test_answers_given_after_the_session_ended_go_out_after_signing_in_beside(
    page: Page, browser: Browser, site: RunningSite
) -> None:
    sign_in(page, site, "reader-2")
    open_next_case(page, site, "Unaided")
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    end_all_sessions(browser, site, "reader-2")
    answer(page, "L3/L4|pfirrmann", "4")
    expect(page.locator("[data-saved=retrying]")).to_contain_text(re.compile(r"^Signed out: \d"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    beside = opened.value
    beside.get_by_label("Name").fill("reader-2")
    beside.get_by_label("Password").fill(PASSWORD)
    beside.get_by_role("button", name="Sign in").click()
    expect(beside.get_by_role("heading")).to_have_text("You are signed in")
    beside.close()
    expect(page.locator("[data-saved=saved]")).to_contain_text("All answers saved", timeout=30_000)
    expect(page.locator(".cell.unsaved")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-cell='L3/L4|pfirrmann']")).to_contain_text("4", timeout=30_000)


def test_a_reload_after_the_session_ended_leads_through_sign_in_back_and_sends_what_waits(
    page: Page, browser: Browser, site: RunningSite
) -> None:
    sign_in(page, site, "reader-2")
    open_next_case(page, site, "Unaided")
    address = page.url
    end_all_sessions(browser, site, "reader-2")
    answer(page, "L4/L5|pfirrmann", "3")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    page.wait_for_url("**/sign-in/?next=/readings/**")
    page.get_by_label("Name").fill("reader-2")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(address)
    expect(page.locator("[data-cell='L4/L5|pfirrmann']")).to_contain_text("3", timeout=60_000)
    expect(page.locator("[data-saved=saved]")).to_contain_text("All answers saved", timeout=30_000)
    elsewhere = browser.new_context()
    other = sign_in(elsewhere.new_page(), site, "reader-2")
    other.goto(address)
    expect(other.locator("[data-cell='L4/L5|pfirrmann']")).to_contain_text("3", timeout=60_000)
    elsewhere.close()
