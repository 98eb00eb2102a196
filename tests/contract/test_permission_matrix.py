"""Every address of the site stands here with who may use it. A new one must be added."""

from __future__ import annotations

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.contract.account_routes import ACCOUNT, FORM, SIGN_IN
from tests.contract.ai_routes import AI_ROUTES
from tests.contract.routes import METHODS, routes, view_of
from tests.factories.reader_studies import exam, opened_reader_study, reading_of

ANYBODY = {"anonymous", "outsider", "reader", "coordinator"}
SIGNED_IN = {"outsider", "reader", "coordinator"}
READER = {"reader"}
COORDINATOR = {"coordinator"}
NOBODY_HERE: set[str] = set()  # adjudicators; none of the four people is one

ONE = "reader-studies/<int:reader_study_id>"
QUEUED = f"{ONE}/adjudication/<int:arm_id>/<int:case_id>"
REPORT = f"{ONE}/reports/<int:report_id>"
ONE_REPORT = "clinical-reports/<int:clinical_report_id>"
ONE_READER = f"{ONE}/readers/<int:enrolment_id>/"
READER_ACTS = ["withdraw", "pause", "resume", "reassign", "due", "remind", "message", "address"]
DICOMWEB_EXAM = "studies/<str:study_instance_uid>"
DICOMWEB_SERIES = f"{DICOMWEB_EXAM}/series/<str:series_instance_uid>"
DICOMWEB_INSTANCE = f"{DICOMWEB_SERIES}/instances/<str:sop_instance_uid>"
DICOMWEB = (
    "studies",
    "series",
    "instances",
    f"{DICOMWEB_EXAM}/series",
    f"{DICOMWEB_EXAM}/instances",
    f"{DICOMWEB_SERIES}/instances",
    DICOMWEB_EXAM,
    DICOMWEB_SERIES,
    DICOMWEB_INSTANCE,
    f"{DICOMWEB_EXAM}/metadata",
    f"{DICOMWEB_SERIES}/metadata",
    f"{DICOMWEB_INSTANCE}/metadata",
    f"{DICOMWEB_INSTANCE}/frames/<str:frame_numbers>",
)

