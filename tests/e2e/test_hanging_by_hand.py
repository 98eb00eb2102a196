"""Any series of the case hangs in any image, by key or click, and one key goes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pydicom.uid import generate_uid

from tests.e2e.exams import open_reader_study, open_reading
from tests.e2e.test_findings import events
from tests.e2e.test_reading_inputs import T1, T2, T2_AXIAL, series
from tests.factories.dicom import AXIAL, SAGITTAL, write
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
T1_AXIAL = {**T1, "SeriesDescription": "t1_tse_ax"}


@pytest.fixture(scope="module")
def many_series(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> int:
    """An exam with a repeated T2 and an axial T1 of two slabs, which don't hang at first."""
    folder: Path = tmp_path_factory.mktemp("series")
    exam = generate_uid()
    made = [
        *series(exam, "HAND", SAGITTAL, T1, number=1),
        *series(exam, "HAND", SAGITTAL, T2, number=2),
        *series(exam, "HAND", SAGITTAL, {**T2, "SeriesDescription": "t2_tse_sag"}, number=3),
        *series(exam, "HAND", AXIAL, T2_AXIAL, number=4),
    ]
    slabs = series(exam, "HAND", AXIAL, T1_AXIAL, number=5)
    lower = series(exam, "HAND", AXIAL, T1_AXIAL, number=5)
    for dataset in lower:
        dataset.SeriesInstanceUID = slabs[0].SeriesInstanceUID
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 0.9397, -0.342]
        x, y, z = (float(value) for value in dataset.ImagePositionPatient)
        dataset.ImagePositionPatient = [x, y, z - 120]
    write(folder, [*made, *slabs, *lower])
    (reading,) = open_reader_study(site, folder, "Many series")
    return reading


_HUNG = "[...document.querySelectorAll('.viewport:not([hidden]) .pixels')]"


def hung(page: Page) -> list[str]:
    """Numbers of the series on screen, image by image, once each image shows one."""
    page.wait_for_function(f"() => {_HUNG}.every((one) => one.dataset.series)", timeout=60_000)
    return list(page.evaluate(f"() => {_HUNG}.map((one) => one.dataset.series)"))


def test_any_series_hangs_in_the_active_image_and_one_key_goes_back(
    reader_page: Page, site: RunningSite, many_series: int
) -> None:
    page = reader_page
    open_reading(page, site, many_series)
    before = hung(page)
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name="Series of this case")
    choices = dialog.locator(".series-choice")
    expect(choices).to_have_count(5)
    slabs = choices.filter(has_text="in 2 slabs")
    expect(slabs).to_contain_text("14 slices")
    wanted = slabs.get_attribute("data-series")
    number = slabs.locator("kbd").text_content()
    page.keyboard.press(number or "")
    expect(dialog).to_be_hidden()
    first = page.locator(".viewport:not([hidden])").first
    expect(first.locator(f".pixels[data-series='{wanted}']")).to_be_visible()
    expect(first).to_contain_text("Axial T1")
    expect(first).to_contain_text("/ 14")
    assert hung(page) == [wanted, *before[1:]]
    # scrolled through both slabs
    page.keyboard.press("PageDown")
    expect(first.locator(".pixels[data-slice='8']")).to_be_visible()
    # a click on a title hangs there, also what hangs elsewhere
    third = page.locator(".viewport:not([hidden])").nth(2)
    third.locator("text.title").click()
    expect(dialog.get_by_role("heading")).to_have_text("Hang in image 3")
    dialog.locator(f"[data-series='{before[1]}']").click()
    expect(third.locator(f".pixels[data-series='{before[1]}']")).to_be_visible()
    assert hung(page) == [wanted, before[1], before[1]]
    page.keyboard.press("Shift+Digit0")
    expect(first.locator(f".pixels[data-series='{before[0]}']")).to_be_visible()
    assert hung(page) == before
    expect(page.get_by_role("button", name="As protocol")).to_have_count(0)
    expect(page.locator("[data-saved=saved]")).to_be_visible()
    told = [detail for _, detail in events(site, many_series, "layout")]
    assert [[str(one) for one in detail["hung"]] for detail in told] == [
        [wanted, *before[1:]],
        [wanted, before[1], before[1]],
        before,
    ]
    assert [detail["by_hand"] for detail in told] == [True, True, False]
