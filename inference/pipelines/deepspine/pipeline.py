"""Lumbar MR: levels, then canal, recesses, foramina and discs. Not for clinical use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from inference.anatomy.crops import disc_frames, normalised_axial
from inference.anatomy.preprocess import SagittalPair
from inference.anatomy.spine import find_spine, flags_of, measures_of
from inference.anatomy.transition import less_sure
from inference.contract import (
    ExamInput,
    GradeOutput,
    LevelLocation,
    PredictionOutput,
    Progress,
    StackInput,
    StageClock,
)
from inference.pipelines.deepspine.crops import SIDES, LevelCrops, Side, as_batch, level_crops
from inference.pipelines.deepspine.evidence import Shown, evidence_of_grades
from inference.pipelines.deepspine.network import CELLS, DeepSpineNetworks, Task, shape_in
from inference.pipelines.weights_folder import load_weights, placed, read_metadata


class DeepSpine:
    """The chain of Lu et al. 2018: segment, name the levels, crop every series, grade together.

    folder: where `weights.safetensors` and `metadata.json` lie; the pipeline's own by
    default. Raises WeightsError where they are missing or don't belong together.
    """

    name = "deepspine"
    version = "1"

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or Path(__file__).parent
        told = read_metadata(self.name, folder)
        self.networks = DeepSpineNetworks(shape_in(told["training"]["settings"]["values"]))
        self.metadata, self.weights_sha256 = load_weights(self.networks, self.name, folder)
        self.version = str(self.metadata["version"])
        self.device = placed(self.networks)

    def run(self, exam: ExamInput, progress: Progress) -> PredictionOutput:
        """Predict; PipelineInputError where the exam has no sagittal stack."""
        clock = StageClock(progress)
        spine = find_spine(self.networks.segmenter, exam, clock)
        clock("grade", 0.8, "grading the discs")
        axial = normalised_axial(exam)
        crops = crops_of(spine.pair, spine.levels, axial)
        grades = self._grades(crops)
        clock("measure", 0.95, "measuring the discs")
        measures = measures_of(spine)
        flags = flags_of(spine, self.metadata, measures)
        clock("evidence", 0.97, "finding what the grades rested on")
        shown = Shown(disc_frames(spine.levels), spine.pair.t2, axial)
        evidence = evidence_of_grades(self.networks.grader, crops, shown, grades)
        progress(1.0, "prediction ready")
        return PredictionOutput(
            levels=less_sure(spine.levels, flags),
            grades=grades,
            segmentations=spine.segmentations,
            outlines=spine.outlines,
            measures=measures,
            flags=flags,
            notes=(*spine.notes, *_notes(spine.pair, crops)),
            stage_seconds=clock.seconds(),
            evidence=evidence,
        )

    def _grades(self, crops: Mapping[str, LevelCrops]) -> tuple[GradeOutput, ...]:
        """Probabilities of every cell that can be seen."""
        if not crops:
            return ()
        with torch.inference_mode():
            found = self.networks.probabilities(*as_batch([*crops.values()]))
        return tuple(
            GradeOutput(
                task.code,
                level,
                dict(zip(task.scores, found[cell][k].double().tolist(), strict=True)),
                side,
            )
            for k, (level, seen) in enumerate(crops.items())
            for cell, (task, side) in enumerate(CELLS)
            if is_visible(task, side, seen)
        )


def crops_of(
    pair: SagittalPair, levels: tuple[LevelLocation, ...], axial: tuple[StackInput, ...]
) -> dict[str, LevelCrops]:
    """Disc level -> its crops; none without a sagittal T2 stack. axial: normalised."""
    t2, t1 = pair.scaled.t2, pair.scaled.t1
    if t2 is None:
        return {}
    return {
        level: level_crops(frame, t2, t1, axial) for level, frame in disc_frames(levels).items()
    }


def is_visible(task: Task, side: Side, crops: LevelCrops) -> bool:
    """Whether the slices at this disc show what the task grades."""
    if task.needs_axial:
        return crops.has_axial
    return not side or crops.has_side(side)


def _notes(pair: SagittalPair, crops: Mapping[str, LevelCrops]) -> tuple[str, ...]:
    if pair.t2 is None:
        return ("No sagittal T2 series: structures and levels only, grades are withheld.",)
    notes = []
    if pair.t1 is None:
        notes.append("No sagittal T1 series: foramina are graded on T2 alone.")
    flat = [level for level, seen in crops.items() if not seen.has_axial]
    if flat:
        notes.append(
            f"No axial T2 slice through {', '.join(flat)}: recesses are not graded there, and the "
            "canal on sagittal slices alone."
        )
    short = [
        f"{level} {side}"
        for level, seen in crops.items()
        for side in SIDES
        if not seen.has_side(side)
    ]
    if short:
        notes.append(f"The sagittal slices don't reach the foramen: {', '.join(short)}.")
    return tuple(notes)
