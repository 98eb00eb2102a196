"""`metadata.json` of lumbar_grading, in the layout of a MONAI bundle."""

from __future__ import annotations

from typing import Any, Final

import monai
import numpy as np
import torch

from inference.contract import STRUCTURES
from inference.pipelines.lumbar_grading.crops import AXIAL_SLICES, CROP_SIZE, SAGITTAL_OFFSETS_MM
from inference.pipelines.lumbar_grading.detections import RULES, THRESHOLD
from inference.pipelines.lumbar_grading.network import ITEMS
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.pipelines.lumbar_grading.preprocess import WORKING_SPACING_MM

CHANGELOG: Final = {
    "1": "first weights, trained on synthetic exams",
    "2": "boxes around discs of Pfirrmann grade 4 or 5 and narrowed canals; same weights",
}
INTENDED_USE: Final = "Demonstration of reader studies with AI; not for clinical use."


def describe(
    *, training: dict[str, Any], evaluation: dict[str, Any], trained_on: str
) -> dict[str, Any]:
    """All but the weights' SHA-256, which is added when they are written."""
    return {
        "name": LumbarGrading.name,
        "version": LumbarGrading.version,
        "changelog": CHANGELOG,
        "monai_version": monai.__version__,
        "pytorch_version": torch.__version__,
        "numpy_version": np.__version__,
        "task": "Segmentation, level finding and grading of lumbar spine MRI",
        "description": "A 2-D U-Net segments sagittal slices, levels are counted up from the "
        "sacrum and a multi-input network grades every disc.",
        "intended_use": INTENDED_USE,
        "date": trained_on,
        "data_source": "Synthetic exams of the project's own phantom; no patient's images.",
        "data_type": "MR, float32, modality values",
        "inputs": [
            "sagittal T2 stack (grades need it; without it structures and levels only)",
            "sagittal T1 stack (optional)",
            "axial T2 stacks through the discs (optional)",
        ],
        "outputs": {
            "segmentation": dict({"0": "background"}, **{str(k): v for k, v in STRUCTURES.items()}),
            "grades": {item.code: list(item.scores) for item in ITEMS},
            "detections": {rule.item: f">= {rule.at_least}" for rule in RULES},
            "detection_threshold": THRESHOLD,
        },
        "training": training,
        "eval_metrics": evaluation,
        "network_data_format": {
            "inputs": {
                "image": {
                    "type": "image",
                    "format": "magnitude",
                    "modality": "MR",
                    "num_channels": 2,
                    "spatial_shape": ["16*n", "16*n"],
                    "dtype": "float32",
                    "value_range": [0, 1.5],
                    "is_patch_data": False,
                    "channel_def": {"0": "sagittal T2", "1": "sagittal T1"},
                    "spacing_mm": WORKING_SPACING_MM,
                }
            },
            "outputs": {
                "pred": {
                    "type": "image",
                    "format": "segmentation",
                    "num_channels": len(STRUCTURES) + 1,
                    "spatial_shape": ["16*n", "16*n"],
                    "dtype": "float32",
                    "value_range": [0, 1],
                    "is_patch_data": False,
                    "channel_def": dict(
                        {"0": "background"}, **{str(k): v for k, v in STRUCTURES.items()}
                    ),
                }
            },
        },
        "grader_data_format": {
            "sagittal": [len(SAGITTAL_OFFSETS_MM), 2, CROP_SIZE, CROP_SIZE],
            "axial": [AXIAL_SLICES, CROP_SIZE, CROP_SIZE],
            "has": [1 + AXIAL_SLICES],
        },
    }
