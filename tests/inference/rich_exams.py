"""Phantoms with findings as pipelines see them: sagittal stacks alone, drawn in seconds."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any, Final, Literal

import numpy as np

from inference.contract import ExamInput, StackInput
from spinestudy.imaging.phantom import (
    Acquisition,
    Effects,
    PhantomExam,
    PhantomSpec,
    SeriesPlan,
    build_exam,
    sample_rich_spec,
)

SAGITTAL: Final = SeriesPlan("sag_t2", 288, 288, 1.05, 1.05, 4.0, 4.4, slices=13)
CLEAN: Final = Effects()
_STACKS: Final[dict[str, tuple[Literal["sagittal", "axial", "coronal"], str]]] = {
    "sag_t1": ("sagittal", "T1"),
    "sag_t2": ("sagittal", "T2"),
    "sag_stir": ("sagittal", "STIR"),
    "ax_t2": ("axial", "T2"),
}


def rich_spec(seed: int, **findings: Any) -> PhantomSpec:
    """A member of the rich population with these findings in place of its own."""
    spec = sample_rich_spec(seed)
    assert spec.findings is not None
    return replace(spec, findings=replace(spec.findings, **findings))


def scanned(
    spec: PhantomSpec, *, effects: Effects = CLEAN, with_t1: bool = False, **plan: Any
) -> PhantomExam:
    """Its sagittal T2, and T1 on the same grid where asked for."""
    t2 = replace(SAGITTAL, effects=effects, **plan)
    series = (t2, replace(t2, role="sag_t1")) if with_t1 else (t2,)
    return build_exam(replace(spec, acquisition=Acquisition(series, "S", 1.5)))


def exam_input(built: PhantomExam) -> ExamInput:
    """Every series, cut into stacks where the orientation changes."""
    stacks: list[StackInput] = []
    for series in built.series:
        keys = [tuple(np.round(one, 6)) for one in series.orientation_lps]
        plane, weighting = _STACKS[series.role]
        for _, group in groupby(range(len(keys)), key=lambda k, keys=keys: keys[k]):  # type: ignore[misc]
            run = list(group)
            first, end = run[0], run[-1] + 1
            orientation = np.asarray(series.orientation_lps[first], dtype=np.float64)
            stacks.append(
                StackInput(
                    stack_id=len(stacks),
                    plane=plane,
                    weighting=weighting,
                    pixels=np.asarray(series.pixels[first:end], dtype=np.float32),
                    row_direction_lps=orientation[:3],
                    column_direction_lps=orientation[3:],
                    positions_lps=np.asarray(series.positions_lps[first:end], dtype=np.float64),
                    row_spacing_mm=series.row_spacing_mm,
                    column_spacing_mm=series.column_spacing_mm,
                )
            )
    return ExamInput(tuple(stacks))
