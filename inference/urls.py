"""Addresses of the app: under /api/v1/ and of its pages."""

from django.urls import path

from inference.api.batches import BatchesView, BatchView
from inference.api.clinical_reports import (
    ClinicalReportsView,
    ClinicalReportView,
    ReportLabelsCsvView,
    ReportReviewsView,
)
from inference.api.jobs import JobRetryView, JobsView, PipelinesView
from inference.api.pipeline_versions import (
    PipelineActivateView,
    PipelineRetireView,
    PipelineVersionsView,
    PipelineVersionView,
)
from inference.pages import pipelines
from inference.pages.clinical_reports import (
    ClinicalReportPage,
    ClinicalReportsPage,
    ReleaseReport,
    ReviewLabel,
)
from inference.pages.jobs import JobsPage
from inference.pages.lexicon import LexiconPage, ReadAnew
from inference.pages.report_imports import ImportReportsPage

ONE_REPORT = "clinical-reports/<int:clinical_report_id>"

VERSION = "pipeline-versions/<str:pipeline>"

api_urlpatterns = [
    path("jobs/", JobsView.as_view(), name="api-jobs"),
    path("jobs/<int:job_id>/retry/", JobRetryView.as_view(), name="api-job-retry"),
    path("pipelines/", PipelinesView.as_view(), name="api-pipelines"),
    path("pipeline-versions/", PipelineVersionsView.as_view(), name="api-pipeline-versions"),
    path(f"{VERSION}/", PipelineVersionView.as_view(), name="api-pipeline-version"),
    path(f"{VERSION}/retire/", PipelineRetireView.as_view(), name="api-pipeline-retire"),
    path(f"{VERSION}/activate/", PipelineActivateView.as_view(), name="api-pipeline-activate"),
    path("batches/", BatchesView.as_view(), name="api-batches"),
    path("batches/<int:batch_id>/", BatchView.as_view(), name="api-batch"),
    path("clinical-reports/", ClinicalReportsView.as_view(), name="api-clinical-reports"),
    path(
        f"{ONE_REPORT}/",
        ClinicalReportView.as_view(),
        name="api-clinical-report",
    ),
    path(f"{ONE_REPORT}/reviews/", ReportReviewsView.as_view(), name="api-report-reviews"),
    path("report-labels.csv", ReportLabelsCsvView.as_view(), name="api-report-labels"),
]

page_urlpatterns = [
    path("ai-runs/", JobsPage.as_view(), name="jobs"),
    path("pipelines/", pipelines.PipelinesPage.as_view(), name="pipelines"),
    path("pipelines/<str:pipeline>/", pipelines.PipelinePage.as_view(), name="pipeline"),
    path(
        "pipelines/<str:pipeline>/retire/",
        pipelines.RetirePipeline.as_view(),
        name="retire-pipeline",
    ),
    path(
        "pipelines/<str:pipeline>/activate/",
        pipelines.ActivatePipeline.as_view(),
        name="activate-pipeline",
    ),
    path("pipelines/<str:pipeline>/run/", pipelines.RunPipeline.as_view(), name="run-pipeline"),
    path("clinical-reports/", ClinicalReportsPage.as_view(), name="clinical-reports"),
    path("clinical-reports/import/", ImportReportsPage.as_view(), name="import-reports"),
    path("clinical-reports/lexicon/", LexiconPage.as_view(), name="lexicon"),
    path("clinical-reports/lexicon/read-anew/", ReadAnew.as_view(), name="read-anew"),
    path(f"{ONE_REPORT}/", ClinicalReportPage.as_view(), name="clinical-report"),
    path(f"{ONE_REPORT}/review/", ReviewLabel.as_view(), name="review-label"),
    path(f"{ONE_REPORT}/release/", ReleaseReport.as_view(), name="release-report"),
]
