"""Walk every address as every role, and find what must not leave the server.

Values that appear nowhere else are planted where AI, other readers, references, agreement and
the identity of a case are kept. Each role walks all routes of the URL table, reading and writing,
with the numbers of everything there is; each answer, its headers and its error messages are
searched. A route with a parameter that isn't known here fails.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from annotations.api.exports import TABLES
from annotations.models import (
    Adjudication,
    Membership,
    ProblemReport,
    Reading,
)
from annotations.services.locking import confirm_lock, propose_lock
from annotations.services.memberships import grant_role
from annotations.services.submission import submit_reading
from inference.models import ClinicalReport, Job
from spinestudy.accounts.models import ApiToken
from spinestudy.imaging.models import Stack, Upload
from tests import personas
from tests.contract.planted import (
    OTHER,
    PATIENT,
    REPORT_KEY,
    REPORT_WORDS,
    TALK,
    WORDS,
    Planted,
    plant,
)
from tests.contract.routes import METHODS, routes, view_of
from tests.factories.reader_studies import PIPELINE

log = logging.getLogger(__name__)
ENDING: Final = {"sign-out/", "account/sessions/end/"}
"""They end the walker's own session; they show nothing."""


# Who may see what while cases are read and the protocol shows nothing of agreement.
MAY_SEE: Final[dict[str, set[str]]] = {
    "anonymous": set(),
    "outsider": set(),
    "reader": set(),
    "coordinator": {"identity", "names", "reference", "talk", "report", "flags"},
    "adjudicator": {"names", "queued marks"},
    "statistician": {"names"},
    "observer": {"names"},
}


def parameters(planted: Planted) -> dict[str, list[str]]:
    """Name of a route's parameter -> values to walk with: what there is, and what isn't."""
    reader_study = planted.reader_study
    readings = Reading.objects.filter(case__reader_study=reader_study)
    own = readings.filter(enrolment__reader__username="reader")
    case = reader_study.cases.order_by("number")[0]
    exam = case.imaging_study
    stack = Stack.objects.filter(series__imaging_study=exam)[0]
    aided = "reading_session__arm__is_ai_allowed"
    return {
        "reader_study_id": [str(reader_study.pk)],
        "reading_id": [
            str(one.pk)
            for one in (
                own.filter(**{aided: False})[0],
                own.filter(**{aided: True})[0],
                readings.filter(enrolment__reader__username=OTHER)[0],
            )
        ],
        "reading_session_id": [str(one.reading_session_id) for one in own[:1]],
        "arm_id": [str(arm.pk) for arm in reader_study.arms.all()],
        "case_id": [str(one.pk) for one in reader_study.cases.order_by("number")],
        "letter": ["A", "B"],
        "imaging_study_id": [str(exam.pk)],
        "stack_id": [str(stack.pk)],
        "measurement_key": [str(uuid.UUID(int=7))],
        "membership_id": [str(one.pk) for one in reader_study.memberships.all()[:1]],
        "job_id": [str(Job.objects.all()[0].pk)],
        "batch_id": ["1"],
        "pipeline": [PIPELINE, "nonsense@1"],
        "clinical_report_id": [str(one.pk) for one in ClinicalReport.objects.all()],
        "upload_id": [str(one.pk) for one in Upload.objects.all()[:1]] or ["1"],
        "look_id": ["1"],
        "enrolment_id": [str(one.pk) for one in reader_study.enrolments.all()],
        "invitation_id": ["1"],
        "number": [str(one.pk) for one in ProblemReport.objects.all()],
        "report_id": [str(one.pk) for one in ProblemReport.objects.all()],
        "report_key": [str(REPORT_KEY)],
        "name": ["report.json"],
        "secret": ["nonsense"],
        "token_id": [str(one.pk) for one in ApiToken.objects.all()[:1]] or ["1"],
        "pk": ["1"],
        "file_format": ["csv", "json"],
        "item": ["modic", "nonsense"],
        "level": ["L4-L5"],
        "side": ["none"],
        "table": [*TABLES, "nonsense"],
        "provider_id": ["oidc"],
        "frame_numbers": ["1"],
        "study_instance_uid": [exam.study_instance_uid],
        "series_instance_uid": [stack.series.series_instance_uid],
        "sop_instance_uid": ["1.2.3"],
    }


