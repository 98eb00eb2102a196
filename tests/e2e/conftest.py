"""One running demonstration for all browser tests; Chromium with software rendering."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site import RunningSite

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "spine-demo"
# How long a machine may take that also runs everything else. Aims have a time of their own.
expect.set_options(timeout=30_000)
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # As a browser does by itself where there is no GPU: pages are put together by the processor.
    "--disable-gpu-compositing",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = ROOT / "build" / "browser"
    executable = os.environ.get("SPINESTUDY_BROWSER") or (
        found.read_text() if found.exists() else ""
    )
    extra = {"executable_path": executable} if executable else {}
    return {**browser_type_launch_args, **extra, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def site() -> Iterator[RunningSite]:
    running = RunningSite()
    running.start()
    yield running
    running.stop()
    running.remove()


def sign_in(page: Page, site: RunningSite, username: str) -> Page:
    """Sign in through the page."""
    page.goto(f"{site.address}/sign-in/")
    page.get_by_label("Name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@pytest.fixture
def reader_page(page: Page, site: RunningSite) -> Page:
    return sign_in(page, site, "reader")


@pytest.fixture
def coordinator_page(browser: Browser, site: RunningSite) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield sign_in(context.new_page(), site, "coordinator")
    context.close()
