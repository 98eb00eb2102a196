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
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from annotations.agreement import cohen_kappa
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import (
    Adjudication,
    Case,
    Item,
    LevelMark,
    Membership,
    ProblemReply,
    ProblemReport,
    ReaderMessage,
    ReaderStudy,
    Reading,
    ReferenceGrade,
    ReferenceRecord,
)
from annotations.services.grades import Answer, store_grade
from annotations.services.locking import confirm_lock, propose_lock
from annotations.services.memberships import grant_role
from annotations.services.submission import submit_reading
from annotations.vocabulary import DISC_LEVELS
from inference.models import Job
from spinestudy.accounts.models import ApiToken
from spinestudy.imaging.models import Stack, Upload
from tests import personas
from tests.annotations.test_ai_gate import PLACE_MM, TELLTALE, predict
from tests.contract.test_permission_matrix import METHODS, _view_of, routes
from tests.factories.reader_studies import ANSWERED_AT, designed_reader_study

log = logging.getLogger(__name__)
OTHER: Final = "planted-other-reader"
WORDS: Final = "planted words of another reader"
REFERENCE: Final = "planted words of the reference"
PATIENT: Final = "PLANTED-PATIENT-ID"
ACCESSION: Final = "PLANTED-ACCESSION"
TALK: Final = "planted words between another reader and a coordinator"
REPORT_KEY: Final = uuid.UUID(int=11)
DISC_PLACE_MM: Final = 321.654
"""A mark by the other reader."""
N_CASES: Final = 3
GRADES: Final = {
    "reader": (0, 1, 0, 2, 3, 0, 1, 1, 0, 0, 2, 0, 0, 0, 1),
    OTHER: (0, 1, 1, 2, 2, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0),
}
"""Modic changes of the cases, level by level."""
ENDING: Final = {"sign-out/", "account/sessions/end/"}
"""They end the walker's own session; they show nothing."""


@dataclass(frozen=True)
class Planted:
    """reader_study: open, nothing told of agreement. secrets: kind -> texts that give it away."""

    reader_study: ReaderStudy
    people: Mapping[str, User | None]
    secrets: Mapping[str, tuple[str, ...]]


def plant(coordinator: User, reader: User, outsider: User) -> Planted:
    other = personas.reader(OTHER)
    design = ReaderStudyDesign("sequential", live_view=LiveView("none", min_patients=0))
    reader_study = designed_reader_study(
        coordinator, [reader, other], design, n_cases=N_CASES, items=("modic",), opened=True
    )
    cases = list(reader_study.cases.order_by("number"))
    for case in cases:
        exam = case.imaging_study
        exam.patient.patient_id = f"{PATIENT}-{case.pk}"
        exam.patient.save()
        exam.accession_number = ACCESSION
        exam.save()
    for person in (reader, other):
        _read(reader_study, person)
    for case in cases:
        predict(Reading.objects.filter(case=case)[0])
    _refer(reader_study, cases[0], coordinator)
    _mark(reader_study, other)
    _talk(reader_study, other, coordinator)
    roles = (
        Membership.Role.ADJUDICATOR,
        Membership.Role.STATISTICIAN,
        Membership.Role.OBSERVER,
    )
    people: dict[str, User | None] = {
        "anonymous": None,
        "outsider": outsider,
        "reader": reader,
        "coordinator": coordinator,
    }
    for role in roles:
        people[role.value] = person = personas.person(f"an-{role.value}")
        grant_role(
            reader_study=reader_study, username=person.username, role=role, actor=coordinator
        )
    kappa = _kappa(reader_study).value
    assert kappa is not None
    uids = [case.imaging_study.study_instance_uid for case in cases]
    return Planted(
        reader_study,
        people,
        {
            "ai": (str(TELLTALE), str(PLACE_MM)),
            "answers": (WORDS, str(DISC_PLACE_MM)),
            "names": (OTHER,),
            "reference": (REFERENCE,),
            "talk": (TALK,),
            "agreement": (f"{kappa:.9f}"[:8],),
            "identity": (PATIENT, ACCESSION, *uids),
        },
    )


def _read(reader_study: ReaderStudy, person: User) -> None:
    """Answer every case without AI; the other reader's are submitted."""
    readings = Reading.objects.filter(
        case__reader_study=reader_study,
        enrolment__reader=person,
        reading_session__arm__is_ai_allowed=False,
    ).order_by("case__number")
    grades = iter(GRADES[person.username])
    comment = WORDS if person.username == OTHER else ""
    for reading in readings:
        for level in DISC_LEVELS:
            answer = Answer(
                "modic", level, next(grades), False, uuid.uuid4(), ANSWERED_AT, comment=comment
            )
            store_grade(reading_id=reading.pk, answer=answer)
        if person.username == OTHER:
            submit_reading(reading_id=reading.pk)


def _kappa(reader_study: ReaderStudy) -> Any:
    item = Item.objects.get(reader_study=reader_study)
    return cohen_kappa(
        GRADES["reader"],
        GRADES[OTHER],
        n_categories=len(item.scores),
        weights=item.finding.scale.weights,
    )


def _refer(reader_study: ReaderStudy, case: Case, coordinator: User) -> None:
    item = Item.objects.get(reader_study=reader_study)
    cell = {"case": case, "item": item, "disc_level": "L4/L5"}
    ReferenceGrade.objects.create(**cell, score=3, explanation=REFERENCE)
    ReferenceRecord.objects.create(
        **cell,
        version=1,
        score=3,
        provenance=ReferenceRecord.Provenance.EXTERNAL,
        basis={"source": REFERENCE},
        made_by=coordinator,
    )
    arm = reader_study.arms.first()
    assert arm is not None
    Adjudication.objects.create(**cell, arm=arm, votes={OTHER: 2, "R1": 3}, rule={})


def _mark(reader_study: ReaderStudy, other: User) -> None:
    reading = Reading.objects.filter(case__reader_study=reader_study, enrolment__reader=other)[0]
    LevelMark.objects.create(
        case=reading.case,
        reading=reading,
        kind="disc",
        level="L4/L5",
        position_lps=[DISC_PLACE_MM, 0, 0],
    )


def _talk(reader_study: ReaderStudy, other: User, coordinator: User) -> None:
    """A problem that the other reader reports, its answer, and a message to that reader."""
    reading = Reading.objects.filter(case__reader_study=reader_study, enrolment__reader=other)[0]
    report = ProblemReport.objects.create(
        report_key=REPORT_KEY, reading=reading, kind="bad_quality", text=TALK
    )
    ProblemReply.objects.create(report=report, written_by=coordinator, text=TALK)
    ReaderMessage.objects.create(enrolment=reading.enrolment, sent_by=coordinator, text=TALK)


# Who may see what while cases are read and the protocol shows nothing of agreement.
MAY_SEE: Final[dict[str, set[str]]] = {
    "anonymous": set(),
    "outsider": set(),
    "reader": set(),
    "coordinator": {"identity", "names", "reference", "talk"},
    "adjudicator": {"names"},
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
        "case_id": [str(case.pk)],
        "imaging_study_id": [str(exam.pk)],
        "stack_id": [str(stack.pk)],
        "measurement_key": [str(uuid.UUID(int=7))],
        "membership_id": [str(one.pk) for one in reader_study.memberships.all()[:1]],
        "job_id": [str(Job.objects.all()[0].pk)],
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
        "table": ["measurements", "masks", "ai-findings", "ai-events", "nonsense"],
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
            if not hasattr(_view_of(callback), method):
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
    assert all(one in exams for one in (PATIENT,))
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
