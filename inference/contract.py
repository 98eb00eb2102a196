"""What a pipeline takes and gives.

Pure: numpy and the standard library only. A pipeline sees one exam as geometry-sorted
stacks in the patient's LPS frame (DICOM PS3.3 C.7.6.2.1.1, millimetres) and gives a
prediction in the same frame. It never sees a database row and never writes one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from inference.evidence import EvidenceOutput as EvidenceOutput
from inference.evidence import Plane as Plane
from inference.evidence import require_small
from inference.structures import INSTANCES as INSTANCES
from inference.structures import STRUCTURES as STRUCTURES

Progress = Callable[[float, str], None]
"""Called with the fraction done (0..1) and a short sentence for the person who waits."""


class PipelineInputError(ValueError):
    """The exam can't be used by this pipeline; the message says what is missing."""


@dataclass(frozen=True)
class StackInput:
    """One stack of parallel slices, ordered along its normal.

    pixels: float32 (slices, rows, columns), modality values (after rescale).
    row_direction_lps, column_direction_lps: unit vectors (3,): the direction in which the
        column index and the row index grow (ImageOrientationPatient, first and last three).
    positions_lps: (slices, 3) mm, centre of the first pixel of each slice.
    row_spacing_mm: distance between rows; column_spacing_mm: between columns.
    series_instance_uid: of the series that the stack was cut from; "" outside a site.
    """

    stack_id: int
    plane: Plane
    weighting: str
    pixels: NDArray[np.float32]
    row_direction_lps: NDArray[np.float64]
    column_direction_lps: NDArray[np.float64]
    positions_lps: NDArray[np.float64]
    row_spacing_mm: float
    column_spacing_mm: float
    series_instance_uid: str = ""


@dataclass(frozen=True)
class ExamInput:
    """All usable stacks of one exam."""

    stacks: tuple[StackInput, ...]

    def first(self, plane: Plane, weighting: str) -> StackInput | None:
        """The first stack of that plane and weighting, None where there is none."""
        return next((s for s in self.stacks if s.plane == plane and s.weighting == weighting), None)


@dataclass(frozen=True)
class LevelLocation:
    """The centre of a disc ("L4/L5") or a vertebral body ("L4", "S1"), LPS mm."""

    level: str
    kind: Literal["disc", "body"]
    center_lps: tuple[float, float, float]
    confidence: float


@dataclass(frozen=True)
class GradeOutput:
    """Probability of every category of one item at one disc level and side; sums to 1."""

    item: str
    disc_level: str
    probabilities: Mapping[int, float]
    side: Literal["", "right", "left"] = ""

    @property
    def score(self) -> int:
        """The most probable category."""
        return max(self.probabilities, key=lambda k: self.probabilities[k])


@dataclass(frozen=True)
class DetectionOutput:
    """A finding with a box around it: `item` has at least the score `at_least`.

    stack_id: the stack that it was found on; the box lies in that stack's frame of reference.
    center_lps: mm. axes_lps: three unit vectors at right angles, so that a box may lean as a disc
        or an angled slab does. size_mm: whole lengths along them.
    score: 0..1; is_calibrated: whether it is a probability checked on cases of its own, or only
        an order. disc_level and side may be "".
    """

    stack_id: int
    item: str
    at_least: int
    center_lps: tuple[float, float, float]
    axes_lps: tuple[tuple[float, float, float], ...]
    size_mm: tuple[float, float, float]
    score: float
    is_calibrated: bool
    disc_level: str = ""
    side: Literal["", "right", "left"] = ""


@dataclass(frozen=True)
class MeasureKind:
    """What a number behind a grade is. unit: UCUM-like, "" of a ratio; digits: worth showing."""

    name: str
    short_name: str
    unit: str
    digits: int
    definition: str


