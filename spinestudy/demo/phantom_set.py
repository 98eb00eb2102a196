"""A set of phantom exams on disk: DICOM, masks, truth, boxes, virtual readers.

Knows no Django, so that fresh processes can draw exams. The folder appears whole or not at all.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Literal

import pydicom

from spinestudy.demo.phantom_boxes import Box, boxes_of
from spinestudy.demo.phantom_masks import write_masks
from spinestudy.imaging.phantom import (
    PhantomSpec,
    TruthRow,
    build_exam,
    sample_rich_spec,
    sample_spec,
    usual_acquisition,
    write_exam,
)
from spinestudy.imaging.phantom.readers import SyntheticReader, sample_readers

Population = Literal["plain", "rich"]
POPULATIONS: Final[tuple[Population, ...]] = ("plain", "rich")
MAX_EXAMS: Final = 10_000
MAX_READERS: Final = 50
_FIRST_DAY: Final = date(2026, 1, 1)
_DAYS: Final = 720

_TRUTH = ("exam", "item", "disc_level", "vertebral_level", "side", "score", "latent")
_READERS = (
    "reader", "case_number", "exam", "item", "disc_level", "vertebral_level", "side", "score",
)  # fmt: skip
_EXAMS = (
    "exam", "seed", "study_instance_uid", "folder", "population", "manufacturer_model",
    "field_strength_t", "lumbar_count", "transition", "artefacts",
)  # fmt: skip
_BOXES = ("exam", "series", "image", *(f.name for f in fields(Box) if f.name != "role"))


class PhantomSetError(ValueError):
    """The set can't be made; the message says why and what to do."""


@dataclass(frozen=True)
class DrawnExam:
    """What the tables need of one exam."""

    exam: str
    about: tuple[str, ...]
    truth: tuple[TruthRow, ...]
    boxes: tuple[tuple[str | int, ...], ...]


def make_set(
    out: Path,
    *,
    count: int,
    seed: int,
    population: Population = "rich",
    readers: int = 0,
    processes: int = 1,
    say: Callable[[int], None] = lambda done: None,
) -> None:
    """Draw `count` exams from `seed` on into the folder `out`, which must not hold anything.

    The same arguments give the same bytes, with any number of processes. Everything is written
    beside `out` first, and renamed in the end. Raises PhantomSetError for numbers out of range
    and for a folder that isn't empty, before anything is written.
    """
    _check(out, count, seed, readers)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        draw = partial(draw_into, str(beside / "dicom"), str(beside / "masks"), population)
        drawn: list[DrawnExam] = []
        for one in _drawn(draw, range(seed, seed + count), processes):
            drawn.append(one)
            say(len(drawn))
        _write_tables(beside, drawn, sample_readers(readers, seed))
        beside.chmod(0o755)
        if out.exists():
            out.rmdir()
        beside.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _check(out: Path, count: int, seed: int, readers: int) -> None:
    for name, value, low, high in (
        ("number of exams", count, 1, MAX_EXAMS),
        ("seed", seed, 0, 10**9),
        ("number of readers", readers, 0, MAX_READERS),
    ):
        if not low <= value <= high:
            raise PhantomSetError(f"The {name} is {value}: give one from {low} to {high}.")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise PhantomSetError(f"{out} is no folder: name one that is new or empty.")
    if out.is_dir() and any(out.iterdir()):
        raise PhantomSetError(f"{out} isn't empty: name a new folder, or empty this one first.")


def _drawn(draw: Callable[[int], DrawnExam], seeds: range, processes: int) -> Iterator[DrawnExam]:
    if processes <= 1 or len(seeds) == 1:
        yield from map(draw, seeds)
        return
    # spawn: a fork would share an open database connection with its children
    with ProcessPoolExecutor(min(processes, len(seeds)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw, seeds)


def spec_of(population: Population, seed: int) -> PhantomSpec:
    """The exam of a seed; plain ones get masks and STIR too, but no findings of their own."""
    if population == "rich":
        return sample_rich_spec(seed)
    return replace(sample_spec(seed), acquisition=usual_acquisition())


def draw_into(dicom: str, masks: str, population: Population, seed: int) -> DrawnExam:
    """Write one exam and its masks; return what the tables need."""
    exam = build_exam(spec_of(population, seed))
    name = f"SYN-{seed:06d}"
    target = Path(dicom) / name
    files = write_exam(
        exam,
        target,
        patient_id=name,
        study_date=_FIRST_DAY + timedelta(days=seed % _DAYS),
        accession=f"SYN{seed:09d}",
    )
    write_masks(exam, files, Path(masks) / name)
    paths: dict[tuple[str, int], Path] = {}
    start = 0
    for series in exam.series:
        for k in range(len(series.pixels)):
            paths[series.role, k] = files[start + k].relative_to(target.parent.parent)
        start += len(series.pixels)
    return DrawnExam(
        exam=name,
        about=_about(exam.spec, seed, population, name, files[0]),
        truth=exam.truth.rows,
        boxes=tuple(
            (name, box.role, str(paths[box.role, box.slice_index]), *astuple(box)[1:])
            for box in boxes_of(exam)
        ),
    )


def _about(
    spec: PhantomSpec, seed: int, population: Population, name: str, first: Path
) -> tuple[str, ...]:
    """The row of exams.csv."""
    acquisition = spec.acquisition or usual_acquisition()
    header = pydicom.dcmread(first, specific_tags=["StudyInstanceUID", "ManufacturerModelName"])
    wrong = sorted(
        {
            f.name
            for plan in acquisition.series
            for f in fields(plan.effects)
            if getattr(plan.effects, f.name) != f.default
        }
    )
    if spec.findings and spec.findings.screws:
        wrong.append("metal")
    return (
        name,
        str(seed),
        str(header.StudyInstanceUID),
        f"dicom/{name}",
        population,
        str(header.ManufacturerModelName),
        f"{acquisition.field_t:g}",
        str(spec.lumbar_count),
        spec.findings.transition if spec.findings else "none",
        " ".join(wrong),
    )


def _write_tables(
    folder: Path, drawn: Sequence[DrawnExam], readers: Sequence[SyntheticReader]
) -> None:
    _table(folder / "exams.csv", _EXAMS, (one.about for one in drawn))
    _table(
        folder / "truth.csv",
        _TRUTH,
        (
            (one.exam, r.item, r.disc_level, r.vertebral_level, r.side, r.score, f"{r.latent:g}")
            for one in drawn
            for r in one.truth
        ),
    )
    _table(folder / "boxes.csv", _BOXES, (box for one in drawn for box in one.boxes))
    if readers:
        _table(folder / "readers.csv", _READERS, _readings(drawn, readers))


def _readings(
    drawn: Sequence[DrawnExam], readers: Sequence[SyntheticReader]
) -> Iterator[tuple[str | int, ...]]:
    """Every reader's answer to every row of truth, cases in the order of the exams."""
    for reader in readers:
        for number, one in enumerate(drawn):
            for r in one.truth:
                score = reader.score(r, one.exam, number)
                place = (r.item, r.disc_level, r.vertebral_level, r.side)
                yield (reader.code, number + 1, one.exam, *place, score)


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
