"""A reader study under way, with values that appear nowhere else where they must stay hidden."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User

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
from annotations.services.memberships import grant_role
from annotations.services.submission import submit_reading
from annotations.vocabulary import DISC_LEVELS
from tests import personas
from tests.annotations.test_ai_gate import (
    AREA_MM2,
    FLAG,
    PICTURE,
    PLACE_MM,
    TELLTALE,
    WHY_NOT,
    predict,
)
from tests.factories.clinical_reports import imported
from tests.factories.reader_studies import ANSWERED_AT, designed_reader_study

OTHER: Final = "planted-other-reader"
WORDS: Final = "planted words of another reader"
REFERENCE: Final = "planted words of the reference"
PATIENT: Final = "PLANTED-PATIENT-ID"
ACCESSION: Final = "PLANTED-ACCESSION"
TALK: Final = "planted words between another reader and a coordinator"
REPORT_WORDS: Final = "planted words of a clinical report"
REPORT_TEXT: Final = f"FINDINGS: L4-5: moderate-to-severe canal stenosis, {REPORT_WORDS}."
REPORT_CATEGORY: Final = "moderate-severe"
"""Its label; no scale that readers see has such a word."""
REPORT_KEY: Final = uuid.UUID(int=11)
DISC_PLACE_MM: Final = 321.654
"""A mark by the other reader, in a case that the queue doesn't hold."""
QUEUED_PLACE_MM: Final = 287.531
"""One in the queued case: its adjudicator may see it."""
N_CASES: Final = 3
GRADES: Final = {
    "reader": (0, 1, 0, 2, 3, 0, 1, 1, 0, 0, 2, 0, 0, 0, 1),
    OTHER: (0, 1, 1, 2, 2, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0),
}
"""Modic changes of the cases, level by level."""


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
    for case in cases:
        imported(case.imaging_study, REPORT_TEXT, actor=coordinator)
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
            "ai": (str(TELLTALE), str(PLACE_MM), str(AREA_MM2), WHY_NOT),
            "evidence": PICTURE,
            "flags": (FLAG["words"],),
            "answers": (WORDS, str(DISC_PLACE_MM)),
            "queued marks": (str(QUEUED_PLACE_MM),),
            "names": (OTHER,),
            "reference": (REFERENCE,),
            "talk": (TALK,),
            "report": (REPORT_WORDS, REPORT_CATEGORY),
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
    codes = dict(reader_study.enrolments.values_list("reader__username", "code"))
    votes = {codes[OTHER]: 2, codes["reader"]: 3}
    Adjudication.objects.create(**cell, arm=arm, votes=votes, rule={})


def _mark(reader_study: ReaderStudy, other: User) -> None:
    """The other reader's marks in the queued case, in another one, and in the arm with AI."""
    readings = Reading.objects.filter(case__reader_study=reader_study, enrolment__reader=other)
    queued = Adjudication.objects.get()
    for reading in readings:
        is_queued = (reading.case_id, reading.reading_session.arm_id) == (
            queued.case_id,
            queued.arm_id,
        )
        LevelMark.objects.create(
            case=reading.case,
            reading=reading,
            kind="disc",
            level="L4/L5",
            position_lps=[QUEUED_PLACE_MM if is_queued else DISC_PLACE_MM, 0, 0],
        )


def _talk(reader_study: ReaderStudy, other: User, coordinator: User) -> None:
    """A problem that the other reader reports, its answer, and a message to that reader."""
    reading = Reading.objects.filter(case__reader_study=reader_study, enrolment__reader=other)[0]
    report = ProblemReport.objects.create(
        report_key=REPORT_KEY, reading=reading, kind="bad_quality", text=TALK
    )
    ProblemReply.objects.create(report=report, written_by=coordinator, text=TALK)
    ReaderMessage.objects.create(enrolment=reading.enrolment, sent_by=coordinator, text=TALK)
