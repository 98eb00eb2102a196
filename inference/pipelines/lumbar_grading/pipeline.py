"""Lumbar MR: one exam in, structures, levels and grades out. Not for clinical use."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch

from inference.anatomy.crops import disc_frames
from inference.anatomy.preprocess import SagittalPair
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
from inference.pipelines.lumbar_grading.evidence import evidence_of_grades
from inference.pipelines.lumbar_grading.network import ITEMS, LumbarNetworks
from inference.pipelines.lumbar_grading.seen import SeenDiscs, as_batch, see
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
        seen = see(exam, spine.pair, spine.levels)
        grades = self._grades(seen)
        main, labels = spine.stacks[0]
        boxes, without = detections(grades, disc_frames(spine.levels), labels, main)
        clock("measure", 0.95, "measuring the discs")
        measures = measures_of(spine)
        flags = flags_of(spine, self.metadata, measures)
        clock("evidence", 0.97, "finding what the grades rested on")
        evidence = evidence_of_grades(self.networks.grader, seen, grades)
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
            evidence=evidence,
        )

    def _grades(self, seen: SeenDiscs) -> tuple[GradeOutput, ...]:
        """Probabilities of every item at every disc seen."""
        if not seen.crops:
            return ()
        with torch.inference_mode():
            by_item = self.networks.probabilities(*as_batch([*seen.crops.values()]))
        return tuple(
            GradeOutput(
                item.code,
                level,
                dict(zip(item.scores, by_item[item.code][k].double().tolist(), strict=True)),
            )
            for k, level in enumerate(seen.crops)
            for item in ITEMS
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
