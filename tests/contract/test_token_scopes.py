"""Which API addresses a token may use, and with which scope. A new one is closed to tokens."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from spinestudy.accounts.services.api_tokens import create_token
from spinestudy.common.token_scopes import SCOPES
from tests.contract.routes import routes
from tests.contract.test_permission_matrix import DICOMWEB, MATRIX
from tests.factories.reader_studies import exam, opened_reader_study, reading_of

READER_STUDY = "api/v1/reader-studies/<int:reader_study_id>"
SCOPE_OF: dict[tuple[str, str], str] = {
    ("get", "api/v1/me/"): "*",
    ("get", "api/v1/imaging-studies/"): "exams:read",
    ("get", "api/v1/imaging-studies/<int:imaging_study_id>/"): "exams:read",
    ("get", "api/v1/cohorts/"): "exams:read",
    ("get", "api/v1/quarantined-files/"): "exams:read",
    **{("get", f"dicomweb/{route}"): "exams:read" for route in DICOMWEB},
    ("get", "api/v1/uploads/"): "uploads:write",
    ("post", "api/v1/uploads/"): "uploads:write",
    ("get", "api/v1/uploads/<int:upload_id>/"): "uploads:write",
    ("post", "api/v1/uploads/<int:upload_id>/files/"): "uploads:write",
    ("get", "api/v1/jobs/"): "jobs:read",
    ("post", "api/v1/jobs/"): "jobs:write",
    ("post", "api/v1/jobs/<int:job_id>/retry/"): "jobs:write",
    ("get", "api/v1/pipelines/"): "jobs:read",
    ("get", "api/v1/pipeline-versions/"): "jobs:read",
    ("get", "api/v1/pipeline-versions/<str:pipeline>/"): "jobs:read",
    ("post", "api/v1/pipeline-versions/<str:pipeline>/retire/"): "pipelines:write",
    ("post", "api/v1/pipeline-versions/<str:pipeline>/activate/"): "pipelines:write",
    ("get", "api/v1/batches/"): "jobs:read",
    ("post", "api/v1/batches/"): "jobs:write",
    ("get", "api/v1/batches/<int:batch_id>/"): "jobs:read",
    ("get", f"{READER_STUDY}/agreement/"): "agreement:read",
    **{
        ("get", f"{READER_STUDY}/agreement/{part}/"): "agreement:read"
        for part in ("pair", "strata", "ai")
    },
    ("get", f"{READER_STUDY}/readings.<str:file_format>"): "exports:read",
    ("get", f"{READER_STUDY}/data-dictionary.csv"): "exports:read",
    ("get", f"{READER_STUDY}/tables/<slug:table>.csv"): "exports:read",
    ("get", f"{READER_STUDY}/tables/<slug:table>/dictionary.csv"): "exports:read",
    ("get", f"{READER_STUDY}/reports/"): "exports:read",
    ("get", f"{READER_STUDY}/reports/<int:report_id>/"): "exports:read",
    ("get", f"{READER_STUDY}/reports/<int:report_id>/files/<str:name>"): "exports:read",
}
SCOPE_OF |= {
    ("get", "api/v1/clinical-reports/"): "reports:read",
    ("post", "api/v1/clinical-reports/"): "reports:write",
    ("get", "api/v1/clinical-reports/<int:clinical_report_id>/"): "reports:read",
    ("post", "api/v1/clinical-reports/<int:clinical_report_id>/reviews/"): "reports:write",
    ("get", "api/v1/report-labels.csv"): "reports:read",
    ("get", f"{READER_STUDY}/report-labels/"): "agreement:read",
}
QUEUED = f"{READER_STUDY}/adjudication/<int:arm_id>/<int:case_id>"
SCOPE_OF |= {
    ("get", f"{READER_STUDY}/protocol/"): "design:read",
    ("get", f"{READER_STUDY}/schedule/"): "design:read",
    ("get", f"{READER_STUDY}/references/"): "adjudication:read",
    ("get", f"{READER_STUDY}/adjudication/"): "adjudication:read",
    ("get", f"{QUEUED}/"): "adjudication:read",
    ("get", f"{QUEUED}/masks/<str:letter>/<int:stack_id>/"): "adjudication:read",
    ("post", f"{QUEUED}/"): "adjudication:write",
}
OPEN = {("get", "api/v1/health/")}
API = sorted(line for line in MATRIX if line[1].startswith(("api/", "dicomweb/")))


def _address(route: str, numbers: dict[str, int]) -> str:
    address = "/" + route
    for name, number in numbers.items():
        address = address.replace(f"<int:{name}>", str(number))
    for name in ("measurement", "report"):
        key = "3f0e4a53-9a37-4d6f-8f4f-7a115b0f6d5e"
        address = address.replace(f"<uuid:{name}_key>", key)
    address = address.replace("<str:file_format>", "csv").replace("<str:frame_numbers>", "1")
    address = address.replace("<slug:table>", "measurements").replace("<str:name>", "report.pdf")
    address = address.replace("<str:letter>", "A").replace("<str:pipeline>", "lumbar_grading@2")
    address = address.replace("<str:item>/<str:level>/<str:side>", "modic/L4-L5/none")
    for name in ("study", "series", "sop"):
        address = address.replace(f"<str:{name}_instance_uid>", "1.2.3")
    return address


@pytest.fixture
def numbers(coordinator: User, reader: User) -> dict[str, int]:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1)
    return {
        "reading_id": reading_of(reader_study, reader, aided=False).pk,
        "reader_study_id": reader_study.pk,
        "imaging_study_id": exam().pk,
        "job_id": 10**9,
        "batch_id": 10**9,
        "upload_id": 10**9,
        "clinical_report_id": 10**9,
        "stack_id": 10**9,
        "report_id": 10**9,
        "arm_id": 10**9,
        "case_id": 10**9,
    }


def test_every_line_names_an_address_of_the_site() -> None:
    known = {route for route, _ in routes()}
    assert {route for _, route in SCOPE_OF} <= known


@pytest.mark.parametrize(("method", "route"), API)
def test_a_token_is_let_in_by_its_scope_alone(
    method: str, route: str, coordinator: User, reader: User, numbers: dict[str, int]
) -> None:
    """With the scope it gets what its owner gets; with all others, nothing."""
    if (method, route) in OPEN:
        return
    needed = SCOPE_OF.get((method, route))
    address = _address(route, numbers)

    def is_let_in(owner: User, scopes: set[str]) -> bool:
        secret = create_token(owner=owner, name="x", scopes=scopes, days=1)[1]
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        answer = getattr(client, method)(address, content_type="application/json")
        return answer.status_code not in (401, 403)

    everything = set(SCOPES)
    may = {name for name in ("coordinator", "reader") if name in MATRIX[method, route]}
    for name, owner in (("coordinator", coordinator), ("reader", reader)):
        assert is_let_in(owner, everything) == (needed is not None and name in may)
        if needed is not None and needed in SCOPES:
            assert is_let_in(owner, {needed}) == (name in may)
            assert not is_let_in(owner, everything - {needed})
