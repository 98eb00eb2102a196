"""Disagreements are queued by rule, decided blind and signed; references are new versions."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from annotations.design.adjudication_rule import AdjudicationRule
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import (
    Adjudication,
    Arm,
    Case,
    GradeEvent,
    ReaderStudy,
    Reading,
    ReferenceRecord,
    Signature,
)
from annotations.services.adjudication import (
    AdjudicationError,
    Decision,
    decide_case,
    queue_disagreements,
)
from annotations.services.grades import store_grade
from annotations.services.memberships import grant_role
from annotations.services.reference_records import (
    ReferenceFileError,
    accept_majority,
    import_references,
)
from annotations.services.signatures import SignatureError
from annotations.services.submission import submit_reading
from annotations.vocabulary import DISC_LEVELS
from tests import personas
from tests.committed import at_once, committed_db  # noqa: F401
from tests.factories.reader_studies import answer, designed_reader_study

SCORES = {"R1": [0, 0, 0, 1, 1], "R2": [0, 0, 1, 1, 3], "R3": [0, 0, 2, 1, 1]}
"""By level. All agree at the first, second and fourth; the third has no majority."""


def read_by_three(
    coordinator: User, rule: AdjudicationRule, n_cases: int = 1, unread: int = 0
) -> ReaderStudy:
    readers = [personas.reader(f"reader-{number}") for number in (1, 2, 3)]
    design = ReaderStudyDesign(
        "unaided_only", adjudication=rule, live_view=LiveView(min_patients=0)
    )
    reader_study = designed_reader_study(
        coordinator, readers, design, n_cases=n_cases, items=("modic",), aided=False, opened=True
    )
    cases = list(reader_study.cases.all())[unread:]
    for reading in Reading.objects.filter(case__in=cases).select_related("enrolment"):
        for level, score in zip(DISC_LEVELS, SCORES[reading.enrolment.code], strict=True):
            store_grade(reading_id=reading.pk, answer=answer("modic", level, score))
        submit_reading(reading_id=reading.pk)
    return reader_study


@pytest.fixture
def adjudicator(db: None) -> User:
    return personas.person("adjudicator")


def the_arm() -> Arm:
    return Arm.objects.get()


def decided(score: int = 2, **changes: Any) -> int:
    case = Case.objects.all()[0]
    waiting = Adjudication.objects.filter(case=case, decided_at=None)
    act: dict[str, Any] = {
        "arm": the_arm(),
        "case": case,
        "decisions": {row.pk: Decision(score, "seen on T1") for row in waiting},
        "adjudicator": User.objects.get(username="adjudicator"),
        "password": personas.PASSWORD,
    }
    return decide_case(**{**act, **changes})


@pytest.mark.parametrize(
    ("rule", "levels"),
    [
        (AdjudicationRule(), ["L3/L4", "L5/S1"]),
        (AdjudicationRule("at_least", steps=2), ["L3/L4", "L5/S1"]),
        (AdjudicationRule("at_least", steps=3), []),
        (AdjudicationRule("reader_pair", readers=("R1", "R3")), ["L3/L4"]),
    ],
)
def test_the_queue_holds_what_the_protocols_rule_says(
    coordinator: User, rule: AdjudicationRule, levels: list[str]
) -> None:
    read_by_three(coordinator, rule)
    assert queue_disagreements(arm=the_arm(), actor=coordinator) == len(levels)
    assert list(Adjudication.objects.values_list("disc_level", flat=True)) == levels
    assert queue_disagreements(arm=the_arm(), actor=coordinator) == 0


def test_a_case_that_somebody_has_not_read_is_not_queued(coordinator: User) -> None:
    read_by_three(coordinator, AdjudicationRule(), n_cases=2, unread=1)
    queue_disagreements(arm=the_arm(), actor=coordinator)
    assert Adjudication.objects.values("case").distinct().count() == 1


def test_a_decision_makes_a_reference_and_leaves_every_answer_as_it_was(
    coordinator: User, adjudicator: User
) -> None:
    read_by_three(coordinator, AdjudicationRule())
    queue_disagreements(arm=the_arm(), actor=coordinator)
    before = list(GradeEvent.objects.values_list("pk", "score"))
    assert decided() == 2
    assert list(GradeEvent.objects.values_list("pk", "score")) == before
    found = ReferenceRecord.objects.get(disc_level="L3/L4")
    assert (found.score, found.version, found.provenance) == (2, 1, "adjudicator")
    assert found.basis["votes"] == {"R1": 0, "R2": 1, "R3": 2}
    signature = Signature.objects.get()
    assert (signature.signer, signature.meaning) == (adjudicator, "adjudicated")


def test_a_wrong_password_or_an_undecided_cell_stores_nothing(
    coordinator: User, adjudicator: User
) -> None:
    read_by_three(coordinator, AdjudicationRule())
    queue_disagreements(arm=the_arm(), actor=coordinator)
    with pytest.raises(SignatureError):
        decided(password="guess")
    with pytest.raises(Exception, match="Decide every cell"):
        decided(decisions={})
    with pytest.raises(Exception, match="isn't on the scale"):
        decided(score=7)
    assert not ReferenceRecord.objects.exists()
    assert not Adjudication.objects.exclude(decided_at=None).exists()


def test_majorities_fill_what_is_not_queued(coordinator: User, adjudicator: User) -> None:
    read_by_three(coordinator, AdjudicationRule("at_least", steps=3))
    assert accept_majority(arm=the_arm(), actor=coordinator) == (4, 1)
    records = dict(ReferenceRecord.objects.values_list("disc_level", "score"))
    assert records == {"L1/L2": 0, "L2/L3": 0, "L4/L5": 1, "L5/S1": 1}
    assert accept_majority(arm=the_arm(), actor=coordinator) == (0, 1)


def test_a_reference_is_a_new_version_and_never_changed(
    coordinator: User, adjudicator: User
) -> None:
    reader_study = read_by_three(coordinator, AdjudicationRule())
    accept_majority(arm=the_arm(), actor=coordinator)
    text = "case,item,disc_level,side,score\nC-001,modic,L1/L2,,3\nC-001,modic,L3/L4,,\n"
    report = import_references(
        reader_study=reader_study, text=text, source="surgery", actor=coordinator
    )
    assert (report.stored, report.cases_without) == (2, ())
    versions = ReferenceRecord.objects.filter(disc_level="L1/L2")
    assert list(versions.values_list("version", "score", "provenance")) == [
        (1, 0, "majority"),
        (2, 3, "external"),
    ]
    assert ReferenceRecord.objects.get(disc_level="L3/L4").score is None
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        ReferenceRecord.objects.update(score=1)
    row = versions[0]
    row.pk, row.version, row.score = None, 9, 8
    with pytest.raises(IntegrityError, match="not on the scale"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("C-999,modic,L1/L2,,1", "Line 2: there is no case 'C-999'"),
        ("C-001,height,L1/L2,,1", "isn't an item"),
        ("C-001,modic,L9/L9,,1", "no level"),
        ("C-001,modic,L1/L2,left,1", "no side"),
        ("C-001,modic,L1/L2,,7", "isn't on the scale"),
        ("C-001,modic,L1/L2,,1\nC-001,modic,L1/L2,,1", "twice"),
        ("", "no lines"),
    ],
)
def test_a_file_with_a_line_that_does_not_match_is_refused_whole(
    coordinator: User, line: str, words: str
) -> None:
    reader_study = read_by_three(coordinator, AdjudicationRule())
    good = "C-001,modic,L2/L3,,0\n" if line else ""
    text = f"case,item,disc_level,side,score\n{line}\n{good}"
    with pytest.raises(ReferenceFileError, match=words):
        import_references(reader_study=reader_study, text=text, source="x", actor=coordinator)
    assert not ReferenceRecord.objects.exists()


def test_the_pages_keep_the_adjudicator_blind(coordinator: User, adjudicator: User) -> None:
    reader_study = read_by_three(coordinator, AdjudicationRule())
    grant_role(
        reader_study=reader_study, username="adjudicator", role="adjudicator", actor=coordinator
    )
    address = f"/reader-studies/{reader_study.pk}/adjudication/"
    boss, judge = Client(), Client()
    boss.force_login(coordinator)
    judge.force_login(adjudicator)
    boss.post(f"{address}queue/", {"arm": the_arm().pk})
    case = Case.objects.get()
    page = f"{address}{the_arm().pk}/{case.pk}/"
    assert boss.get(page).status_code == 403
    text = judge.get(page).content.decode()
    assert "L3/L4" in text
    assert "L1/L2" not in text
    for name in ("R1", "R2", "R3", "reader-1", "votes", case.imaging_study.patient.patient_id):
        assert f">{name}<" not in text
        assert f'"{name}"' not in text
    cells = {f"cell-{row.pk}": "2" for row in Adjudication.objects.all()}
    judge.post(page, {**cells, "password": personas.PASSWORD, "is_consensus": "on"})
    assert set(ReferenceRecord.objects.values_list("provenance", flat=True)) == {"consensus"}
    assert "decided" in judge.get(address).content.decode()
    content = b"case,item,disc_level,side,score\nC-001,modic,L1/L2,,2\n"
    sent = {"file": SimpleUploadedFile("r.csv", content), "source": "histology"}
    answer_ = boss.post(f"{address}references/", sent, follow=True)
    assert "1 lines matched" in answer_.content.decode()


def test_two_adjudicators_at_once_decide_once(committed_db: None) -> None:  # noqa: F811
    coordinator = personas.coordinator()
    personas.person("adjudicator")
    other = personas.person("adjudicator-2")
    read_by_three(coordinator, AdjudicationRule())
    queue_disagreements(arm=the_arm(), actor=coordinator)
    results = at_once(lambda: decided(1), lambda: decided(3, adjudicator=other))
    (error,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(error, AdjudicationError)
    assert "Somebody else" in error.message
    assert ReferenceRecord.objects.count() == 2
    assert len(set(Adjudication.objects.values_list("decided_by", "score"))) == 1


def test_a_rule_is_kept_with_each_cell(coordinator: User) -> None:
    rule = AdjudicationRule("at_least", steps=2)
    read_by_three(coordinator, rule)
    queue_disagreements(arm=the_arm(), actor=coordinator)
    kept = Adjudication.objects.all()[0].rule
    assert (kept["kind"], kept["steps"]) == ("at_least", 2)
