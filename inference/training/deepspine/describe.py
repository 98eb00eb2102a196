"""What no run changes in `metadata.json` of deepspine; the layout is a MONAI bundle's."""

from __future__ import annotations

from typing import Any, Final

from inference.anatomy.crops import AXIAL_SLICES, CROP_SIZE
from inference.contract import MEASURES, STRUCTURES
from inference.pipelines.deepspine.crops import FORAMEN_MM, MIDLINE_MM
from inference.pipelines.deepspine.network import TASKS
from inference.pipelines.deepspine.pipeline import DeepSpine
from inference.training.limits import INTENDED_USE, LEVELS_ARE_COUNTED, SYNTHETIC_ONLY
from inference.training.segmentation import LEARNT_UP_TO_MM

LIMITS: Final = (
    *LEVELS_ARE_COUNTED,
    "Learnt with all grades weighing alike (class-balanced loss): rare grades are proposed more "
    "often than they occur, and probabilities lean the same way.",
    SYNTHETIC_ONLY,
)


def describe() -> dict[str, Any]:
    """Name, purpose, inputs, outputs and limits; the run adds the rest."""
    return {
        "name": DeepSpine.name,
        "version": DeepSpine.version,
        "changelog": {"1": "first weights, trained on synthetic exams"},
        "task": "Level finding and grading of lumbar spine MRI, each side by itself",
        "description": "The chain of Lu et al. 2018 (DeepSPINE, arXiv 1807.10215), written anew: "
        "a segmenter finds the levels, crops of every series go into a network of grouped "
        "residual branches that grades several items at once. Right and left share all weights. "
        "The segmenter is that of lumbar_grading.",
        "intended_use": INTENDED_USE,
        "limits": list(LIMITS),
        "data_type": "MR, float32, modality values",
        "inputs": [
            "sagittal T2 stack (grades need it; without it structures and levels only)",
            "sagittal T1 stack (optional)",
            "axial T2 stacks through the discs (recesses need them; optional for the rest)",
        ],
        "outputs": {
            "segmentation": dict({"0": "background"}, **{str(k): v for k, v in STRUCTURES.items()}),
            "grades": {task.code: list(task.scores) for task in TASKS},
            "measures": list(MEASURES),
        },
        "learnt_up_to_mm": dict(LEARNT_UP_TO_MM),
        "grader_data_format": {
            "midline": [len(MIDLINE_MM), 2, CROP_SIZE, CROP_SIZE],
            "foramina": [2, len(FORAMEN_MM), 2, CROP_SIZE, CROP_SIZE],
            "axial": [AXIAL_SLICES, CROP_SIZE, CROP_SIZE],
            "has": [3 + AXIAL_SLICES],
        },
    }
