"""What an API token may be allowed to do.

A view names the scope of each method in `token_scopes`; a method that isn't named there answers
no token. A scope only narrows: the permissions of the view still ask the token's owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ANY_SCOPE: Final = "*"
"""Open to every valid token, whatever its scopes."""
EXAMS_READ: Final = "exams:read"
UPLOADS_WRITE: Final = "uploads:write"
JOBS_READ: Final = "jobs:read"
JOBS_WRITE: Final = "jobs:write"
PIPELINES_WRITE: Final = "pipelines:write"
AGREEMENT_READ: Final = "agreement:read"
EXPORTS_READ: Final = "exports:read"
DESIGN_READ: Final = "design:read"
ADJUDICATION_READ: Final = "adjudication:read"
ADJUDICATION_WRITE: Final = "adjudication:write"
REPORTS_READ: Final = "reports:read"
REPORTS_WRITE: Final = "reports:write"

SCOPES: Final[Mapping[str, str]] = {
    EXAMS_READ: "Read exams, cohorts, quarantine and DICOMweb",
    UPLOADS_WRITE: "Send files and follow their import",
    JOBS_READ: "Read AI runs and AI models",
    JOBS_WRITE: "Start AI runs and retry failed ones",
    PIPELINES_WRITE: "Retire AI models and take them back into use",
    AGREEMENT_READ: "Read agreement statistics",
    EXPORTS_READ: "Download exported readings",
    DESIGN_READ: "Read protocols and schedules",
    ADJUDICATION_READ: "Read the adjudication queue, its cases and references",
    ADJUDICATION_WRITE: "Decide queued cases (with the signer's password)",
    REPORTS_READ: "Read clinical reports and their labels",
    REPORTS_WRITE: "Import clinical reports and review their labels",
}
"""Scope -> what it allows, in the words of the page that makes tokens."""
