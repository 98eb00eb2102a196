"""A coordinator makes the final report of locked data; a real worker makes its files."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.locked_reader_study import SCRIPT
from tests.e2e.test_accessibility import AXE, check, with_axe
from tests.site import RunningSite

pytestmark = pytest.mark.e2e


def test_a_report_is_made_opened_downloaded_and_made_again(page: Page, site: RunningSite) -> None:
    number = site.manage("shell", "-c", SCRIPT).split()[-1]
    sign_in(with_axe(page), site, "coordinator")
    address = f"{site.address}/reader-studies/{number}/"
    page.goto(address)
    page.get_by_label("Kind").select_option("deepspine")
    page.get_by_role("button", name="Make report").click()
    expect(page.get_by_text("The report is being made")).to_be_visible()
    section = page.locator("#final-report")
    link = section.get_by_role("link", name="report.html")
    # No reload: the section comes up to date by itself.
    expect(link).to_be_visible(timeout=180_000)
    check(page)
    with page.expect_download() as waiting:
        section.get_by_role("link", name="report.pdf").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as waiting:
        section.get_by_role("link", name="report.json").click()
    body = json.loads(waiting.value.path().read_text())
    assert body["title"] == "Locked pilot"
    section.get_by_role("button", name="Make again, report 1").click()
    same = section.get_by_text(re.compile("made again .*: the same bytes"))
    expect(same).to_be_visible(timeout=180_000)
    link.click()
    expect(page.get_by_role("heading", name="Primary endpoint")).to_be_visible()
    page.get_by_role("link", name="Statistical methods").click()
    expect(page.get_by_role("heading", name="Statistical methods")).to_be_in_viewport()
    # The document itself may run no script, so the check looks at a copy of it.
    document = page.request.get(page.url.split("#")[0]).text()
    page.goto("about:blank")
    page.set_content(document)
    page.add_script_tag(path=AXE)
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
