"""Exams of the rich phantom population that a segmenter alone learns from: masks, no grades.

Fractures, slips, herniations, metal, four or six lumbar bodies, artefacts and STIR, on coarse
grids that differ from exam to exam. Only sagittal series are drawn, so an exam costs half of a
plain one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import partial
from typing import Final, cast

import numpy as np

from inference.contract import ExamInput, StackInput
from inference.training.exams import TrainingExam
from inference.training.sources import Case, DataSource
from spinestudy.imaging.phantom import (
    Acquisition,
    PhantomSeries,
    PhantomSpec,
    SeriesPlan,
    build_exam,
    sample_rich_spec,
)
from spinestudy.imaging.phantom.acquisition import ROLES

FIRST_SEED: Final = 500_000
_SLICES: Final = 7
_THIN_MM: Final = 1.0
"""Slices so thin are drawn as one plane."""


def with_rich_masks(source: DataSource, exams: int, seed: int) -> DataSource:
    """A source of phantoms with so many exams more to learn masks from; 0 leaves it as it is."""
    if not exams:
        return source
    first = FIRST_SEED + 10_000 * ((seed - 1) % 10)
    keys = [(number, f"rich-masks-{number}") for number in range(first, first + exams)]
    cases = tuple(Case(k, k, partial(rich_mask_exam, n), "train") for n, k in keys)
    told = json.dumps([source.digest, "rich masks", exams, seed])
    return replace(
        source,
        cases=(*source.cases, *cases),
        description=f"{source.description} {exams} exams of the rich population give masks only.",
        digest=hashlib.sha256(told.encode()).hexdigest(),
    )


def rich_mask_exam(seed: int) -> TrainingExam:
    """Sagittal T1, T2 and STIR of that seed on one coarse grid, with labels and nothing else."""
    built = build_exam(_sagittal_only(sample_rich_spec(seed), np.random.default_rng([seed, 77])))
    stacks = [_stack(series, number) for number, series in enumerate(built.series)]
    labels = {n: np.asarray(series.labels, np.uint8) for n, series in enumerate(built.series)}
    key = f"rich-masks-{seed}"
    return TrainingExam(key, ExamInput(tuple(stacks)), labels, {}, {}, exam_key=key)


def _sagittal_only(spec: PhantomSpec, rng: np.random.Generator) -> PhantomSpec:
    """The exam's own artefacts on a grid that is quick to draw, of 220 to 320 mm."""
    usual = cast("Acquisition", spec.acquisition)
    size = int(rng.choice([192, 224, 256]))
    pixel = round(float(rng.uniform(225, 320)) / size, 4)
    spacing = round(float(rng.uniform(3.0, 8.0)), 2)
    effects = {plan.role: plan.effects for plan in usual.series}
    plans = tuple(
        SeriesPlan(role, size, size, pixel, pixel, _THIN_MM, spacing, _SLICES, effects=seen)
        for role, seen in effects.items()
        if ROLES[role][0] == "sagittal"
    )
    return replace(spec, acquisition=replace(usual, series=plans))


def _stack(series: PhantomSeries, number: int) -> StackInput:
    plane, weighting = ROLES[series.role]
    return StackInput(
        stack_id=number,
        plane=plane,
        weighting=weighting,
        pixels=np.asarray(series.pixels, dtype=np.float32),
        row_direction_lps=series.orientation_lps[0, :3],
        column_direction_lps=series.orientation_lps[0, 3:],
        positions_lps=series.positions_lps,
        row_spacing_mm=series.row_spacing_mm,
        column_spacing_mm=series.column_spacing_mm,
    )
