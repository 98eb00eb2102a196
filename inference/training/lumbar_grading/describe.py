"""What no run changes in `metadata.json` of lumbar_grading; the layout is a MONAI bundle's."""

from __future__ import annotations

from typing import Any, Final

from inference.anatomy.crops import AXIAL_SLICES, CROP_SIZE, SAGITTAL_OFFSETS_MM
from inference.anatomy.preprocess import WORKING_SPACING_MM
from inference.contract import MEASURES, STRUCTURES
from inference.pipelines.lumbar_grading.detections import RULES, THRESHOLD
from inference.pipelines.lumbar_grading.network import ITEMS
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.limits import INTENDED_USE, LEVELS_ARE_COUNTED, SYNTHETIC_ONLY
from inference.training.segmentation import LEARNT_UP_TO_MM

CHANGELOG: Final = {
    "1": "first weights, trained on synthetic exams",
    "2": "boxes around discs of Pfirrmann grade 4 or 5 and narrowed canals; same weights",
}

LIMITS: Final = (
    *LEVELS_ARE_COUNTED,
    "Grades come with probabilities and no refusal: on images unlike those learnt from they may be "
    "sure and wrong.",
    SYNTHETIC_ONLY,
)


def describe() -> dict[str, Any]:
    """Name, purpose, inputs, outputs and limits; the run adds the rest."""
    return {
        "name": LumbarGrading.name,
        "version": LumbarGrading.version,
        "changelog": CHANGELOG,
        "task": "Segmentation, level finding and grading of lumbar spine MRI",
        "description": "A 2-D U-Net segments sagittal slices, levels are counted up from the "
        "sacrum and a multi-input network grades every disc.",
        "intended_use": INTENDED_USE,
        "limits": list(LIMITS),
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
            "measures": list(MEASURES),
        },
        "learnt_up_to_mm": dict(LEARNT_UP_TO_MM),
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
