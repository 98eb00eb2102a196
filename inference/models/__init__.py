"""Jobs and what came of them, one model a file."""

from inference.models.batch import Batch, BatchJob
from inference.models.clinical_report import ClinicalReport, ReportImport
from inference.models.job import Job
from inference.models.pipeline_version import PipelineVersion
from inference.models.prediction import (
    LocatedLevel,
    PredictedDetection,
    PredictedEvidence,
    PredictedGrade,
    PredictedMeasure,
    PredictedOutline,
    PredictedSegmentation,
    Prediction,
)
from inference.models.report_label import LexiconChange, ReportLabel, ReportReview, ReportRun

__all__ = [
    "Batch",
    "BatchJob",
    "ClinicalReport",
    "Job",
    "LexiconChange",
    "LocatedLevel",
    "PipelineVersion",
    "PredictedDetection",
    "PredictedEvidence",
    "PredictedGrade",
    "PredictedMeasure",
    "PredictedOutline",
    "PredictedSegmentation",
    "Prediction",
    "ReportImport",
    "ReportLabel",
    "ReportReview",
    "ReportRun",
]
