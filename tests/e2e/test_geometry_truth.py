"""What is seen lies where the DICOM headers and the phantom's truth say, pixel by pixel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Browser, Page, expect
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from scipy.ndimage import map_coordinates

from spinestudy.imaging.phantom import PhantomExam, build_exam, sample_spec, write_exam
from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_reader_study, open_reading
from tests.e2e.geometry_checks import (
    AXIAL,
    CORONAL_T2,
    T1,
    T2,
    Exam,
    check_lines,
    check_point,
    check_slice,
    click,
    expect_slice,
    go_to,
    shown,
    titles,
)
from tests.e2e.pixel_truth import (
    Slice,
    fit,
    in_reading_order,
    nearest,
    overlay,
    slice_of,
)
from tests.e2e.rest import drawn, laid_out
from tests.factories.dicom import CORONAL, SeriesRecipe, image, positions, write
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
SEED = 77
CORONALS = 9


@dataclass(frozen=True)
class Exams:
    phantom: Exam
    truth: PhantomExam
    real: Exam
    foreign: Exam


def loaded(folder: Path) -> list[Dataset]:
    return [pydicom.dcmread(path) for path in sorted(folder.rglob("*")) if path.is_file()]


def ordered(datasets: list[Dataset]) -> list[Slice]:
    return in_reading_order(slice_of(one) for one in datasets)


def numbered_backwards(datasets: list[Dataset]) -> None:
    """Positions decide, so the numbers may say anything."""
    for at, dataset in enumerate(datasets):
        dataset.InstanceNumber = len(datasets) - at


def coronals(like: Dataset, exam: PhantomExam) -> list[Dataset]:
    """Coronal slices resampled from the sagittal T2, in its frame of reference."""
    source = exam.by_role("sag_t2")
    normal = np.cross(source.orientation_lps[0, :3], source.orientation_lps[0, 3:])
    axes = np.stack([normal, source.orientation_lps[0, 3:], source.orientation_lps[0, :3]])
    spacing = np.array([source.slice_spacing_mm, source.row_spacing_mm, source.column_spacing_mm])
    middle = exam.truth.disc_centers_lps["L3/L4"]
    recipe = SeriesRecipe(
        str(like.StudyInstanceUID), patient_id=str(like.PatientID), orientation=CORONAL,
        spacing=(1.0, 1.0), tags={"FrameOfReferenceUID": like.FrameOfReferenceUID},
    )  # fmt: skip
    start = middle - np.array([30.0, 16.0, -110.0])
    where = positions(CORONALS, orientation=CORONAL, start=start)
    down, across = np.mgrid[:220, :60].astype(float)
    made: list[Dataset] = []
    for at, place in enumerate(where):
        points = np.stack([place[0] + across, np.full_like(down, place[1]), place[2] - down], -1)
        index = ((points - source.positions_lps[0]) @ axes.T) / spacing
        pixels = map_coordinates(source.pixels, np.moveaxis(index, -1, 0), order=1).astype("uint16")
        made.append(
            image(recipe, place, at + 1, pixels=pixels, SeriesNumber=9, RepetitionTime="3500",
                  EchoTime="100", SeriesDescription="t2_tse_cor")
        )  # fmt: skip
    return made


def real_spine(shared: Path, patient: str, *, has_one_frame: bool) -> dict[str, list[Dataset]]:
    """The real sagittal T1 and the slabs that were resampled from it, as one exam."""
    exam, frame = generate_uid(), generate_uid()
    series = {
        T1: loaded(shared / "dicom/derived/spine/sag_t1_classic"),
        AXIAL: loaded(shared / "dicom/derived/spine/axial_slabs_3"),
    }
    for name, datasets in series.items():
        own = frame if has_one_frame or name == T1 else generate_uid()
        uid = generate_uid()
        for dataset in datasets:
            dataset.StudyInstanceUID, dataset.PatientID = exam, patient
            dataset.FrameOfReferenceUID, dataset.SeriesInstanceUID = own, uid
            dataset.SOPInstanceUID = generate_uid()
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return series


@pytest.fixture(scope="module")
def exams(site: RunningSite, tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Exams:
    folder = tmp_path_factory.mktemp("geometry")
    truth = build_exam(sample_spec(SEED))
    write_exam(
        truth, folder / "phantom", patient_id="GEO-1", study_date=date(2026, 3, 1), accession="GEO1"
    )
    files = {role: loaded(folder / "phantom" / role) for role in ("sag_t1", "sag_t2", "ax_t2")}
    phantom = {T1: files["sag_t1"], T2: files["sag_t2"], AXIAL: files["ax_t2"]}
    numbered_backwards(phantom[T2])
    for dataset in phantom[T2]:
        dataset.save_as(Path(dataset.filename or ""))
    phantom[CORONAL_T2] = coronals(phantom[T2][0], truth)
    write(folder / "coronal", phantom[CORONAL_T2])
    real = real_spine(shared_data, "GEO-2", has_one_frame=True)
    foreign = real_spine(shared_data, "GEO-3", has_one_frame=False)
    for name, exam in (("real", real), ("foreign", foreign)):
        write(folder / name, [one for datasets in exam.values() for one in datasets])
    first, second, third = open_reader_study(
        site, folder, "Geometry held against the truth", tools=("length",)
    )
    found = [
        Exam(reading, {name: ordered(datasets) for name, datasets in series.items()})
        for reading, series in ((first, phantom), (second, real), (third, foreign))
    ]
    return Exams(found[0], truth, found[1], found[2])


@pytest.fixture(params=[1, 1.5], ids=["dpr 1", "dpr 1.5"])
def room(request: pytest.FixtureRequest, browser: Browser, site: RunningSite) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, device_scale_factor=request.param
    )
    yield sign_in(context.new_page(), site, "reader")
    context.close()


def test_slices_of_the_phantom_are_where_their_headers_say(
    room: Page, site: RunningSite, exams: Exams
) -> None:
    open_reading(room, site, exams.phantom.reading)
    assert titles(room) == [T1, T2, AXIAL]
    for at, name in enumerate([T1, T2, AXIAL]):
        series = exams.phantom.series[name]
        check_slice(room, at, series)
        go_to(room, at, 1 if name == AXIAL else len(series) - 2)
        check_slice(room, at, series)


def test_a_click_at_a_disc_brings_every_viewport_there(
    room: Page, site: RunningSite, exams: Exams
) -> None:
    exam = exams.phantom
    open_reading(room, site, exam.reading)
    for level in ("L2/L3", "L3/L4", "L5/S1"):
        disc = exams.truth.truth.disc_centers_lps[level]
        go_to(room, 1, nearest(exam.series[T2], disc))
        seen = shown(room, 1, exam.series[T2])
        check_point(room, exam, 1, click(room, 1, seen, disc))


def test_reference_lines_of_the_phantom_are_the_crossings_of_the_planes(
    room: Page, site: RunningSite, exams: Exams
) -> None:
    exam = exams.phantom
    open_reading(room, site, exam.reading)
    assert check_lines(room, exam) > 2 * len(exam.series[AXIAL])
    room.get_by_role("button", name="With coronal").click()
    expect(room.locator(".viewport:not([hidden])")).to_have_count(4)
    expect(room.locator(".viewport:not([hidden]) .pixels[data-slice]")).to_have_count(4)
    laid_out(room)
    assert titles(room) == [CORONAL_T2, T1, T2, AXIAL]
    check_slice(room, 0, exam.series[CORONAL_T2])
    check_lines(room, exam)
    disc = exams.truth.truth.disc_centers_lps["L3/L4"]
    seen = shown(room, 2, exam.series[T2])
    check_point(room, exam, 2, click(room, 2, seen, disc))


def test_a_length_between_two_vertebrae_is_that_of_the_phantom(
    room: Page, site: RunningSite, exams: Exams
) -> None:
    exam = exams.phantom
    open_reading(room, site, exam.reading)
    centers = [exams.truth.truth.body_centers_lps[level] for level in ("L1", "L5")]
    seen = shown(room, 1, exam.series[T2])
    ends = [seen.project(center) for center in centers]
    flat = [seen.slice.dropped(center) for center in centers]
    box = room.locator(".viewport").nth(1).bounding_box()
    assert box is not None
    room.keyboard.press("Shift+L")
    room.mouse.move(box["x"] + ends[0][0], box["y"] + ends[0][1])
    room.mouse.down()
    room.mouse.move(box["x"] + ends[1][0], box["y"] + ends[1][1], steps=4)
    room.mouse.up()
    drawn(room)  # with the last step of the mouse
    words = overlay(room, 1).locator(".drawn-words").last
    expect(words).to_contain_text("mm")
    (length,) = re.findall(r"([\d.]+) mm", words.text_content() or "")
    assert float(length) == pytest.approx(float(np.linalg.norm(flat[0] - flat[1])), rel=0.01)
    expect(room.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)


def test_the_real_spine_and_its_angled_slabs_agree_with_their_headers(
    room: Page, site: RunningSite, exams: Exams
) -> None:
    exam = exams.real
    open_reading(room, site, exam.reading)
    sagittal, axial = exam.series[T1], exam.series[AXIAL]
    assert titles(room)[::2] == [T1, AXIAL]
    check_slice(room, 0, sagittal)
    assert check_lines(room, exam) > len(axial) / 2
    for number in range(0, len(axial), 3):
        go_to(room, 2, number)
        check_slice(room, 2, axial)
    middle = sagittal[len(sagittal) // 2]
    go_to(room, 0, len(sagittal) // 2)
    for number in (0, 3, 5, 8, 10):  # at least one a slab
        point = click(room, 0, fit(room, 0, middle), axial[number].center)
        assert nearest(axial, point) == number
        expect_slice(room, 2, number, axial)
        drawn(room)
        x, y = fit(room, 2, axial[number]).project(point)
        place = overlay(room, 2).locator(".crosshair").get_attribute("data-place") or ""
        assert [float(one) for one in place.split()] == pytest.approx([x, y], abs=0.8)


def test_lines_and_crosshair_stop_at_another_frame_of_reference(
    room: Page, site: RunningSite, exams: Exams
) -> None:
    open_reading(room, site, exams.real.reading)
    expect(room.locator("line.reference")).not_to_have_count(0)
    open_reading(room, site, exams.foreign.reading)
    drawn(room)
    expect(room.locator("line.reference")).to_have_count(0)
    room.locator(".viewport").first.click(position={"x": 150, "y": 300})
    drawn(room)
    expect(overlay(room, 0).locator(".crosshair")).to_have_count(1)
    expect(overlay(room, 2).locator(".crosshair")).to_have_count(0)
    expect(overlay(room, 2)).to_contain_text("crosshair not followed")
