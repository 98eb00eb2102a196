"""Exams come in: nothing is lost, nothing lands twice, one bad file stops nothing."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from spinestudy.audit.models import AuditRecord
from spinestudy.imaging.models import (
    Cohort,
    Frame,
    ImagingStudy,
    Instance,
    Patient,
    QuarantinedFile,
    Stack,
    Upload,
)
from spinestudy.imaging.selectors.stored_files import absolute
from spinestudy.imaging.services import ingest, storage
from spinestudy.imaging.services.sources import find_sources
from spinestudy.imaging.services.uploads import create_upload
from tests.factories.dicom import (
    AXIAL,
    SeriesRecipe,
    image,
    positions,
    series,
    tilted_axial,
    to_bytes,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage_root")]


def bring_in(*paths: Path, cohort: str = "") -> Upload:
    upload = create_upload(source="test", cohort_name=cohort, actor=None, state="queued")
    sources = list(find_sources((path.name, path) for path in paths))
    return ingest.import_sources(upload_id=upload.pk, sources=sources, actor=None)


def counts(upload: Upload) -> tuple[int, int, int]:
    return upload.files_accepted, upload.files_known, upload.files_quarantined


def reasons() -> list[str]:
    return sorted(QuarantinedFile.objects.values_list("reason_code", flat=True))


def test_an_exam_lands_with_its_rows_and_pixels(tmp_path: Path) -> None:
    paths = write(tmp_path / "in", series(SeriesRecipe(), positions(5)))
    upload = bring_in(tmp_path / "in", cohort="Pilot")
    assert counts(upload) == (5, 0, 0)
    assert upload.state == Upload.State.DONE
    exam = ImagingStudy.objects.get()
    assert [cohort.name for cohort in exam.cohorts.all()] == ["Pilot"]
    stack = Stack.objects.get()
    assert (stack.plane, stack.weighting, stack.slice_count) == ("sagittal", "T2", 5)
    assert stack.slice_spacing_mm == pytest.approx(4.0)
    for instance in Instance.objects.all():
        kept = absolute(instance.path).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == instance.sha256
    assert sorted(absolute(i.path).read_bytes() for i in Instance.objects.all()) == sorted(
        path.read_bytes() for path in paths
    )
    record = AuditRecord.objects.get(action="exams.imported")
    assert record.data["accepted"] == 5


def test_stored_frames_are_the_pixels_of_their_slice(tmp_path: Path) -> None:
    pixels = np.arange(-60, 60, dtype=np.int16).reshape(12, 10)
    dataset = image(
        SeriesRecipe(), (0.0, 0.0, 0.0), pixels=pixels, RescaleSlope="2", RescaleIntercept="-5"
    )
    bring_in(*write(tmp_path, [dataset]))
    frame = Frame.objects.get()
    raw = gzip.decompress(absolute(frame.pixel_path).read_bytes())
    assert np.array_equal(np.frombuffer(raw, "<i2").reshape(12, 10), pixels)
    assert (frame.pixel_min, frame.pixel_max, frame.is_signed) == (-60, 59, True)
    assert (frame.rescale_slope, frame.rescale_intercept) == (2.0, -5.0)


def test_the_same_files_again_are_known_and_change_nothing(tmp_path: Path) -> None:
    write(tmp_path / "in", series(SeriesRecipe(), positions(4)))
    bring_in(tmp_path / "in")
    before = list(Frame.objects.values_list("pk", "pixel_path").order_by("pk"))
    assert counts(bring_in(tmp_path / "in", cohort="Later")) == (0, 4, 0)
    assert list(Frame.objects.values_list("pk", "pixel_path").order_by("pk")) == before
    assert Cohort.objects.get(name="Later").imaging_studies.count() == 1


def test_a_file_twice_in_one_import_lands_once(tmp_path: Path) -> None:
    (path,) = write(tmp_path, series(SeriesRecipe(), positions(1)))
    assert counts(bring_in(path, path)) == (1, 1, 0)


def test_other_bytes_under_the_same_uid_are_quarantined_and_the_first_stay(tmp_path: Path) -> None:
    dataset = image(SeriesRecipe(), (0.0, 0.0, 0.0))
    (first,) = write(tmp_path / "a", [dataset])
    dataset.PatientComments = "changed"
    (second,) = write(tmp_path / "b", [dataset])
    bring_in(first)
    assert counts(bring_in(second)) == (0, 0, 1)
    assert reasons() == ["sop_uid_conflict"]
    kept = absolute(QuarantinedFile.objects.get().path)
    assert kept.read_bytes() == second.read_bytes()
    assert Instance.objects.get().sha256 == hashlib.sha256(first.read_bytes()).hexdigest()


def test_slices_that_come_later_join_their_stack(tmp_path: Path) -> None:
    paths = write(tmp_path, series(SeriesRecipe(), positions(6)))
    bring_in(*paths[::2])
    stack = Stack.objects.get()
    assert stack.slice_spacing_mm == pytest.approx(8.0)
    bring_in(*paths[1::2])
    later = Stack.objects.get()
    assert later.pk == stack.pk
    assert later.slice_count == 6
    assert later.slice_spacing_mm == pytest.approx(4.0)
    assert [f.stack_position for f in later.frames.all()] == list(range(6))


def test_stacks_do_not_depend_on_the_order_in_which_files_come(tmp_path: Path) -> None:
    slabs = [
        *series(
            SeriesRecipe("1.2.3", "1.2.3.1", orientation=AXIAL), positions(4, orientation=AXIAL)
        ),
        *series(
            SeriesRecipe("1.2.3", "1.2.3.1", orientation=tilted_axial(12)),
            positions(4, orientation=tilted_axial(12), start=(0, 0, 30)),
            first_number=5,
        ),
    ]
    paths = write(tmp_path, slabs)
    for path in (paths[5], paths[0], paths[7], *paths[1:5], paths[6]):
        bring_in(path)
    assert sorted(Stack.objects.values_list("slice_count", flat=True)) == [4, 4]
    assert Frame.objects.count() == 8
    assert sorted(Stack.objects.values_list("index", flat=True)) == [0, 1]


def test_a_bad_file_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "deep" / "er", series(SeriesRecipe(), positions(3)))
    (folder / "notes.txt").write_text("not an image " * 20)
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "cut.dcm").write_bytes(to_bytes(image(SeriesRecipe(), (0, 0, 0)))[:-100])
    (folder / "nul\n.dcm").write_bytes(b"\0" * 500)
    upload = bring_in(folder)
    assert counts(upload) == (3, 0, 4)
    assert reasons() == ["empty_file", "not_dicom", "not_dicom", "pixels_truncated"]
    for row in QuarantinedFile.objects.all():
        assert hashlib.sha256(absolute(row.path).read_bytes()).hexdigest() == row.sha256
        assert row.reason


def test_an_exam_under_another_patient_is_quarantined(tmp_path: Path) -> None:
    one = SeriesRecipe(study_uid="1.2.3", patient_id="A")
    two = SeriesRecipe(study_uid="1.2.3", patient_id="B")
    bring_in(*write(tmp_path / "a", series(one, positions(2))))
    bring_in(*write(tmp_path / "b", series(two, positions(2))))
    assert reasons() == ["patient_conflict", "patient_conflict"]
    assert Patient.objects.count() == 1


def test_a_series_under_another_exam_is_quarantined_and_leaves_no_empty_exam(
    tmp_path: Path,
) -> None:
    one = SeriesRecipe(study_uid="1.2.3", series_uid="1.2.9")
    two = SeriesRecipe(study_uid="1.2.4", series_uid="1.2.9")
    bring_in(*write(tmp_path / "a", series(one, positions(2))))
    bring_in(*write(tmp_path / "b", series(two, positions(1))))
    assert reasons() == ["series_conflict"]
    assert ImagingStudy.objects.count() == 1


def a_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_with_folders_lands_and_never_writes_outside(tmp_path: Path) -> None:
    images = series(SeriesRecipe(), positions(3))
    archive = a_zip(
        tmp_path / "exam.zip",
        {f"../../escape/{n}/im.dcm": to_bytes(one) for n, one in enumerate(images)}
        | {"inner.zip": a_zip(tmp_path / "inner", {"a": b"b"}).read_bytes()},
    )
    assert counts(bring_in(archive)) == (3, 0, 1)
    assert reasons() == ["nested_archive"]
    assert not list(tmp_path.parent.rglob("escape"))


def test_broken_and_locked_archives_are_quarantined(tmp_path: Path) -> None:
    whole = a_zip(tmp_path / "a.zip", {"im.dcm": to_bytes(image(SeriesRecipe(), (0, 0, 0)))})
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[:-40])
    flipped = bytearray(whole.read_bytes())
    flipped[60] ^= 0xFF
    (tmp_path / "flipped.zip").write_bytes(flipped)
    locked = bytearray(whole.read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    empty = a_zip(tmp_path / "empty.zip", {})
    bring_in(tmp_path / "cut.zip", tmp_path / "flipped.zip", tmp_path / "locked.zip", empty)
    assert reasons() == ["zip_damaged", "zip_damaged", "zip_empty", "zip_encrypted"]


def test_a_zip_bomb_is_kept_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spinestudy.imaging.services import sources

    monkeypatch.setattr(sources, "MAX_ZIP_BYTES", 10_000_000)
    bomb = a_zip(tmp_path / "bomb.zip", {"zeros": b"\0" * 11_000_000})
    bring_in(bomb)
    assert reasons() == ["zip_too_large"]
    assert QuarantinedFile.objects.get().size_bytes == bomb.stat().st_size


def test_a_full_disk_fails_the_upload_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "in", series(SeriesRecipe(), positions(3)))

    def full(*args: Any, **kwargs: Any) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(storage, "store_frame", full)
        with pytest.raises(OSError, match="No space"):
            bring_in(tmp_path / "in")
    upload = Upload.objects.get()
    assert upload.state == Upload.State.FAILED
    assert "No space left" in upload.message
    assert Instance.objects.count() == 0
    assert counts(bring_in(tmp_path / "in")) == (3, 0, 0)


def test_the_window_of_a_stack_is_one(tmp_path: Path) -> None:
    images = series(SeriesRecipe(), positions(3))
    for width, one in zip((900, 1000, 1100), images, strict=True):
        one.WindowCenter, one.WindowWidth = "500", str(width)
    bring_in(*write(tmp_path, images))
    stack = Stack.objects.get()
    assert (stack.voi_center, stack.voi_width) == (500.0, 1000.0)


def test_an_implausible_window_is_replaced_by_percentiles(tmp_path: Path) -> None:
    images = series(SeriesRecipe(), positions(3), WindowCenter="90000", WindowWidth="1")
    bring_in(*write(tmp_path, images))
    stack = Stack.objects.get()
    assert 400 < stack.voi_center < 600
    assert 700 < stack.voi_width < 1000


def test_the_command_says_what_landed_and_why_not(tmp_path: Path) -> None:
    write(tmp_path / "in", series(SeriesRecipe(), positions(3)))
    (tmp_path / "in" / "notes.txt").write_text("no image")
    out = io.StringIO()
    call_command("import_dicom", str(tmp_path / "in"), "--cohort", "A", stdout=out)
    text = out.getvalue()
    assert "landed" in text
    assert "not_dicom" in text
    assert "4/4 files" in text
    assert Cohort.objects.get().name == "A"


@pytest.mark.parametrize("make", [lambda p: p / "nowhere", lambda p: p])
def test_the_command_refuses_unusable_paths(tmp_path: Path, make: Any) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CommandError, match=r"There (is|are) no file"):
        call_command("import_dicom", str(make(empty)))
    assert Upload.objects.count() == 0
