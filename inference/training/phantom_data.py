"""Training exams from the phantom: the one place in `inference` that imports it.

Every part of the split has its own range of seeds, far from those of the demonstration
cohort (below 1000), so that no exam can be in two of them. The usual population has canal, discs
and Modic changes; the rich one also sides, slips, herniations, fractures, and scanners that differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

import numpy as np

from inference.contract import ExamInput, StackInput
from inference.training.exams import PARTS, Part, TrainingExam
from inference.training.sources import Case, DataSource, require_label_source
from spinestudy.imaging import phantom
from spinestudy.imaging.phantom import (
    PhantomExam,
    PhantomSeries,
    PhantomSpec,
    SeriesPlan,
    build_exam,
    sample_rich_spec,
    sample_spec,
)
from spinestudy.imaging.phantom.acquisition import ROLES

FIRST_SEED: Final[dict[Part, int]] = {"train": 100_000, "validation": 200_000, "test": 300_000}
Population = Literal["usual", "rich"]
_COARSE_ROLES: Final = ("sag_t1", "sag_t2", "ax_t2")
_COARSE_MM: Final = 2.8
"""Slices so thin are drawn as one plane; their distance stays."""
_COARSER: Final = 1.25


def seeds_of(part: Part, exams: int, seed: int) -> range:
    """The phantom seeds of a part; `seed` 1 starts at the part's first, 2 after 10,000."""
    start = FIRST_SEED[part] + 10_000 * ((seed - 1) % 10)
    return range(start, start + exams)


def phantom_exam(seed: int, *, quick: bool = True) -> TrainingExam:
    """Build the phantom of that seed as a training exam; quick: coarse pixels, 5 x faster."""
    built = build_exam(sample_spec(seed), quick=quick)
    return _training_exam(built, f"phantom-{seed}")


def rich_phantom_exam(seed: int, *, quick: bool = True) -> TrainingExam:
    """The exam of that seed in the rich population, with what is known of each side.

    quick: without STIR and axial T1, coarser sagittal pixels, one plane a slice; 2 x faster.
    """
    spec = sample_rich_spec(seed)
    built = build_exam(_coarse(spec) if quick else spec)
    return _training_exam(built, f"rich-phantom-{seed}")


def _coarse(spec: PhantomSpec) -> PhantomSpec:
    scan = spec.acquisition
    if scan is None:
        return spec
    plans = [_coarser(plan) for plan in scan.series if plan.role in _COARSE_ROLES]
    return replace(spec, acquisition=replace(scan, series=tuple(plans)))


def _coarser(plan: SeriesPlan) -> SeriesPlan:
    thin = replace(plan, thickness_mm=min(plan.thickness_mm, _COARSE_MM))
    if plan.plane != "sagittal":
        return thin
    return replace(
        thin,
        rows=round(plan.rows / _COARSER),
        columns=round(plan.columns / _COARSER),
        row_spacing_mm=plan.row_spacing_mm * _COARSER,
        column_spacing_mm=plan.column_spacing_mm * _COARSER,
    )


_EXAM_OF: Final[dict[Population, Callable[..., TrainingExam]]] = {
    "usual": phantom_exam,
    "rich": rich_phantom_exam,
}
_KEYS: Final[dict[Population, str]] = {"usual": "phantom", "rich": "rich-phantom"}


def _training_exam(built: PhantomExam, key: str) -> TrainingExam:
    stacks: list[StackInput] = []
    labels = {}
    for series in built.series:
        for first, end in _runs(series):
            stack = _stack(series, first, end, stack_id=len(stacks))
            stacks.append(stack)
            labels[stack.stack_id] = np.asarray(series.labels[first:end], dtype=np.uint8)
    truth = built.truth
    grades = {item: dict(by_level) for item, by_level in truth.grades.items()}
    sided: dict[str, dict[tuple[str, str], int]] = {}
    for row in truth.rows:
        if row.side:
            sided.setdefault(row.item, {})[row.disc_level, row.side] = row.score
        else:
            level = row.disc_level or row.vertebral_level
            grades.setdefault(row.item, {})[level] = row.score
    return TrainingExam(
        patient_key=key,
        exam_key=key,
        exam=ExamInput(tuple(stacks)),
        labels=labels,
        grades=grades,
        side_grades=sided,
        centers_lps={
            level: np.asarray(center, dtype=np.float64)
            for level, center in (*truth.disc_centers_lps.items(), *truth.body_centers_lps.items())
        },
    )


def phantom_source(
    counts: Mapping[Part, int],
    seed: int,
    *,
    fine: Collection[Part],
    labels: str | None,
    population: Population = "usual",
) -> DataSource:
    """Phantoms as a data source: the parts are ranges of seeds, so no exam is in two of them.

    fine: parts whose exams have pixels as fine as those of the demonstration.
    """
    make = _EXAM_OF[population]
    cases = []
    for part in PARTS:
        for number in seeds_of(part, counts[part], seed):
            key = f"{_KEYS[population]}-{number}"
            cases.append(Case(key, key, partial(make, number, quick=part not in fine), part))
    which = "" if population == "usual" else f" ({population} population)"
    return DataSource(
        name="phantom",
        description=f"Synthetic exams of the project's own phantom{which}; no patient's images.",
        licence="Apache-2.0, as the project",
        cases=tuple(cases),
        label_source=require_label_source(labels, ("truth",), "The phantom"),
        digest=_digest(counts, seed, population),
        digest_covers="the phantom's source code and the seeds of its exams",
        is_synthetic=True,
    )


def _digest(counts: Mapping[Part, int], seed: int, population: Population) -> str:
    """What is told of the usual population is what was told before there was another."""
    told = [dict(sorted(counts.items())), seed, *([] if population == "usual" else [population])]
    total = hashlib.sha256(json.dumps(told).encode())
    for file in sorted(Path(phantom.__file__).parent.glob("*.py")):
        total.update(file.read_bytes())
    return total.hexdigest()


def _runs(series: PhantomSeries) -> Iterator[tuple[int, int]]:
    """(first, end) of the slices that share an orientation."""
    keys = [tuple(np.round(o, 6)) for o in series.orientation_lps]
    for _, group in groupby(range(len(keys)), key=lambda k: keys[k]):
        run = list(group)
        yield run[0], run[-1] + 1


def _stack(series: PhantomSeries, first: int, end: int, stack_id: int) -> StackInput:
    plane, weighting = ROLES[series.role]
    orientation = np.asarray(series.orientation_lps[first], dtype=np.float64)
    return StackInput(
        stack_id=stack_id,
        plane=plane,
        weighting=weighting,
        pixels=np.asarray(series.pixels[first:end], dtype=np.float32),
        row_direction_lps=orientation[:3],
        column_direction_lps=orientation[3:],
        positions_lps=np.asarray(series.positions_lps[first:end], dtype=np.float64),
        row_spacing_mm=series.row_spacing_mm,
        column_spacing_mm=series.column_spacing_mm,
    )