# (method, route) -> who may. Everybody else must get 401/403 (API), or the sign-in page or 403.
MATRIX: dict[tuple[str, str], set[str]] = {
    ("get", "api/v1/health/"): ANYBODY,
    ("get", "api/v1/me/"): SIGNED_IN,
    ("get", "api/v1/worklist/"): READER,
    ("get", "api/v1/readings/<int:reading_id>/"): READER,
    (
        "get",
        "api/v1/readings/<int:reading_id>/evidence/<str:item>/<str:level>/<str:side>/",
    ): READER,
    ("put", "api/v1/readings/<int:reading_id>/grades/"): READER,
    ("post", "api/v1/readings/<int:reading_id>/submit/"): READER,
    ("put", "api/v1/readings/<int:reading_id>/level-marks/"): READER,
    ("put", "api/v1/readings/<int:reading_id>/anatomy/"): READER,
    ("post", "api/v1/readings/<int:reading_id>/events/"): READER,
    ("put", "api/v1/readings/<int:reading_id>/measurements/<uuid:measurement_key>/"): READER,
    ("get", "api/v1/readings/<int:reading_id>/masks/<int:stack_id>/"): READER,
    ("put", "api/v1/readings/<int:reading_id>/masks/<int:stack_id>/"): READER,
    ("get", "api/v1/readings/<int:reading_id>/problems/"): READER,
    ("put", "api/v1/readings/<int:reading_id>/problems/<uuid:report_key>/"): READER,
    ("get", "api/v1/preferences/"): READER,
    ("put", "api/v1/preferences/"): READER,
    ("get", "api/v1/reader-studies/<int:reader_study_id>/agreement/"): COORDINATOR,
    **{
        ("get", f"api/v1/{ONE}/agreement/{part}/"): COORDINATOR for part in ("pair", "strata", "ai")
    },
    ("get", "api/v1/reader-studies/<int:reader_study_id>/readings.<str:file_format>"): COORDINATOR,
    ("get", "api/v1/reader-studies/<int:reader_study_id>/data-dictionary.csv"): COORDINATOR,
    ("get", "api/v1/reader-studies/<int:reader_study_id>/tables/<slug:table>.csv"): COORDINATOR,
    (
        "get",
        "api/v1/reader-studies/<int:reader_study_id>/tables/<slug:table>/dictionary.csv",
    ): COORDINATOR,
    **{
        ("get", f"api/v1/{ONE}/{part}/"): COORDINATOR
        for part in ("protocol", "schedule", "references", "adjudication")
    },
    ("get", f"api/v1/{QUEUED}/"): NOBODY_HERE,
    ("post", f"api/v1/{QUEUED}/"): NOBODY_HERE,
    ("get", f"api/v1/{QUEUED}/masks/<str:letter>/<int:stack_id>/"): NOBODY_HERE,
    **{(method, f"api/v1/{ONE}/reports/"): COORDINATOR for method in ("get", "post")},
    ("get", f"api/v1/{REPORT}/"): COORDINATOR,
    ("post", f"api/v1/{REPORT}/again/"): COORDINATOR,
    ("get", f"api/v1/{REPORT}/files/<str:name>"): COORDINATOR,
    **dict.fromkeys(AI_ROUTES, COORDINATOR),
    ("get", "api/v1/uploads/"): COORDINATOR,
    ("post", "api/v1/uploads/"): COORDINATOR,
    ("get", "api/v1/uploads/<int:upload_id>/"): COORDINATOR,
    ("post", "api/v1/uploads/<int:upload_id>/files/"): COORDINATOR,
    ("get", "api/v1/quarantined-files/"): COORDINATOR,
    ("get", "api/v1/imaging-studies/<int:imaging_study_id>/"): COORDINATOR,
    ("get", "api/v1/imaging-studies/"): COORDINATOR,
    ("get", "api/v1/cohorts/"): COORDINATOR,
    **{("get", f"dicomweb/{route}"): COORDINATOR for route in DICOMWEB},
    **{(method, route): ANYBODY for route, methods in SIGN_IN.items() for method in methods},
    **{(method, route): SIGNED_IN for route, methods in ACCOUNT.items() for method in methods},
    **{(method, "api-tokens/create/"): COORDINATOR for method in FORM},
    ("get", ""): SIGNED_IN,
    ("get", "worklist/"): READER,
    ("get", "my-reading/"): READER,
    ("post", "sessions/<int:reading_session_id>/sign/"): READER,
    ("get", "readings/<int:reading_id>/"): READER,
    ("get", "reader-studies/"): COORDINATOR,
    ("get", "reader-studies/size/"): COORDINATOR,
    ("get", "reader-studies/create/"): COORDINATOR,
    ("post", "reader-studies/create/"): COORDINATOR,
    ("get", "reader-studies/<int:reader_study_id>/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/open/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/lock/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/lock/confirm/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/lock/withdraw/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/unlock/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/amend/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/people/"): COORDINATOR,
    ("post", f"{ONE}/people/<int:membership_id>/withdraw/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/washouts/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/looks/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/looks/<int:look_id>/open/"): COORDINATOR,
    ("post", "reader-studies/<int:reader_study_id>/looks/<int:look_id>/close/"): COORDINATOR,
    ("get", "reader-studies/<int:reader_study_id>/progress/"): COORDINATOR,
    ("get", f"{ONE}/adjudication/"): COORDINATOR,
    ("post", f"{ONE}/adjudication/queue/"): COORDINATOR,
    ("post", f"{ONE}/adjudication/majority/"): COORDINATOR,
    ("post", f"{ONE}/adjudication/references/"): COORDINATOR,
    ("get", f"{QUEUED}/"): NOBODY_HERE,
    ("post", f"{QUEUED}/"): NOBODY_HERE,
    ("get", f"{QUEUED}/images/"): NOBODY_HERE,
    ("get", f"{ONE}/adjudication/masks/"): COORDINATOR,
    ("post", f"{ONE}/adjudication/masks/fuse/"): COORDINATOR,
    ("get", "reader-studies/<int:reader_study_id>/agreement/"): COORDINATOR,
    ("post", f"{ONE}/reports/"): COORDINATOR,
    ("post", f"{REPORT}/again/"): COORDINATOR,
    ("get", "join/"): ANYBODY,
    ("post", "join/"): SIGNED_IN,
    ("post", "join/account/"): ANYBODY,
    ("get", "join/<str:secret>/"): ANYBODY,
    ("post", "problems/<int:number>/reply/"): READER,
    ("post", "problems/<int:number>/seen/"): READER,
    ("post", "messages/<int:number>/dismiss/"): READER,
    ("get", f"{ONE}/edit/"): COORDINATOR,
    ("post", f"{ONE}/edit/"): COORDINATOR,
    ("post", f"{ONE}/discard/"): COORDINATOR,
    ("post", f"{ONE}/draft/"): COORDINATOR,
    ("get", f"{ONE}/problems/"): COORDINATOR,
    ("post", f"{ONE}/problems/<int:report_id>/"): COORDINATOR,
    ("post", f"{ONE}/invitations/"): COORDINATOR,
    ("post", f"{ONE}/invitations/<int:invitation_id>/revoke/"): COORDINATOR,
    ("get", f"{ONE}/readers/"): COORDINATOR,
    ("post", f"{ONE}/readers/add/"): COORDINATOR,
    ("get", ONE_READER): COORDINATOR,
    **{("post", f"{ONE_READER}{act}/"): COORDINATOR for act in READER_ACTS},
    **{(method, "api/v1/clinical-reports/"): COORDINATOR for method in ("get", "post")},
    ("get", f"api/v1/{ONE_REPORT}/"): COORDINATOR,
    ("post", f"api/v1/{ONE_REPORT}/reviews/"): COORDINATOR,
    ("get", "api/v1/report-labels.csv"): COORDINATOR,
    ("get", f"api/v1/{ONE}/report-labels/"): COORDINATOR,
    ("get", f"{ONE}/report-labels/"): COORDINATOR,
    ("get", "clinical-reports/"): COORDINATOR,
    **{(method, "clinical-reports/import/"): COORDINATOR for method in ("get", "post")},
    **{(method, "clinical-reports/lexicon/"): COORDINATOR for method in ("get", "post")},
    ("post", "clinical-reports/lexicon/read-anew/"): COORDINATOR,
    ("get", f"{ONE_REPORT}/"): COORDINATOR,
    ("post", f"{ONE_REPORT}/review/"): COORDINATOR,
    ("post", f"{ONE_REPORT}/release/"): COORDINATOR,
    ("get", "exams/"): COORDINATOR,
    ("get", "exams/<int:imaging_study_id>/"): COORDINATOR,
    ("get", "exams/upload/"): COORDINATOR,
    ("get", "exams/uploads/<int:upload_id>/"): COORDINATOR,
    ("get", "exams/quarantine/"): COORDINATOR,
}


