"""Jobs and what came of them, one model a file."""

from inference.models.job import Job
from inference.models.prediction import (
    LocatedLevel,
    PredictedDetection,
    PredictedGrade,
    PredictedOutline,
    PredictedSegmentation,
    Prediction,
)

__all__ = [
    "Job",
    "LocatedLevel",
    "PredictedDetection",
    "PredictedGrade",
    "PredictedOutline",
    "PredictedSegmentation",
    "Prediction",
]
