"""A coordinator brings exams in on a page and watches them land."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.factories.dicom import SeriesRecipe, positions, series, write
from tests.site import RunningSite

pytestmark = pytest.mark.e2e


def test_a_folder_with_a_bad_file_lands_and_says_what_is_wrong(
    page: Page, site: RunningSite, tmp_path: Path
) -> None:
    folder = tmp_path / "exam"
    write(folder, series(SeriesRecipe(patient_id="E2E-UPLOAD"), positions(7)))
    (folder / "notes.txt").write_text("not an image, for sure")
    sign_in(page, site, "coordinator")
    page.goto(f"{site.address}/exams/upload/")
    page.locator("#folder").set_input_files(folder)
    expect(page.locator("#upload-chosen")).to_contain_text("8 files")
    page.get_by_label("Cohort").fill("From a page")
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/exams/uploads/*/")
    run = page.locator("#upload-run")
    expect(run).to_have_attribute("data-state", "done", timeout=120_000)
    expect(run).to_contain_text("8/8 files")
    expect(page.get_by_role("cell", name="exam/notes.txt")).to_be_visible()
    page.get_by_role("link", name="Show the exams").click()
    row = page.get_by_role("row", name="E2E-UPLOAD")
    expect(row).to_contain_text("Sagittal T2")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Stacks")).to_be_visible()
    expect(page.get_by_role("row", name="Sagittal T2")).to_contain_text("4.00")


def test_an_upload_can_be_followed_from_the_start(
    page: Page, site: RunningSite, tmp_path: Path
) -> None:
    """Counts change on the open page without a reload, by live events."""
    folder = tmp_path / "many"
    for number in range(4):
        recipe = SeriesRecipe(patient_id=f"E2E-LIVE-{number}", rows=256, columns=256)
        write(folder / str(number), series(recipe, positions(60)))
    sign_in(page, site, "coordinator")
    page.goto(f"{site.address}/exams/upload/")
    page.locator("#folder").set_input_files(folder)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/exams/uploads/*/")
    expect(page.locator("[data-part=files_accepted]")).to_have_text("240", timeout=180_000)
    expect(page.locator("#upload-run")).to_have_attribute("data-state", "done")
