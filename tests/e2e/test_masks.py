"""Masks: painted voxel by voxel, stored at once, there again after a reload, the reader's alone."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.e2e.exams import open_reading
from tests.e2e.rest import drawn, masks_saved, until
from tests.e2e.test_drawing import drag
from tests.e2e.test_grading import readings
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
BODY, LESION = 1, 5


@pytest.fixture(scope="module")
def reading(site: RunningSite) -> int:
    return readings(site, "pivotal")[1]


def payload(page: Page, site: RunningSite, reading: int) -> dict[str, Any]:
    return dict(page.request.get(f"{site.address}/api/v1/readings/{reading}/").json())


def labels(page: Page, site: RunningSite, reading: int, plane: str) -> NDArray[np.uint8]:
    """The stored labelmap of the stack that was painted last."""
    body = payload(page, site, reading)
    series = next(one for one in body["series"] if one["plane"] == plane)
    painted = {mask["stack_id"] for mask in body["masks"]} & set(series["stack_ids"])
    (stack,) = painted
    answer = page.request.get(f"{site.address}/api/v1/readings/{reading}/masks/{stack}/")
    frames = [frame for frame in series["frames"] if frame["stack_id"] == stack]
    shape = (len(frames), frames[0]["rows"], frames[0]["columns"])
    return np.frombuffer(gzip.decompress(answer.body()), np.uint8).reshape(shape)


def masks_are_there(page: Page) -> None:
    """The mask of the first image, which an earlier test has painted, has come."""
    page.wait_for_function(
        """() => {
            const one = document.querySelector('.masks');
            const pixels = one?.width && one.getContext('2d').getImageData(
                0, 0, one.width, one.height).data;
            return pixels && pixels.some((value, at) => at % 4 === 3 && value);
        }""",
        timeout=60_000,
    )


def next_slice(page: Page) -> None:
    first = page.locator(".viewport:not([hidden]) .pixels").first
    before = int(first.get_attribute("data-slice") or -1)
    page.keyboard.press("PageDown")
    expect(first).to_have_attribute("data-slice", str(before + 1))
    drawn(page)


def on_screen(page: Page, viewport: int = 0) -> str:
    """The mask canvas as it is, to compare."""
    script = "(n) => document.querySelectorAll('.masks')[n].toDataURL()"
    return str(page.evaluate(script, viewport))


def hide_cursor(page: Page) -> None:
    page.keyboard.press("Escape")
    page.mouse.move(720, 20)


def test_a_mask_is_there_again_voxel_for_voxel(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    open_reading(reader_page, site, reading)
    reader_page.keyboard.press("Shift+D")
    drag(reader_page, 0, (150, 300), (190, 340))
    hide_cursor(reader_page)
    masks_saved(reader_page)
    before = labels(reader_page, site, reading, "sagittal")
    drawn(reader_page)
    seen = on_screen(reader_page)
    assert int((before == BODY).sum()) > 50
    assert np.flatnonzero((before == BODY).any(axis=(1, 2))).size == 1  # one slice only
    reader_page.reload()
    reader_page.wait_for_function(
        "() => document.body?.dataset.ready === 'all-loaded'", timeout=60_000
    )
    masks_are_there(reader_page)
    hide_cursor(reader_page)
    assert until(lambda: on_screen(reader_page), lambda found: found == seen) == seen
    after = labels(reader_page, site, reading, "sagittal")
    dice = 2 * int(((before == BODY) & (after == BODY)).sum())
    assert dice / int((before == BODY).sum() + (after == BODY).sum()) == 1.0


def test_the_brush_goes_by_keys(reader_page: Page, site: RunningSite) -> None:
    """Enter sets it down and lifts it, arrows paint; a stroke ends with its slice."""
    reading = readings(site, "pivotal")[2]
    open_reading(reader_page, site, reading)
    press = reader_page.keyboard.press
    press("Shift+D")
    for key in ("Shift+ArrowRight", "Enter", *["Shift+ArrowDown"] * 5, "Enter", "Shift+ArrowDown"):
        press(key)
    masks_saved(reader_page)
    stroke = labels(reader_page, site, reading, "sagittal") == BODY
    (painted,) = np.flatnonzero(stroke.any(axis=(1, 2)))
    rows, columns = (np.flatnonzero(stroke[painted].any(axis=1 - axis)) for axis in (0, 1))
    assert rows.size > 1.4 * columns.size > 0  # drawn downwards, and no further once lifted
    middle = (stroke.shape[2] - 1) / 2
    assert abs(columns.mean() - middle) < 20  # it begins in the middle of the image
    press("Enter")
    next_slice(reader_page)
    press("Shift+ArrowDown")  # nothing is painted across slices
    masks_saved(reader_page)
    after = labels(reader_page, site, reading, "sagittal") == BODY
    assert np.flatnonzero(after.any(axis=(1, 2))).tolist() == [painted]
    assert after.sum() > stroke.sum()
    for _ in range(2):
        press("Control+z")
    masks_saved(reader_page)
    assert not (labels(reader_page, site, reading, "sagittal") == BODY).any()


def test_undo_goes_segment_by_segment(reader_page: Page, site: RunningSite, reading: int) -> None:
    open_reading(reader_page, site, reading)
    masks_are_there(reader_page)
    reader_page.keyboard.press("Shift+D")
    drag(reader_page, 0, (120, 420), (150, 430))
    for _ in range(4):
        reader_page.keyboard.press("Tab")  # to the last segment
    drag(reader_page, 0, (200, 420), (220, 430))
    masks_saved(reader_page)
    both = labels(reader_page, site, reading, "sagittal")
    assert (both == LESION).any()
    reader_page.keyboard.press("Control+z")
    masks_saved(reader_page)
    undone = labels(reader_page, site, reading, "sagittal")
    assert not (undone == LESION).any()
    assert np.array_equal(undone == BODY, both == BODY)
    reader_page.keyboard.press("Control+y")
    masks_saved(reader_page)
    assert np.array_equal(labels(reader_page, site, reading, "sagittal"), both)


def test_empty_slices_between_painted_ones_are_filled(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    open_reading(reader_page, site, reading)
    masks_are_there(reader_page)
    reader_page.keyboard.press("Shift+D")
    for _ in range(3):
        reader_page.keyboard.press("Tab")
    drag(reader_page, 0, (150, 500), (170, 510))
    for _ in range(3):
        next_slice(reader_page)
    drag(reader_page, 0, (150, 500), (170, 510))
    reader_page.keyboard.press("Shift+F")
    expect(reader_page.get_by_text("Filled 2 slices between")).to_be_visible()
    masks_saved(reader_page)
    painted = (labels(reader_page, site, reading, "sagittal") == 4).sum(axis=(1, 2))
    assert np.count_nonzero(painted) == 4


def test_masks_of_an_angled_slab_belong_to_that_slab(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    open_reading(reader_page, site, reading)
    masks_are_there(reader_page)
    reader_page.keyboard.press("Shift+D")
    drag(reader_page, 2, (150, 400), (190, 420))
    masks_saved(reader_page)
    body = payload(reader_page, site, reading)
    axial = next(one for one in body["series"] if one["plane"] == "axial")
    assert len(axial["stack_ids"]) == 5
    stored = labels(reader_page, site, reading, "axial")
    assert stored.shape[0] == 4
    assert (stored == BODY).any()


def test_masks_can_not_be_painted_once_the_case_is_submitted(
    reader_page: Page, site: RunningSite, reading: int
) -> None:
    open_reading(reader_page, site, reading)
    reader_page.keyboard.press(".")
    reader_page.keyboard.press("Control+Enter")
    expect(reader_page).not_to_have_url(f"{site.address}/readings/{reading}/", timeout=120_000)
    open_reading(reader_page, site, reading)
    masks_are_there(reader_page)
    before = labels(reader_page, site, reading, "axial")
    reader_page.keyboard.press("Shift+D")
    drag(reader_page, 2, (100, 300), (190, 320))
    reader_page.wait_for_timeout(1200)
    assert np.array_equal(labels(reader_page, site, reading, "axial"), before)
