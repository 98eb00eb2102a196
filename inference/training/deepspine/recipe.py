"""How deepspine is trained: its grader; the segmenter is the product's, or that of --init."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from safetensors.torch import load as load_tensors
from torch import nn

from inference.pipelines.deepspine.network import DeepSpineNetworks, shape_in
from inference.pipelines.deepspine.pipeline import DeepSpine
from inference.training.bundle import WEIGHTS_FILE
from inference.training.deepspine.batches import DiscTensors, GradingBatches
from inference.training.deepspine.calibration import calibrate
from inference.training.deepspine.describe import describe
from inference.training.deepspine.losses import GradingLoss, class_weights
from inference.training.deepspine.samples import SEGMENTER_FOLDER, ExamSamples, exam_samples
from inference.training.deepspine.table import paper_table
from inference.training.exams import TrainingExam
from inference.training.loop import Say
from inference.training.recipe import RecipeError, Stage, Values
from inference.training.segmentation import PREPROCESSING
from inference.training.sources import DataError

_DEMO: Final[Values] = {
    "exams": 260,
    "validation_exams": 60,
    "test_exams": 30,
    "grader_steps": 1200,
    "grader_batch": 16,
    "grader_rate": 2e-3,
    "balance_beta": 0.999,
    "report_weight": 0.5,
    "width": 16,
    "blocks": 1,
    "cardinality": 8,
    "features": 64,
}


class DeepSpineRecipe:
    """See recipe.Recipe.

    "paper": branches as wide as the first stages of ResNeXt-50; the sizes of DeepSPINE's own were
    not found. balance_beta and report_weight: see losses and batches; both from 0 to 1.
    """

    name = DeepSpine.name
    population = "rich"
    presets: Mapping[str, Values] = {
        "demo": _DEMO,
        "paper": {**_DEMO, "exams": 4000, "validation_exams": 400, "test_exams": 400}
        | {"grader_steps": 40_000, "grader_batch": 64, "grader_rate": 5e-4}
        | {"width": 128, "blocks": 3, "cardinality": 32, "features": 256},
        "quick": {**_DEMO, "exams": 12, "validation_exams": 3, "test_exams": 2}
        | {"grader_steps": 60, "grader_batch": 8, "features": 32},
    }
    preprocessing = (
        *PREPROCESSING,
        "inference.anatomy.spine",
        "inference.pipelines.deepspine.crops",
    )

    def samples(self, exam: TrainingExam) -> ExamSamples:
        """Crops with labels."""
        return exam_samples(exam)

    def build(self, values: Values) -> DeepSpineNetworks:
        """A new grader beside the segmenter of lumbar_grading."""
        for name in ("balance_beta", "report_weight"):
            if not 0 <= values[name] <= 1 or (name == "balance_beta" and values[name] == 1):
                raise RecipeError(f"--set {name}: give a number from 0 to 1 (beta: below 1).")
        networks = DeepSpineNetworks(shape_in(values))
        known = load_tensors((SEGMENTER_FOLDER / WEIGHTS_FILE).read_bytes())
        own = "segmenter."
        networks.segmenter.load_state_dict(
            {k.removeprefix(own): v.float() for k, v in known.items() if k.startswith(own)}
        )
        return networks

    def stages(
        self, networks: nn.Module, samples: Sequence[Any], values: Values, seed: int, say: Say
    ) -> Iterator[Stage]:
        """The grader alone."""
        exams = cast("Sequence[ExamSamples]", samples)
        usable = [exam for exam in exams if exam.crops]
        if not usable:
            raise DataError(
                "None of these exams has both a disc whose level is found and a label that "
                "deepspine learns (canal, foramina, recesses, Pfirrmann). Choose other data or "
                "other --labels."
            )
        for exam in exams:
            if not exam.crops:
                say(f"nothing is learnt from {exam.exam_key}: no label, no T2, or no level found")
        discs = DiscTensors.of(usable, values["report_weight"])
        known = int((discs.targets >= 0).sum())
        say(f"grader: {known} labels of {len(discs.targets)} discs of {len(usable)} exams")
        yield Stage(
            "grader",
            cast("DeepSpineNetworks", networks).grader,
            GradingBatches(discs, int(values["grader_batch"]), seed),
            GradingLoss(class_weights(discs, values["balance_beta"])),
            int(values["grader_steps"]),
            values["grader_rate"],
        )

    def calibrate(self, networks: nn.Module, samples: Sequence[Any]) -> dict[str, float]:
        """Temperature of every task that has labels; a report's label counts like any other."""
        exams = [exam for exam in cast("Sequence[ExamSamples]", samples) if exam.crops]
        if not exams:
            return {}
        return calibrate(cast("DeepSpineNetworks", networks), DiscTensors.of(exams, 1.0))

    def describe(self) -> dict[str, Any]:
        """The fixed part of the metadata."""
        return describe()

    def pipeline(self, folder: Path) -> DeepSpine:
        """The whole pipeline."""
        return DeepSpine(folder)

    def table(self, figures: Mapping[str, Any]) -> str:
        """In the paper's form."""
        return paper_table(figures)
