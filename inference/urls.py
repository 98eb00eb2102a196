"""Addresses of the app: under /api/v1/ and of its pages."""

from django.urls import path

from inference.api.clinical_reports import (
    ClinicalReportsView,
    ClinicalReportView,
    ReportLabelsCsvView,
    ReportReviewsView,
)
from inference.api.jobs import JobRetryView, JobsView, PipelinesView
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

api_urlpatterns = [
    path("jobs/", JobsView.as_view(), name="api-jobs"),
    path("jobs/<int:job_id>/retry/", JobRetryView.as_view(), name="api-job-retry"),
    path("pipelines/", PipelinesView.as_view(), name="api-pipelines"),
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
    path("clinical-reports/", ClinicalReportsPage.as_view(), name="clinical-reports"),
    path("clinical-reports/import/", ImportReportsPage.as_view(), name="import-reports"),
    path("clinical-reports/lexicon/", LexiconPage.as_view(), name="lexicon"),
    path("clinical-reports/lexicon/read-anew/", ReadAnew.as_view(), name="read-anew"),
    path(f"{ONE_REPORT}/", ClinicalReportPage.as_view(), name="clinical-report"),
    path(f"{ONE_REPORT}/review/", ReviewLabel.as_view(), name="review-label"),
    path(f"{ONE_REPORT}/release/", ReleaseReport.as_view(), name="release-report"),
]
