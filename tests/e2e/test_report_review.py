"""A coordinator brings reports in, judges labels by keys, and teaches the lexicon a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.factories.clinical_reports import NAMING, csv_file
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
REPORT = """SYNTHETIC REPORT
INDICATION: Back pain, severe canal stenosis suspected.
TECHNIQUE: Sagittal T1 and T2, axial T2.
FINDINGS:
L1-2: No significant canal or foraminal stenosis.
L2-3: Mild disc bulge without significant canal stenosis.
L3-4: Disc bulge and moderate facet arthropathy resulting in mild to moderate central canal
stenosis. Mild right and moderate left foraminal narrowing.
L4-5: Grade 1 anterolisthesis of L4 on L5. Severe central canal stenosis. Severe bilateral lateral
recess stenosis, right greater than left. Possible moderate left foraminal narrowing.
L5-S1: Left foraminal disc protrusion. The canal is patent. Whopping left foraminal stenosis.
Modic type 2 endplate changes.
IMPRESSION:
1. Severe canal stenosis at L4-5.
2. Moderate canal stenosis at L3-4."""


def test_reports_come_in_are_judged_by_keys_and_the_lexicon_learns(
    coordinator_page: Page, site: RunningSite
) -> None:
    page = coordinator_page
    exams = page.request.get(f"{site.address}/api/v1/imaging-studies/").json()["results"]
    uids = [one["study_instance_uid"] for one in exams[:3]]
    page.goto(f"{site.address}/clinical-reports/")
    page.get_by_role("link", name="Bring reports in").first.click()
    data = csv_file((uids[0], REPORT), (uids[1], NAMING), ("1.2.3", REPORT))
    file = {"name": "reports.csv", "mimeType": "text/csv", "buffer": data}
    page.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("cell", name="no exam has this study instance uid")).to_be_visible()
    page.goto(f"{site.address}/clinical-reports/?show=contradicting")
    page.get_by_role("table").get_by_role("link").first.click()
    # the first cell is chosen; its sentence is marked, and keys move on
    cell = page.get_by_role("link", name="L3/L4, central canal, mild–mod.")
    page.wait_for_load_state()  # its script hears keys now
    cell.click()
    expect(page.locator(".report-text .is-chosen")).to_contain_text("mild to moderate central")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-part=name]")).to_have_text("L4/L5, central canal")
    page.keyboard.press("r")
    expect(page.get_by_text("1 review; each one is kept")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("link", name="L5/S1, left foramen, unspecified").click()
    expect(page.locator("[data-part=name]")).to_have_text("L5/S1, left foramen")
    page.keyboard.press("5")
    corrected = page.get_by_role("link", name="L5/S1, left foramen, severe, reviewed: corrected")
    expect(corrected).to_be_visible()
    # a word of the site, seen before it is made; a worker then reads the reports anew
    page.goto(f"{site.address}/clinical-reports/lexicon/")
    page.get_by_label("Words").fill("whopping")
    page.locator("#new-kind").select_option("severity")
    page.locator("#new-value").select_option("severe")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator("#preview")).to_contain_text("1 label of 1 report would change")
    page.get_by_role("button", name="Make this change").click()
    expect(page.get_by_text("Reports are being read anew")).to_be_visible()
    page.wait_for_timeout(500)
    for _ in range(200):
        page.goto(f"{site.address}/clinical-reports/lexicon/?text=whopping")
        if not page.get_by_text("labels of another lexicon").count():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_text("labels of another lexicon")).to_have_count(0)
    expect(page.get_by_role("cell", name="whopping").first).to_be_visible()