def addresses(route: str, known: Mapping[str, list[str]]) -> Iterator[str]:
    """Every address of a route."""
    parts = re.split(r"<(?:\w+:)?(\w+)>", route)
    names = parts[1::2]
    strange = [name for name in names if name not in known]
    assert not strange, f"{route}: say in parameters() what {strange} may be"
    for values in itertools.product(*(known[name] for name in names)):
        yield "/" + "".join(itertools.chain(*zip(parts[::2], (*values, ""), strict=True)))


def answers(client: Client, method: str, address: str) -> str:
    """All that comes back, as text; what was changed is undone."""
    with transaction.atomic():
        response = getattr(client, method)(address, content_type="application/json")
        streaming = getattr(response, "streaming", False)
        body = b"".join(response.streaming_content) if streaming else response.content
        transaction.set_rollback(True)
    # what was asked is no answer
    text = body.decode("utf-8", "replace").replace(address, "")
    return f"{text} {json.dumps(dict(response.headers))}"


def leaks(planted: Planted, role: str) -> list[str]:
    """ "kind: method address" of everything that this role must not have seen."""
    user = planted.people[role]
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    known = parameters(planted)
    asked_for = {value for values in known.values() for value in values}
    found, walked = [], 0
    for route, callback in routes():
        if route in ENDING:
            continue
        for method in METHODS:
            if not hasattr(view_of(callback), method):
                continue
            for address in addresses(route, known):
                text = answers(client, method, address)
                walked += 1
                found += [
                    f"{kind}: {method} {address}"
                    for kind, secrets in planted.secrets.items()
                    if kind not in MAY_SEE[role]
                    and any(one in text for one in secrets if one not in asked_for)
                ]
    log.info("%s walked %d addresses", role, walked)
    assert walked > 100
    return found


@pytest.fixture
def planted(coordinator: User, reader: User, outsider: User) -> Planted:
    return plant(coordinator, reader, outsider)


@pytest.mark.parametrize("role", MAY_SEE)
def test_nothing_that_is_withheld_leaves_the_server(planted: Planted, role: str) -> None:
    assert leaks(planted, role) == []


def test_the_walk_finds_what_is_shown(planted: Planted) -> None:
    """The same search, where these things may be seen: else it would prove nothing."""
    coordinator = planted.people["coordinator"]
    reader = planted.people["reader"]
    assert coordinator is not None
    assert reader is not None
    number = planted.reader_study.pk
    client = Client()
    client.force_login(coordinator)
    exams = answers(client, "get", "/exams/")
    assert PATIENT in exams
    assert TALK in answers(client, "get", f"/reader-studies/{number}/problems/")
    assert planted.secrets["flags"][0] in answers(client, "get", "/api/v1/jobs/")
    report = ClinicalReport.objects.all()[0]
    for where in (f"/clinical-reports/{report.pk}/", f"/api/v1/clinical-reports/{report.pk}/"):
        assert REPORT_WORDS in answers(client, "get", where)
    own = Reading.objects.filter(case__reader_study=number, enrolment__reader=reader)
    unaided = own.filter(reading_session__arm__is_ai_allowed=False)[0]
    submit_reading(reading_id=unaided.pk)
    aided = own.get(reading_session__arm__is_ai_allowed=True, case=unaided.case)
    theirs = Client()
    theirs.force_login(reader)
    shown = answers(theirs, "get", f"/api/v1/readings/{aided.pk}/")
    assert all(one in shown for kind in ("ai", "flags") for one in planted.secrets[kind])
    looked_at = answers(theirs, "get", f"/api/v1/readings/{aided.pk}/evidence/modic/L4-L5/none/")
    assert all(one in looked_at for one in planted.secrets["evidence"])
    judge = planted.people["adjudicator"]
    assert judge is not None
    client_of_judge = Client()
    client_of_judge.force_login(judge)
    queued = Adjudication.objects.get()
    where = f"/api/v1/reader-studies/{number}/adjudication/{queued.arm_id}/{queued.case_id}/"
    assert planted.secrets["queued marks"][0] in answers(client_of_judge, "get", where)
    second = personas.person("a-second-statistician")
    grant_role(
        reader_study=planted.reader_study,
        username=second.username,
        role=Membership.Role.STATISTICIAN,
        actor=coordinator,
    )
    propose_lock(
        reader_study_id=number, actor=coordinator, password=personas.PASSWORD, reason="all is read"
    )
    confirm_lock(reader_study_id=number, actor=second, password=personas.PASSWORD)
    agreement = answers(client, "get", f"/api/v1/reader-studies/{number}/agreement/")
    assert planted.secrets["agreement"][0] in agreement
    export = answers(client, "get", f"/api/v1/reader-studies/{number}/readings.csv")
    assert WORDS in export
