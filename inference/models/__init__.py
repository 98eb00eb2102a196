"""Jobs and what came of them, one model a file."""

from inference.models.batch import Batch, BatchJob
from inference.models.job import Job
from inference.models.pipeline_version import PipelineVersion
from inference.models.prediction import (
    LocatedLevel,
    PredictedDetection,
    PredictedGrade,
    PredictedOutline,
    PredictedSegmentation,
    Prediction,
)

__all__ = [
    "Batch",
    "BatchJob",
    "Job",
    "LocatedLevel",
    "PipelineVersion",
    "PredictedDetection",
    "PredictedGrade",
    "PredictedOutline",
    "PredictedSegmentation",
    "Prediction",
]
