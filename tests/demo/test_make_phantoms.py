"""manage.py make_phantoms: a folder of exams with truth, the same again, whole or not at all."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from annotations.vocabulary import FINDINGS
from spinestudy.demo import phantom_set
from spinestudy.demo.phantom_set import PhantomSetError, make_set, spec_of
from spinestudy.imaging.phantom import PhantomSpec
from spinestudy.imaging.phantom.findings import score_of

SEED, COUNT = 40, 2


def small(population: phantom_set.Population, seed: int) -> PhantomSpec:
    """The exam of a seed on coarse grids, so that tests draw it in a second."""
    spec = spec_of(population, seed)
    assert spec.acquisition
    plans = tuple(
        replace(
            plan,
            rows=plan.rows // 2,
            columns=plan.columns // 2,
            row_spacing_mm=2 * plan.row_spacing_mm,
            column_spacing_mm=2 * plan.column_spacing_mm,
        )
        for plan in spec.acquisition.series
    )
    return replace(spec, acquisition=replace(spec.acquisition, series=plans))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phantom_set, "spec_of", small)
        out = tmp_path_factory.mktemp("phantoms") / "set"
        make_set(out, count=COUNT, seed=SEED, readers=2)
        again = out.with_name("again")
        make_set(again, count=COUNT, seed=SEED, readers=2)
        plain = out.with_name("plain")
        make_set(plain, count=1, seed=SEED, population="plain")
        yield out.parent


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_arguments_give_the_same_bytes(made: Path) -> None:
    first, second = files_of(made / "set"), files_of(made / "again")
    assert first == second
    assert {"exams.csv", "truth.csv", "boxes.csv", "readers.csv"} <= set(first)
    assert sorted(p.name for p in made.iterdir()) == ["again", "plain", "set"]


def test_truth_has_every_item_on_its_scale(made: Path) -> None:
    rows = table(made / "set" / "truth.csv")
    assert {row["exam"] for row in rows} == {"SYN-000040", "SYN-000041"}
    for row in rows:
        finding = FINDINGS[row["item"]]
        assert int(row["score"]) == score_of(row["item"], float(row["latent"]))
        level = row["vertebral_level" if finding.site_kind == "vertebra" else "disc_level"]
        assert level, row
        assert row["side"] in ("", "right", "left")
    counts = Counter((row["exam"], row["item"]) for row in rows)
    assert counts["SYN-000040", "foraminal_stenosis"] == 10
    assert counts["SYN-000040", "vertebral_fracture"] == 8


def test_every_mask_lies_on_the_images_it_names(made: Path) -> None:
    folder = made / "set"
    images = {}
    for path in (folder / "dicom").rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        images[ds.SOPInstanceUID] = ds
        assert "SYNTHETIC" in ds.SeriesDescription
    masks = [pydicom.dcmread(p) for p in (folder / "masks").rglob("*.dcm")]
    for exam in table(folder / "exams.csv"):
        own = [ds for ds in masks if ds.StudyInstanceUID == exam["study_instance_uid"]]
        series = {ds.ReferencedSeriesSequence[0].SeriesInstanceUID for ds in own}
        assert len(
            {i.SeriesInstanceUID for i in images.values() if i.PatientID == exam["exam"]}
        ) == len(series)
    seen = Counter[str]()
    for ds in masks:
        assert "SYNTHETIC" in ds.SeriesDescription
        labels = {s.SegmentNumber: s.SegmentLabel for s in ds.SegmentSequence}
        for groups in ds.PerFrameFunctionalGroupsSequence:
            image = images[
                groups.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
            ]
            place = groups.PlanePositionSequence[0].ImagePositionPatient
            assert list(place) == list(image.ImagePositionPatient)
            assert (image.Rows, image.Columns) == (ds.Rows, ds.Columns)
            seen[labels[groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber]] += 1
    assert {"L1", "L5", "S1", "L4/L5 disc", "Thecal sac"} <= set(seen)


def test_the_mask_of_the_sac_is_bright_on_t2(made: Path) -> None:
    folder = made / "set"
    images = {
        ds.SOPInstanceUID: ds
        for ds in (pydicom.dcmread(p) for p in (folder / "dicom").rglob("sag_t2/*.dcm"))
    }
    for path in (folder / "masks").rglob("sag_t2.dcm"):
        ds = pydicom.dcmread(path)
        labels = {s.SegmentNumber: s.SegmentLabel for s in ds.SegmentSequence}
        sac: list[int] = []
        body: list[int] = []
        for frame, groups in zip(ds.pixel_array, ds.PerFrameFunctionalGroupsSequence, strict=True):
            label = labels[groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber]
            source = groups.DerivationImageSequence[0].SourceImageSequence[0]
            pixels = images[source.ReferencedSOPInstanceUID].pixel_array[frame.astype(bool)]
            {"Thecal sac": sac, "L3": body}.get(label, []).extend(pixels.tolist())
        assert np.mean(sac) > 1.25 * np.mean(body)


def test_boxes_lie_in_their_images_and_carry_the_grade_of_truth(made: Path) -> None:
    folder = made / "set"
    truth = {
        (r["exam"], r["item"], r["disc_level"], r["vertebral_level"]): r["score"]
        for r in table(folder / "truth.csv")
        if not r["side"]
    }
    boxes = table(folder / "boxes.csv")
    assert {"pfirrmann", "central_canal_stenosis"} <= {b["item"] for b in boxes}
    for box in boxes:
        ds = pydicom.dcmread(folder / box["image"], stop_before_pixels=True)
        assert 0 <= int(box["x_min"]) < int(box["x_max"]) <= ds.Columns
        assert 0 <= int(box["y_min"]) < int(box["y_max"]) <= ds.Rows
        if box["item"] != "metastasis":
            key = (box["exam"], box["item"], box["disc_level"], box["vertebral_level"])
            assert truth[key] == box["score"]


def test_readers_answer_every_row_of_truth(made: Path) -> None:
    folder = made / "set"
    rows = table(folder / "readers.csv")
    truth = table(folder / "truth.csv")
    assert Counter(r["reader"] for r in rows) == {"R1": len(truth), "R2": len(truth)}
    right = Counter[str]()
    for reader in ("R1", "R2"):
        own = [r for r in rows if r["reader"] == reader]
        right[reader] = sum(a["score"] == b["score"] for a, b in zip(own, truth, strict=True))
    assert all(0.5 * len(truth) < n < len(truth) for n in right.values()), right


def test_plain_exams_have_the_three_items_and_masks_of_them(made: Path) -> None:
    rows = table(made / "plain" / "truth.csv")
    assert {r["item"] for r in rows} == {"central_canal_stenosis", "pfirrmann", "modic"}
    assert not (made / "plain" / "readers.csv").exists()
    assert list((made / "plain" / "masks").rglob("*.dcm"))


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="isn't empty: name a new folder"):
        call_command("make_phantoms", n=1, out=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "number of exams is 0: give one from 1"),
        ({"n": 1, "seed": -1}, "seed is -1"),
        ({"n": 1, "readers": 51}, "number of readers is 51"),
        ({"n": 1, "processes": 0}, "--processes must be 1 or more"),
    ],
)
def test_arguments_out_of_range_are_refused(
    arguments: dict[str, int], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("make_phantoms", out=tmp_path / "set", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_where_drawing_breaks_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(population: phantom_set.Population, seed: int) -> PhantomSpec:
        if seed == SEED + 1:
            raise KeyboardInterrupt
        return small(population, seed)

    monkeypatch.setattr(phantom_set, "spec_of", broken)
    with pytest.raises(KeyboardInterrupt):
        make_set(tmp_path / "set", count=2, seed=SEED)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "set").write_text("")
    with pytest.raises(PhantomSetError, match="is no folder"):
        make_set(tmp_path / "set", count=1, seed=1)
