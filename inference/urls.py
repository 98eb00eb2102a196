"""Addresses of the app: under /api/v1/ and of its pages."""

from django.urls import path

from inference.api.jobs import JobRetryView, JobsView, PipelinesView
from inference.pages.jobs import JobsPage

api_urlpatterns = [
    path("jobs/", JobsView.as_view(), name="api-jobs"),
    path("jobs/<int:job_id>/retry/", JobRetryView.as_view(), name="api-job-retry"),
    path("pipelines/", PipelinesView.as_view(), name="api-pipelines"),
]

page_urlpatterns = [path("ai-runs/", JobsPage.as_view(), name="jobs")]
