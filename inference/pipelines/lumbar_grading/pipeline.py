"""Lumbar MR: one exam in, structures, levels and grades out. Not for clinical use."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch

from inference.anatomy.crops import DiscCrops, disc_crops, disc_frames, normalised_axial
from inference.anatomy.preprocess import SagittalPair, normalised
from inference.anatomy.spine import find_spine, flags_of, measures_of
from inference.anatomy.transition import less_sure
from inference.contract import (
    ExamInput,
    GradeOutput,
    LevelLocation,
    PredictionOutput,
    Progress,
    StageClock,
)
from inference.pipelines.lumbar_grading.detections import detections
from inference.pipelines.lumbar_grading.network import ITEMS, LumbarNetworks
from inference.pipelines.weights_folder import load_weights, placed

_LOW_CONFIDENCE: Final = 0.5


class LumbarGrading:
    """Segments sagittal stacks, names the levels from the sacrum up and grades the discs.

    folder: where `weights.safetensors` and `metadata.json` lie; the pipeline's own by
    default. Raises WeightsError where they are missing or don't belong together.
    """

    name = "lumbar_grading"
    version = "2"

    def __init__(self, folder: Path | None = None) -> None:
        self.networks = LumbarNetworks()
        self.metadata, self.weights_sha256 = load_weights(
            self.networks, self.name, folder or Path(__file__).parent
        )
        self.version = str(self.metadata["version"])
        self.device = placed(self.networks)

    def run(self, exam: ExamInput, progress: Progress) -> PredictionOutput:
        """Predict; PipelineInputError where the exam has no sagittal stack."""
        clock = StageClock(progress)
        spine = find_spine(self.networks.segmenter, exam, clock)
        clock("grade", 0.8, "grading the discs")
        grades = self._grades(exam, spine.pair, spine.levels)
        main, labels = spine.stacks[0]
        boxes, without = detections(grades, disc_frames(spine.levels), labels, main)
        clock("measure", 0.95, "measuring the discs")
        measures = measures_of(spine)
        flags = flags_of(spine, self.metadata, measures)
        progress(1.0, "prediction ready")
        return PredictionOutput(
            levels=less_sure(spine.levels, flags),
            grades=grades,
            segmentations=spine.segmentations,
            outlines=spine.outlines,
            detections=boxes,
            measures=measures,
            flags=flags,
            notes=(
                *_input_notes(spine.pair),
                *spine.notes,
                *_confidence_notes(spine.levels),
                *without,
            ),
            stage_seconds=clock.seconds(),
        )

    def _grades(
        self, exam: ExamInput, pair: SagittalPair, levels: tuple[LevelLocation, ...]
    ) -> tuple[GradeOutput, ...]:
        """Probabilities of every item at every disc found; none without a T2 stack."""
        if pair.t2 is None:
            return ()
        frames = disc_frames(levels)
        if not frames:
            return ()
        t2, t1 = normalised(pair.t2), None if pair.t1 is None else normalised(pair.t1)
        axial = normalised_axial(exam)
        crops = [disc_crops(frame, t2, t1, axial) for frame in frames.values()]
        with torch.inference_mode():
            by_item = self.networks.probabilities(*as_batch(crops))
        return tuple(
            GradeOutput(
                item.code,
                level,
                dict(zip(item.scores, by_item[item.code][k].double().tolist(), strict=True)),
            )
            for k, level in enumerate(frames)
            for item in ITEMS
        )


def as_batch(crops: list[DiscCrops]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Crops of several discs as the grader's three inputs."""
    return (
        torch.from_numpy(np.stack([c.sagittal for c in crops])),
        torch.from_numpy(np.stack([c.axial for c in crops])),
        torch.from_numpy(np.stack([c.has for c in crops])),
    )


def _input_notes(pair: SagittalPair) -> tuple[str, ...]:
    if pair.t2 is None:
        return ("No sagittal T2 series: structures and levels only, grades are withheld.",)
    if pair.t1 is None:
        return ("No sagittal T1 series: Modic grades rest on T2 alone.",)
    return ()


def _confidence_notes(levels: tuple[LevelLocation, ...]) -> tuple[str, ...]:
    unsure = [f.level for f in levels if f.confidence < _LOW_CONFIDENCE]
    return (f"Low confidence in the place of {', '.join(unsure)}.",) if unsure else ()
