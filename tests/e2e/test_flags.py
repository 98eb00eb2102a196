"""What makes AI less sure is said before its grades, where AI is shown, and to coordinators."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pydicom.uid import generate_uid

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_over_cohort, open_reading
from tests.e2e.rest import Heard
from tests.e2e.test_accessibility import check, with_axe
from tests.e2e.test_reading_inputs import T1, T2, series
from tests.factories.dicom import SAGITTAL, write
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
COHORT = "No spine, SYNTHETIC"


@pytest.fixture(scope="module")
def without_spine(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The aided reading of an exam that shows patterns and no spine."""
    folder: Path = tmp_path_factory.mktemp("no-spine")
    exam = generate_uid()
    t1 = series(exam, "NO-SPINE", SAGITTAL, T1, number=1)
    write(folder, [*t1, *series(exam, "NO-SPINE", SAGITTAL, T2, number=2)])
    site.manage("import_dicom", str(folder), "--cohort", COHORT)
    (reading,) = open_over_cohort(site, COHORT, "Flagged, SYNTHETIC", aided=True)
    return reading


def test_the_coordinator_sees_the_flags_of_a_run(
    page: Page, site: RunningSite, without_spine: int
) -> None:
    sign_in(with_axe(page), site, "coordinator")
    page.goto(f"{site.address}/ai-runs/")
    row = page.locator("tr").filter(has_text="NO-SPINE")
    expect(row.locator("[data-flag=levels_not_named]")).to_contain_text(
        "no level is named", timeout=240_000
    )
    check(page)


def test_the_reader_is_told_above_the_grid_and_h_hides_it(
    page: Page, site: RunningSite, without_spine: int
) -> None:
    sign_in(with_axe(page), site, "reader")
    open_reading(page, site, without_spine)
    told = page.get_by_role("region", name="Caution with AI")
    expect(told.locator("[data-flag=levels_not_named]")).to_contain_text("Name the levels yourself")
    expect(told.locator("[data-flag=no_spine]")).to_be_visible()
    flags, cell = told.bounding_box(), page.locator(".cell").first.bounding_box()
    assert flags is not None
    assert cell is not None
    assert flags["y"] + flags["height"] <= cell["y"], "said before the grades"
    check(page)
    page.keyboard.press("h")
    expect(told).to_have_count(0)
    page.keyboard.press("h")
    expect(told).to_be_visible()


def test_the_unaided_arm_is_told_nothing_of_it(
    page: Page, site: RunningSite, without_spine: int
) -> None:
    sign_in(page, site, "reader")
    (unaided,) = open_over_cohort(site, COHORT, "Unaided beside flags, SYNTHETIC")
    heard = Heard(page)
    open_reading(page, site, unaided)
    expect(page.locator(".ai-flags")).to_have_count(0)
    bodies = heard.bodies()
    assert any('"hanging"' in body for body in bodies)
    assert not any("levels_not_named" in body or "no_spine" in body for body in bodies)