MEASURES: Mapping[str, MeasureKind] = {
    "dural_sac_area": MeasureKind(
        "dural sac area",
        "sac",
        "mm2",
        0,
        "area of the labelled dural sac in the plane along the disc, cut out of sagittal labels",
    ),
    "dural_sac_ap": MeasureKind(
        "dural sac, anterior to posterior",
        "sac AP",
        "mm",
        1,
        "midline diameter of the labelled dural sac in the plane along the disc",
    ),
    "disc_height_ratio": MeasureKind(
        "disc height ratio",
        "disc height",
        "",
        2,
        "mean midsagittal height of the disc over that of the body above",
    ),
    "disc_t2_ratio": MeasureKind(
        "disc T2 ratio",
        "disc T2",
        "",
        2,
        "median T2 signal of the nucleus over that of the fluid in the sac beside it",
    ),
    "slip": MeasureKind(
        "slip",
        "slip",
        "mm",
        1,
        "how far the body above lies before the one below, along its upper endplate; "
        "negative: behind",
    ),
}
"""Code of a measure -> what it is."""


@dataclass(frozen=True)
class MeasureOutput:
    """A number behind a grade, or why there is none: exactly one of value and reason is given.

    code: one of MEASURES, or a pipeline's own. unit: "" of a ratio.
    """

    code: str
    disc_level: str
    value: float | None
    unit: str
    reason: str = ""
    side: Literal["", "right", "left"] = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.reason):
            raise ValueError(f"{self.code} at {self.disc_level} needs a value or a reason.")


@dataclass(frozen=True)
class FlagOutput:
    """Something about an exam or its images that makes what is said of it less sure.

    code: stays the same from exam to exam. words: one sentence for the reader.
    """

    code: str
    words: str


@dataclass(frozen=True)
class SegmentationOutput:
    """labels: uint8 (slices, rows, columns) on the grid of the stack; see STRUCTURES.

    instances: the same shape, which body or disc a voxel is of; see INSTANCES, 0 where of none.
    None where a pipeline doesn't tell them apart.
    """

    stack_id: int
    labels: NDArray[np.uint8]
    instances: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class Outline:
    """One closed polygon on one slice: points_lps (points, 3) mm."""

    stack_id: int
    slice_index: int
    structure: str
    points_lps: NDArray[np.float64]


@dataclass(frozen=True)
class PredictionOutput:
    """All that a pipeline says about one exam.

    stage_seconds: stage -> seconds, in order; see StageClock.
    """

    levels: tuple[LevelLocation, ...]
    grades: tuple[GradeOutput, ...]
    segmentations: tuple[SegmentationOutput, ...] = ()
    outlines: tuple[Outline, ...] = ()
    detections: tuple[DetectionOutput, ...] = ()
    measures: tuple[MeasureOutput, ...] = ()
    flags: tuple[FlagOutput, ...] = ()
    notes: tuple[str, ...] = field(default=())
    stage_seconds: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[EvidenceOutput, ...] = ()

    def __post_init__(self) -> None:
        require_small(self.evidence)
        graded = {(one.item, one.disc_level, one.side) for one in self.grades}
        for one in self.evidence:
            if (one.item, one.disc_level, one.side) not in graded:
                raise ValueError(f"Evidence for {one.item} at {one.disc_level} has no grade.")


class StageClock:
    """Tells the progress and measures how long each stage takes.

    Call it at the start of each stage; `seconds()` ends the last one.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._seconds: dict[str, float] = {}
        self._stage, self._began = "", time.perf_counter()

    def __call__(self, stage: str, done: float, words: str) -> None:
        """Begin a stage. stage: a name that stays the same from exam to exam."""
        self._end()
        self._stage = stage
        self._progress(done, words)

    def seconds(self) -> dict[str, float]:
        """Stage -> seconds so far, rounded to a millisecond."""
        self._end()
        return {stage: round(value, 3) for stage, value in self._seconds.items()}

    def _end(self) -> None:
        now = time.perf_counter()
        if self._stage:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._began
        self._stage, self._began = "", now


class Pipeline(Protocol):
    """A pipeline is built once in a worker's child process and used for many exams."""

    name: str
    version: str
    weights_sha256: str
    device: str
    """Where it computes, as stored with each prediction: "cpu", or the name of the GPU."""
    metadata: Mapping[str, Any]
    """What its `metadata.json` says."""

    def run(self, exam: ExamInput, progress: Progress) -> PredictionOutput:
        """Predict; raise PipelineInputError where the exam can't be used."""
        ...
