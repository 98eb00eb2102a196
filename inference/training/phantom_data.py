"""Training exams from the phantom: the one place in `inference` that imports it.

Every part of the split has its own range of seeds, far from those of the demonstration
cohort (below 1000), so that no exam can be in two of them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from typing import Final, Literal, TypeVar

import numpy as np

from inference.contract import ExamInput, StackInput
from inference.training.exams import Part, TrainingExam
from spinestudy.imaging.phantom import PhantomSeries, build_exam, sample_spec

Sample = TypeVar("Sample")
FIRST_SEED: Final[dict[Part, int]] = {"train": 100_000, "validation": 200_000, "test": 300_000}
_PLANE_AND_WEIGHTING: Final[dict[str, tuple[Literal["sagittal", "axial"], str]]] = {
    "sag_t1": ("sagittal", "T1"),
    "sag_t2": ("sagittal", "T2"),
    "ax_t2": ("axial", "T2"),
}


def seeds_of(part: Part, exams: int, seed: int) -> range:
    """The phantom seeds of a part; `seed` 1 starts at the part's first, 2 after 10,000."""
    start = FIRST_SEED[part] + 10_000 * ((seed - 1) % 10)
    return range(start, start + exams)


def phantom_exam(seed: int, *, quick: bool = True) -> TrainingExam:
    """Build the phantom of that seed as a training exam; quick: coarse pixels, 5 x faster."""
    built = build_exam(sample_spec(seed), quick=quick)
    stacks: list[StackInput] = []
    labels = {}
    for series in built.series:
        for first, end in _runs(series):
            stack = _stack(series, first, end, stack_id=len(stacks))
            stacks.append(stack)
            labels[stack.stack_id] = np.asarray(series.labels[first:end], dtype=np.uint8)
    truth = built.truth
    return TrainingExam(
        patient_key=f"phantom-{seed}",
        exam=ExamInput(tuple(stacks)),
        labels=labels,
        grades=truth.grades,
        centers_lps={
            level: np.asarray(center, dtype=np.float64)
            for level, center in (*truth.disc_centers_lps.items(), *truth.body_centers_lps.items())
        },
    )


def phantom_samples(
    make: Callable[[int], Sample], seeds: range, processes: int
) -> Iterator[Sample]:
    """`make(seed)` for every seed, in order, spread over fresh processes."""
    if processes <= 1:
        yield from map(make, seeds)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(make, seeds, chunksize=2)


def _runs(series: PhantomSeries) -> Iterator[tuple[int, int]]:
    """(first, end) of the slices that share an orientation."""
    keys = [tuple(np.round(o, 6)) for o in series.orientation_lps]
    for _, group in groupby(range(len(keys)), key=lambda k: keys[k]):
        run = list(group)
        yield run[0], run[-1] + 1


def _stack(series: PhantomSeries, first: int, end: int, stack_id: int) -> StackInput:
    plane, weighting = _PLANE_AND_WEIGHTING[series.role]
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
