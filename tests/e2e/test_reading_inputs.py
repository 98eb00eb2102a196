"""Unusual images in the reading room: shown, or shown with a banner that says what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from pydicom.dataset import FileDataset
from pydicom.uid import (
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from tests.e2e.exams import open_reader_study, open_reading
from tests.e2e.test_reading import brightness
from tests.factories.dicom import AXIAL, SAGITTAL, SeriesRecipe, image, positions, write
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
SLICES = 7
T1 = {"SeriesDescription": "t1_tse_sag", "RepetitionTime": "550", "EchoTime": "10"}
T2 = {"SeriesDescription": "t2_tse_sag", "RepetitionTime": "3500", "EchoTime": "100"}
T2_AXIAL = {**T2, "SeriesDescription": "t2_tse_ax"}


def picture(number: int, kind: type[np.generic] = np.uint16) -> NDArray[np.generic]:
    """A disc on a ground, different on every slice."""
    y, x = np.mgrid[:96, :96]
    values = 200 + 60 * number + 400 * (np.hypot(y - 48, x - 48) < 12 + number)
    fitted: NDArray[np.int64] = {np.uint8: values // 4, np.int16: values - 700}.get(kind, values)
    return fitted.astype(kind)


def recipe(exam: str, patient: str, orientation: tuple[float, ...]) -> SeriesRecipe:
    return SeriesRecipe(
        study_uid=exam, patient_id=patient, orientation=orientation, spacing=(1.0, 1.0)
    )


def series(
    exam: str,
    patient: str,
    orientation: tuple[float, ...],
    tags: dict[str, str],
    *,
    number: int,
    kind: type[np.generic] = np.uint16,
) -> list[FileDataset]:
    made = recipe(exam, patient, orientation)
    where = positions(SLICES, orientation=orientation)
    return [
        image(made, place, at + 1, pixels=picture(at, kind), SeriesNumber=number, **tags)
        for at, place in enumerate(where)
    ]


def compressed(exam: str) -> list[FileDataset]:
    sagittal_t1 = series(exam, "IN-1", SAGITTAL, T1, number=1)
    sagittal_t2 = series(exam, "IN-1", SAGITTAL, T2, number=2)
    axial = series(exam, "IN-1", AXIAL, T2_AXIAL, number=3)
    for dataset in sagittal_t1:
        dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    for dataset in sagittal_t2:
        dataset.compress(JPEG2000Lossless, generate_instance_uid=False)
    for dataset in axial:
        dataset.compress(RLELossless, generate_instance_uid=False)
    return [*sagittal_t1, *sagittal_t2, *axial]


def depths(exam: str) -> list[FileDataset]:
    """Signed 16 bit with a rescale, 8 bit, and colour."""
    signed = series(exam, "IN-2", SAGITTAL, T1, number=1, kind=np.int16)
    for dataset in signed:
        dataset.RescaleSlope, dataset.RescaleIntercept = "0.5", "400"
    eight = series(exam, "IN-2", SAGITTAL, T2, number=2, kind=np.uint8)
    colour = series(exam, "IN-2", AXIAL, T2_AXIAL, number=3, kind=np.uint8)
    for at, dataset in enumerate(colour):
        grey = picture(at, np.uint8)
        dataset.PixelData = np.stack([grey, grey // 2, grey // 3], axis=-1).tobytes()
        dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
        dataset.PhotometricInterpretation = "RGB"
    return [*signed, *eight, *colour]


def irregular(exam: str) -> list[FileDataset]:
    """A missing slice, uneven distances, a single image."""
    missing = series(exam, "IN-3", SAGITTAL, T1, number=1)
    del missing[3]
    uneven = series(exam, "IN-3", SAGITTAL, T2, number=2)
    for at, dataset in enumerate(uneven):
        x, y, z = (float(value) for value in dataset.ImagePositionPatient)
        dataset.ImagePositionPatient = [x + (0.8 if at % 2 else 0.0), y, z]
    return [*missing, *uneven, series(exam, "IN-3", AXIAL, T2_AXIAL, number=3)[0]]


def broken(exam: str) -> list[FileDataset]:
    """One file of a compressed series is cut inside its pixels."""
    sagittal = series(exam, "IN-4", SAGITTAL, T2, number=1)
    for dataset in sagittal:
        dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    sagittal[3].PixelData = sagittal[3].PixelData[:60] + b"\0" * 8
    return sagittal


@pytest.fixture(scope="module")
def readings(site: RunningSite, tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    folder: Path = tmp_path_factory.mktemp("inputs")
    for number, made in enumerate((compressed, depths, irregular, broken)):
        write(folder / str(number), made(generate_uid()))
    return open_reader_study(site, folder, "Unusual images")


def test_compressed_series_are_shown(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[0])
    assert all(mean > 10 for mean in brightness(reader_page)[:3])


def test_signed_eight_bit_and_colour_series_are_shown(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[1])
    assert all(mean > 10 for mean in brightness(reader_page)[:3])


def test_missing_and_uneven_slices_are_told_and_read(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[2])
    viewports = reader_page.locator(".viewport")
    expect(viewports.nth(0)).to_contain_text("Slices are missing")
    expect(viewports.nth(1)).to_contain_text("The distances between slices differ")
    expect(viewports.nth(2)).to_contain_text("This series is a single image")
    reader_page.keyboard.press("2")
    expect(reader_page.locator("[data-saved=saved]")).to_be_visible()


def test_a_series_with_a_corrupt_image_is_read_without_it_and_says_so(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[3])
    expect(reader_page.locator(".images")).to_contain_text("Slices are missing")
    expect(reader_page.locator(".images")).to_contain_text(f"/ {SLICES - 1}")
