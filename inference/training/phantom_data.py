"""Training exams from the phantom: the one place in `inference` that imports it.

Every part of the split has its own range of seeds, far from those of the demonstration
cohort (below 1000), so that no exam can be in two of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

import numpy as np

from inference.contract import ExamInput, StackInput
from inference.training.exams import PARTS, Part, TrainingExam
from inference.training.sources import Case, DataSource, require_label_source
from spinestudy.imaging import phantom
from spinestudy.imaging.phantom import PhantomSeries, build_exam, sample_spec

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
        exam_key=f"phantom-{seed}",
        exam=ExamInput(tuple(stacks)),
        labels=labels,
        grades=truth.grades,
        centers_lps={
            level: np.asarray(center, dtype=np.float64)
            for level, center in (*truth.disc_centers_lps.items(), *truth.body_centers_lps.items())
        },
    )


def phantom_source(
    counts: Mapping[Part, int], seed: int, *, fine: Collection[Part], labels: str | None
) -> DataSource:
    """Phantoms as a data source: the parts are ranges of seeds, so no exam is in two of them.

    fine: parts whose exams have pixels as fine as those of the demonstration.
    """
    cases = []
    for part in PARTS:
        for number in seeds_of(part, counts[part], seed):
            key = f"phantom-{number}"
            cases.append(
                Case(key, key, partial(phantom_exam, number, quick=part not in fine), part)
            )
    return DataSource(
        name="phantom",
        description="Synthetic exams of the project's own phantom; no patient's images.",
        licence="Apache-2.0, as the project",
        cases=tuple(cases),
        label_source=require_label_source(labels, ("truth",), "The phantom"),
        digest=_digest(counts, seed),
        digest_covers="the phantom's source code and the seeds of its exams",
        is_synthetic=True,
    )


def _digest(counts: Mapping[Part, int], seed: int) -> str:
    total = hashlib.sha256(json.dumps([dict(sorted(counts.items())), seed]).encode())
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
