"""The numbers of the dashboard, from grades in a real database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.agreement import cohen_kappa
from annotations.models import Arm, Case, Grade, Item, ReaderStudy, Reading, ReadingSession
from annotations.selectors.agreement import agreement_view
from annotations.services.grades import store_grade
from annotations.vocabulary import DISC_LEVELS
from spinestudy.common.errors import MissingError
from tests import personas
from tests.factories.reader_studies import ANSWERED_AT, answer, opened_reader_study

Scores = Callable[[int, int, int], int | None]


@pytest.fixture
def readers(coordinator: User) -> list[User]:
    return [personas.reader(f"reader{number}") for number in (1, 2, 3)]


@pytest.fixture
def reader_study(coordinator: User, readers: list[User]) -> ReaderStudy:
    return opened_reader_study(coordinator, readers, n_cases=6)


def grade_all(reader_study: ReaderStudy, item_code: str, scores: Scores, place: int = 0) -> None:
    """Store scores(reader, case, level) of one item in the arm at that place; None skips."""
    item = Item.objects.get(reader_study=reader_study, finding_code=item_code)
    cases = list(reader_study.cases.all())
    for number, enrolment in enumerate(reader_study.enrolments.all()):
        for reading in Reading.objects.filter(
            enrolment=enrolment, reading_session__arm=reader_study.arms.all()[place]
        ).select_related("case"):
            Grade.objects.bulk_create(
                Grade(
                    reading=reading,
                    item=item,
                    disc_level=level,
                    score=score,
                    answered_at=ANSWERED_AT,
                )
                for row, level in enumerate(DISC_LEVELS)
                if (score := scores(number, cases.index(reading.case), row)) is not None
            )


def pair(view: dict[str, Any], item: str, a: str = "R1", b: str = "R2") -> dict[str, Any]:
    (found,) = [one for one in view["items"] if one["code"] == item]
    (match,) = [one for one in found["pairs"] if (one["a"], one["b"]) == (a, b)]
    return dict(match)


def test_kappa_is_that_of_the_stored_grades_with_patients_as_clusters(
    reader_study: ReaderStudy,
) -> None:
    drawn = np.random.default_rng(4).integers(1, 6, (3, 6, 5))
    grade_all(reader_study, "pfirrmann", lambda r, c, level: int(drawn[r, c, level]))
    expected = cohen_kappa(
        drawn[0].ravel() - 1,
        drawn[1].ravel() - 1,
        cluster=np.repeat(np.arange(6), 5),
        n_categories=5,
        weights="quadratic",
    )
    found = pair(agreement_view(reader_study, None), "pfirrmann")
    assert expected.ci is not None
    assert found["value"] == pytest.approx(expected.value, abs=1e-12)
    assert found["ci"] == pytest.approx(expected.ci, abs=1e-12)
    assert (found["n_items"], found["n_patients"]) == (30, 6)


def test_two_exams_of_one_patient_are_one_cluster(reader_study: ReaderStudy) -> None:
    first, second = [case.imaging_study for case in Case.objects.filter(reader_study=reader_study)][
        :2
    ]
    second.patient = first.patient
    second.save()
    grade_all(reader_study, "modic", lambda r, c, level: (r + c + level) % 4)
    found = pair(agreement_view(reader_study, None), "modic")
    assert (found["n_items"], found["n_patients"]) == (30, 5)


def test_only_cells_that_both_graded_count(reader_study: ReaderStudy) -> None:
    grade_all(reader_study, "modic", lambda r, c, level: None if r == c else (c + level) % 4)
    Grade.objects.filter(disc_level="L1/L2").update(score=None, is_not_gradable=True)
    found = pair(agreement_view(reader_study, None), "modic")
    assert (found["n_items"], found["n_patients"]) == (16, 4)


def test_arms_are_kept_apart_and_the_first_is_the_default(reader_study: ReaderStudy) -> None:
    unaided, aided = reader_study.arms.all()
    grade_all(reader_study, "modic", lambda r, c, level: (c + level * (r + 1)) % 4, place=1)
    first = agreement_view(reader_study, None)
    assert first["arm"] == unaided.pk
    assert pair(first, "modic")["undefined"] == "no item rated by both"
    assert pair(agreement_view(reader_study, aided.pk), "modic")["n_items"] == 30


def test_a_repeat_in_a_later_session_of_the_arm_does_not_replace_the_first_answer(
    reader_study: ReaderStudy,
) -> None:
    grade_all(reader_study, "modic", lambda r, c, level: (c + level * (r + 1)) % 4)
    before = pair(agreement_view(reader_study, None), "modic")
    arm = reader_study.arms.all()[0]
    later = ReadingSession.objects.create(arm=arm, period=9)
    again = Reading.objects.create(
        enrolment=reader_study.enrolments.all()[0],
        case=reader_study.cases.all()[0],
        reading_session=later,
        position=1,
    )
    item = Item.objects.get(reader_study=reader_study, finding_code="modic")
    for level in DISC_LEVELS:
        Grade.objects.create(
            reading=again, item=item, disc_level=level, score=3, answered_at=ANSWERED_AT
        )
    assert pair(agreement_view(reader_study, None), "modic") == before


def test_one_stored_answer_moves_the_matrix_at_once(
    reader_study: ReaderStudy, readers: list[User]
) -> None:
    reading = Reading.objects.filter(
        enrolment__reader=readers[0], reading_session__arm=reader_study.arms.all()[0]
    )[0]
    other = Reading.objects.get(
        enrolment__reader=readers[1], case=reading.case, reading_session=reading.reading_session
    )
    assert pair(agreement_view(reader_study, None), "modic")["n_items"] == 0
    store_grade(reading_id=reading.pk, answer=answer("modic", "L4/L5", 1))
    store_grade(reading_id=other.pk, answer=answer("modic", "L4/L5", 2))
    found = pair(agreement_view(reader_study, None), "modic")
    assert (found["n_items"], found["value"], found["ci"]) == (1, 0.0, None)
    assert "one reader used one category only" in found["undefined"]


def test_the_view_names_scale_weights_readers_and_progress(reader_study: ReaderStudy) -> None:
    view = agreement_view(reader_study, None)
    item = next(one for one in view["items"] if one["code"] == "pfirrmann")
    assert item["weights"] == "quadratic"
    assert item["scale"]["scores"] == [1, 2, 3, 4, 5]
    assert item["scale"]["labels"] == ["I", "II", "III", "IV", "V"]
    assert [one["code"] for one in item["readers"]] == ["R1", "R2", "R3"]
    assert [(one["a"], one["b"]) for one in item["pairs"]] == [
        ("R1", "R2"),
        ("R1", "R3"),
        ("R2", "R3"),
    ]
    assert {(one["done"], one["total"]) for one in view["progress"]} == {(0, 6)}
    assert len(view["progress"]) == 3 * 2
    assert {one["no_time"] for one in view["progress"]} == {"no time kept"}


def test_an_arm_of_another_reader_study_is_refused(reader_study: ReaderStudy) -> None:
    strange = Arm.objects.order_by("-pk")[0].pk + 1
    with pytest.raises(MissingError, match="no such arm"):
        agreement_view(reader_study, strange)


def test_the_number_of_queries_does_not_grow_with_the_grades(reader_study: ReaderStudy) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            agreement_view(ReaderStudy.objects.get(pk=reader_study.pk), None)
        return len(captured)

    empty = queries()
    for code in ("modic", "pfirrmann", "central_canal_stenosis"):
        grade_all(reader_study, code, lambda r, c, level: 1 + (r + c + level) % 3)
    assert queries() == empty <= 9
