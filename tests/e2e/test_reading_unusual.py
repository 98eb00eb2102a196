"""More images that hospitals send: doubled slices, one file for all slices, HTJ2K, lone images."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Page, expect
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage, generate_uid

from tests.e2e.exams import open_reader_study, open_reading
from tests.e2e.rest import drawn
from tests.e2e.test_reading import brightness
from tests.e2e.test_reading_inputs import SLICES, T1, T2, T2_AXIAL, picture, recipe, series
from tests.factories.dicom import AXIAL, SAGITTAL, image, positions, write
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
HTJ2K = "dicom/pydicom+pydicom-data/data_store/data/HTJ2KLossless_08_RGB.dcm"


def copy_of(dataset: FileDataset) -> FileDataset:
    """The same image under an identifier of its own, as a second transfer makes it."""
    made = deepcopy(dataset)
    made.SOPInstanceUID = generate_uid()
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def doubled(exam: str) -> list[FileDataset]:
    """A slice that came twice, and a place at which two different images lie."""
    same = series(exam, "UN-1", SAGITTAL, T1, number=1)
    same.append(copy_of(same[2]))
    other = series(exam, "UN-1", SAGITTAL, T2, number=2)
    other.append(copy_of(other[3]))
    other[-1].PixelData = picture(6).tobytes()
    return [*same, *other, *series(exam, "UN-1", AXIAL, T2_AXIAL, number=3)]


def multi_frame(exam: str) -> list[FileDataset]:
    """Enhanced MR: all slices in one file, out of order, geometry in functional groups."""
    made = recipe(exam, "UN-2", SAGITTAL)
    order = [3, 0, 6, 1, 5, 2, 4]
    pixels = np.concatenate([picture(at) for at in order])
    tags: dict[str, Any] = {**T2, "SeriesNumber": 1}
    dataset = image(made, None, pixels=pixels, **tags)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    dataset.Rows, dataset.NumberOfFrames = 96, str(SLICES)
    shared, plane, measures = Dataset(), Dataset(), Dataset()
    plane.ImageOrientationPatient = list(SAGITTAL)
    measures.PixelSpacing, measures.SliceThickness = [1.0, 1.0], 4.0
    shared.PlaneOrientationSequence = Sequence([plane])
    shared.PixelMeasuresSequence = Sequence([measures])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    where = positions(SLICES)
    groups = []
    for at in order:
        group, place = Dataset(), Dataset()
        place.ImagePositionPatient = list(where[at])
        group.PlanePositionSequence = Sequence([place])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    for keyword in ("PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient"):
        if keyword in dataset:
            delattr(dataset, keyword)
    return [dataset]


def htj2k(exam: str, shared_data: Path) -> list[FileDataset]:
    """The compressed pixels of a real file (colour, HTJ2K) in each slice of a series."""
    real = pydicom.dcmread(shared_data / HTJ2K)
    made = recipe(exam, "UN-3", SAGITTAL)
    datasets = []
    for at, place in enumerate(positions(3)):
        tags: dict[str, Any] = {**T2, "SeriesNumber": 1}
        dataset = image(made, place, at + 1, **tags)
        for keyword in (
            "Rows", "Columns", "SamplesPerPixel", "PlanarConfiguration", "BitsAllocated",
            "BitsStored", "HighBit", "PixelRepresentation", "PhotometricInterpretation",
        ):  # fmt: skip
            setattr(dataset, keyword, getattr(real, keyword))
        dataset.PixelData = real.PixelData
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = real.file_meta.TransferSyntaxUID
        datasets.append(dataset)
    return datasets


def lone(exam: str) -> list[FileDataset]:
    """An exam of one image."""
    return series(exam, "UN-4", SAGITTAL, T2, number=1)[3:4]


@pytest.fixture(scope="module")
def readings(
    site: RunningSite, tmp_path_factory: pytest.TempPathFactory, shared_data: Path
) -> list[int]:
    folder: Path = tmp_path_factory.mktemp("unusual")
    made = [
        doubled(generate_uid()),
        multi_frame(generate_uid()),
        htj2k(generate_uid(), shared_data),
        lone(generate_uid()),
    ]
    for number, datasets in enumerate(made):
        write(folder / str(number), datasets)
    return open_reader_study(site, folder, "More unusual images")


def grade_one(page: Page) -> None:
    """The reading goes on."""
    page.keyboard.press("2")
    expect(page.locator("[data-saved=saved]")).to_contain_text("All answers saved")


def test_doubled_slices_are_shown_once_and_told(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[0])
    viewports = reader_page.locator(".viewport")
    expect(viewports.nth(0)).to_contain_text(f"/ {SLICES}")
    expect(viewports.nth(0)).to_contain_text("Slices came more than once")
    expect(viewports.nth(1)).to_contain_text("Different images lie at the same place")
    expect(viewports.nth(2).locator(".banner")).to_be_hidden()
    assert all(mean > 10 for mean in brightness(reader_page)[:3])
    grade_one(reader_page)


def test_frames_of_one_file_are_shown_by_position(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[1])
    viewport = reader_page.locator(".viewport").nth(1)
    expect(viewport).to_contain_text(f"/ {SLICES}")
    viewport.hover()
    seen = []
    for _ in range(SLICES):
        reader_page.mouse.wheel(0, -100)
    for at in range(SLICES):
        expect(viewport).to_contain_text(f"{at + 1} / {SLICES}")
        expect(viewport.locator(".pixels")).to_have_attribute("data-slice", str(at))
        drawn(reader_page)
        seen.append(brightness(reader_page)[1])
        reader_page.mouse.wheel(0, 100)
    # the pictures grow brighter from position to position, towards the right of the patient
    assert sorted(seen, reverse=True) == seen
    grade_one(reader_page)


def test_high_throughput_jpeg_2000_is_shown(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[2])
    expect(reader_page.locator(".viewport").nth(1)).to_contain_text("/ 3")
    assert brightness(reader_page)[1] > 10
    grade_one(reader_page)


def test_an_exam_of_one_image_is_read(
    reader_page: Page, site: RunningSite, readings: list[int]
) -> None:
    open_reading(reader_page, site, readings[3])
    viewport = reader_page.locator(".viewport").nth(1)
    expect(viewport).to_contain_text("1 / 1")
    expect(viewport).to_contain_text("This series is a single image")
    viewport.hover()
    reader_page.mouse.wheel(0, 100)
    reader_page.keyboard.press("q")  # nothing to play
    expect(viewport).to_contain_text("1 / 1")
    expect(reader_page.locator(".note").filter(has_text="Not in this exam")).to_be_visible()
    grade_one(reader_page)