def test_every_address_and_method_stands_in_the_matrix() -> None:
    missing = [
        (method, route)
        for route, callback in routes()
        for method in METHODS
        if hasattr(view_of(callback), method) and (method, route) not in MATRIX
    ]
    assert not missing, "say in MATRIX who may use these"


def test_no_line_of_the_matrix_is_stale() -> None:
    known = {route for route, _ in routes()}
    assert {route for _, route in MATRIX} <= known


@pytest.fixture
def people(coordinator: User, reader: User, outsider: User) -> dict[str, User | None]:
    return {
        "anonymous": None,
        "outsider": outsider,
        "reader": reader,
        "coordinator": coordinator,
    }


@pytest.mark.parametrize(("method", "route"), sorted(MATRIX))
def test_only_those_in_the_matrix_get_in(
    method: str, route: str, people: dict[str, User | None]
) -> None:
    coordinator, reader = people["coordinator"], people["reader"]
    assert coordinator is not None
    assert reader is not None
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1)
    numbers = {
        "reading_id": reading_of(reader_study, reader, aided=False).pk,
        "reader_study_id": reader_study.pk,
        "imaging_study_id": exam().pk,
        "job_id": 10**9,
        "batch_id": 10**9,
        "upload_id": 10**9,
        "clinical_report_id": 10**9,
        "stack_id": 10**9,
        "token_id": 10**9,
        "pk": 10**9,
        "membership_id": 10**9,
        "look_id": 10**9,
        "arm_id": 10**9,
        "reading_session_id": 10**9,
        "report_id": 10**9,
        "case_id": 10**9,
        "number": 10**9,
        "invitation_id": 10**9,
        "enrolment_id": 10**9,
    }
    address = "/" + route
    for name, number in numbers.items():
        address = address.replace(f"<int:{name}>", str(number))
    address = address.replace("<uuid:measurement_key>", str(uuid.uuid4()))
    address = address.replace("<uuid:report_key>", str(uuid.uuid4()))
    address = address.replace("<str:secret>", "x" * 43)
    address = address.replace("<slug:table>", "measurements")
    address = address.replace("<str:file_format>", "csv").replace("<str:frame_numbers>", "1")
    address = address.replace("<str:provider_id>", "oidc").replace("<str:name>", "report.pdf")
    address = address.replace("<str:letter>", "A").replace("<str:pipeline>", "lumbar_grading@2")
    address = address.replace("<str:item>/<str:level>/<str:side>", "modic/L4-L5/none")
    address = re.sub(r"<str:\w+_uid>", "1.2.3", address)
    for name, user in people.items():
        client = Client()
        if user is not None:
            client.force_login(user)
        response = getattr(client, method)(address, content_type="application/json")
        refused = response.status_code in (401, 403) or (
            response.status_code == 302 and response["Location"].startswith("/sign-in/")
        )
        if route in SIGN_IN:
            continue
        assert refused != (name in MATRIX[method, route]), (name, response.status_code)


def test_an_account_without_activity_rights_gets_nothing(reader: User) -> None:
    client = Client()
    client.force_login(reader)
    reader.is_active = False
    reader.save()
    assert client.get("/api/v1/worklist/").status_code in (401, 403)


def test_a_change_without_the_csrf_token_is_refused(reader: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    assert client.post("/api/v1/readings/1/submit/").status_code == 403


def test_personas_have_one_role_each(people: dict[str, User | None]) -> None:
    from spinestudy.common.roles import is_coordinator, is_reader

    roles = {name: (is_reader(user), is_coordinator(user)) for name, user in people.items()}
    assert roles == {
        "anonymous": (False, False),
        "outsider": (False, False),
        "reader": (True, False),
        "coordinator": (False, True),
    }
