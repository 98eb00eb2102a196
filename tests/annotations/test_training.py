"""The training phase: the reference after each answer, and no part in any statistic."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from annotations.models import ReaderStudy, Reading
from annotations.selectors.agreement import agreement_view
from annotations.services.grades import GradeNotOnScaleError, store_grade
from annotations.services.reader_studies import (
    TRAINING,
    UNAIDED,
    create_reader_study,
    open_reader_study,
)
from annotations.services.references import Reference, set_references
from tests import personas
from tests.conftest import client_of
from tests.factories.reader_studies import answer, exam

REFERENCE = Reference("modic", "L4/L5", 2, "bright in T1 and T2: fat")


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    reader_study = create_reader_study(
        actor=coordinator,
        title="Trained readers",
        seed=3,
        imaging_studies=[exam(), exam()],
        readers=[reader, personas.reader("second")],
        finding_codes=["modic"],
        arms=[TRAINING, UNAIDED],
        has_ordered_sessions=False,
    )
    for case in reader_study.cases.all():
        set_references(case=case, references=[REFERENCE], actor=coordinator)
    return open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)


def readings(reader_study: ReaderStudy, phase: str) -> list[Reading]:
    return list(
        Reading.objects.filter(
            case__reader_study=reader_study,
            reading_session__phase=phase,
        )
    )


def test_the_reference_comes_after_the_answer_and_not_before(
    reader_study: ReaderStudy, reader: User
) -> None:
    (reading, *_) = readings(reader_study, "training")
    address = f"/api/v1/readings/{reading.pk}/"
    before = client_of(reader).get(address)
    assert before.json()["phase"] == "training"
    assert REFERENCE.explanation not in before.content.decode()
    store_grade(reading_id=reading.pk, answer=answer(score=1))
    (grade,) = client_of(reader).get(address).json()["grades"]
    assert grade["feedback"] == {
        "score": 2,
        "label": "type 2",
        "explanation": REFERENCE.explanation,
    }


def test_the_pivotal_phase_never_tells_the_reference(
    reader_study: ReaderStudy, reader: User
) -> None:
    (reading, *_) = readings(reader_study, "pivotal")
    store_grade(reading_id=reading.pk, answer=answer(score=1))
    body = client_of(reader).get(f"/api/v1/readings/{reading.pk}/")
    assert body.json()["grades"][0]["feedback"] is None
    assert REFERENCE.explanation not in body.content.decode()


def test_training_counts_in_no_statistic(reader_study: ReaderStudy) -> None:
    for reading in readings(reader_study, "training"):
        store_grade(reading_id=reading.pk, answer=answer(score=1))
    view = agreement_view(reader_study, None)
    assert [arm["label"] for arm in view["arms"]] == ["Unaided"]
    assert view["items"][0]["pairs"][0]["n_items"] == 0


def test_a_reference_off_the_scale_is_refused(coordinator: User, reader_study: ReaderStudy) -> None:
    case = reader_study.cases.all()[0]
    with pytest.raises(GradeNotOnScaleError, match="not a grade"):
        set_references(case=case, references=[Reference("modic", "L3/L4", 7)], actor=coordinator)
