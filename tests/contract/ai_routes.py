"""Addresses of AI models and runs: (method, route), all for coordinators and nobody else."""

from __future__ import annotations

_VERSION = "api/v1/pipeline-versions/<str:pipeline>"
_PAGE = "pipelines/<str:pipeline>"

AI_ROUTES = (
    ("get", "api/v1/jobs/"),
    ("post", "api/v1/jobs/"),
    ("post", "api/v1/jobs/<int:job_id>/retry/"),
    ("get", "api/v1/pipelines/"),
    ("get", "api/v1/pipeline-versions/"),
    ("get", f"{_VERSION}/"),
    ("post", f"{_VERSION}/retire/"),
    ("post", f"{_VERSION}/activate/"),
    ("get", "api/v1/batches/"),
    ("post", "api/v1/batches/"),
    ("get", "api/v1/batches/<int:batch_id>/"),
    ("get", "ai-runs/"),
    ("get", "pipelines/"),
    ("get", f"{_PAGE}/"),
    ("post", f"{_PAGE}/retire/"),
    ("post", f"{_PAGE}/activate/"),
    ("post", f"{_PAGE}/run/"),
    ("get", "shadow-runs/"),
    ("post", "shadow-runs/"),
)
