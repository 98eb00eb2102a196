"""How lumbar_grading is trained: a segmenter, then a grader; calibration of every head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import torch
from torch import nn

from inference.pipelines.lumbar_grading.network import LumbarNetworks
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.exams import TrainingExam
from inference.training.loop import Say
from inference.training.lumbar_grading.batches import DiscTensors, GradingBatches
from inference.training.lumbar_grading.calibration import calibrate
from inference.training.lumbar_grading.describe import describe
from inference.training.lumbar_grading.losses import GradingLoss
from inference.training.lumbar_grading.samples import UNKNOWN, ExamSamples, exam_samples
from inference.training.randomisation import PLAIN_SHARE
from inference.training.recipe import PlainTable, Stage, Values
from inference.training.segmentation import PREPROCESSING, SegmentationLoss, growing_batches
from inference.training.sources import DataError

_DEMO: Final[Values] = {
    "exams": 300,
    "mask_exams": 300,
    "validation_exams": 240,
    "test_exams": 40,
    "segmenter_steps": 1600,
    "grader_steps": 1500,
    "segmenter_batch": 8,
    "segmenter_patch": 192,
    "segmenter_variety": 1.0,
    "grader_batch": 32,
    "plain_share": 0.6,
    "segmenter_rate": 3e-3,
    "grader_rate": 2e-3,
    "severity_gain": 1.0,
}
_QUICK: Final[Values] = {
    **_DEMO,
    "exams": 16,
    "mask_exams": 0,
    "validation_exams": 4,
    "test_exams": 4,
    "segmenter_steps": 400,
    "grader_steps": 130,
    "segmenter_batch": 4,
    "grader_batch": 8,
    "segmenter_patch": 128,
    "segmenter_variety": 0.25,
    "segmenter_rate": 8e-3,
    "grader_rate": 3e-3,
    "plain_share": 1.0,
    "severity_gain": 5.0,
}
"""Images that are changed little, at first parts of them, few discs a step, and severities that
begin spread over their cuts: what one processor learns in a minute, from nothing."""


class LumbarGradingRecipe(PlainTable):
    """See recipe.Recipe. "paper": as demo with more exams and steps; it follows no one paper.

    Strong randomisation comes in the second half of the segmenter's steps: begun from nothing with
    it, 500 and 960 steps learnt next to nothing.
    """

    name = LumbarGrading.name
    presets: Mapping[str, Values] = {
        "demo": _DEMO,
        "paper": {
            **_DEMO,
            "exams": 3000,
            "mask_exams": 3000,
            "validation_exams": 400,
            "test_exams": 200,
            "plain_share": PLAIN_SHARE,
        }
        | {"segmenter_steps": 30_000, "grader_steps": 20_000},
        "quick": _QUICK,
    }
    preprocessing = PREPROCESSING

    def samples(self, exam: TrainingExam) -> ExamSamples:
        """Planes with masks, crops with grades."""
        return exam_samples(exam)

    def build(self, values: Values) -> LumbarNetworks:
        """Both networks; severity_gain: how much wider than drawn severities begin to spread."""
        networks = LumbarNetworks()
        with torch.no_grad():
            for code in networks.grader.steps:
                cast("nn.Linear", networks.grader.heads[code]).weight.mul_(values["severity_gain"])
        return networks

    def stages(
        self, networks: nn.Module, samples: Sequence[Any], values: Values, seed: int, say: Say
    ) -> Iterator[Stage]:
        """The segmenter where there are masks, the grader where there are grades."""
        both, exams = cast("LumbarNetworks", networks), cast("Sequence[ExamSamples]", samples)
        has_masks = any(len(exam.masks) for exam in exams)
        has_grades = any(bool((exam.grades != UNKNOWN).any()) for exam in exams)
        if not has_masks and not has_grades:
            raise DataError(
                "These data have neither masks nor grades that lumbar_grading learns. Choose "
                "other data, other --labels, or another pipeline."
            )
        if has_masks and values["segmenter_steps"]:
            yield Stage(
                "segmenter",
                both.segmenter,
                growing_batches(
                    exams,
                    int(values["segmenter_batch"]),
                    seed,
                    steps=int(values["segmenter_steps"]),
                    plain_share=values["plain_share"],
                    patch=int(values["segmenter_patch"]),
                    variety=values["segmenter_variety"],
                ),
                SegmentationLoss(),
                int(values["segmenter_steps"]),
                values["segmenter_rate"],
            )
        else:
            say("no masks, or no steps: the segmenter stays as it is (see --init)")
        if has_grades and values["grader_steps"]:
            yield Stage(
                "grader",
                both.grader,
                GradingBatches(DiscTensors.of(exams), int(values["grader_batch"]), seed),
                GradingLoss(),
                int(values["grader_steps"]),
                values["grader_rate"],
            )
        else:
            say("no grades, or no steps: the grader stays as it is (see --init)")

    def calibrate(self, networks: nn.Module, samples: Sequence[Any]) -> dict[str, float]:
        """Temperature or slope of every head that has labelled discs."""
        exams = [exam for exam in cast("Sequence[ExamSamples]", samples) if exam.crops]
        if not exams:
            return {}
        return calibrate(cast("LumbarNetworks", networks), DiscTensors.of(exams))

    def describe(self) -> dict[str, Any]:
        """The fixed part of the metadata."""
        return describe()

    def pipeline(self, folder: Path) -> LumbarGrading:
        """The whole pipeline."""
        return LumbarGrading(folder)
