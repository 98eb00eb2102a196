"""Items of vertebrae: cells from T11 to S1, features where there is a fracture, all the way out."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from annotations.models import Grade, Item, ReaderStudy, Reading
from annotations.selectors.cells import empty_cells
from annotations.selectors.readings_export import grade_rows
from annotations.services.anatomy import set_anatomy
from annotations.services.grades import GradeNotOnScaleError, store_grade
from annotations.services.reading_events import times_of
from annotations.services.reference_records import ReferenceFileError, import_references
from annotations.services.submission import ReadingIncompleteError, submit_reading
from tests import personas
from tests.conftest import client_of
from tests.factories.reader_studies import answer, opened_reader_study, reading_of

ITEMS = ("modic", "vertebral_fracture", "fracture_nature", "fracture_fluid_sign")
VERTEBRAE = ["T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"]


@pytest.fixture
def reading(coordinator: User, reader: User) -> Reading:
    return reading_of(
        opened_reader_study(coordinator, [reader], items=ITEMS, n_cases=1), reader, aided=False
    )


def store(reading: Reading, item: str, level: str, score: int | None) -> Grade:
    return store_grade(reading_id=reading.pk, answer=answer(item, level, score))


def fractures(reading: Reading, *broken: str, nature: int = 0, fluid: int = 1) -> None:
    """Answer everything; the named vertebrae are broken."""
    for level in ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"):
        store(reading, "modic", level, 0)
    for level in VERTEBRAE:
        store(reading, "vertebral_fracture", level, int(level in broken))
        if level in broken:
            store(reading, "fracture_nature", level, nature)
            store(reading, "fracture_fluid_sign", level, fluid)


def test_the_grid_asks_for_fractures_at_every_vertebra(reading: Reading) -> None:
    cells = empty_cells(reading)
    assert [level for code, level, _ in cells if code == "vertebral_fracture"] == VERTEBRAE
    assert {code for code, _, _ in cells} == {"modic", "vertebral_fracture"}
    store(reading, "vertebral_fracture", "L1", 1)
    asked = [cell for cell in empty_cells(reading) if cell[0].startswith("fracture_")]
    assert asked == [("fracture_nature", "L1", ""), ("fracture_fluid_sign", "L1", "")]


def test_the_reading_room_gets_levels_and_kinds(reading: Reading, reader: User) -> None:
    view = client_of(reader).get(f"/api/v1/readings/{reading.pk}/").json()
    assert view["vertebral_levels"] == VERTEBRAE
    assert {one["code"]: one["site_kind"] for one in view["items"]} == {
        code: "disc" if code == "modic" else "vertebra" for code in ITEMS
    }


@pytest.mark.parametrize(
    ("item", "level"),
    [("modic", "L4"), ("vertebral_fracture", "L4/L5"), ("vertebral_fracture", "L6")],
)
def test_an_item_at_a_level_of_the_other_kind_is_refused(
    reading: Reading, reader: User, item: str, level: str
) -> None:
    with pytest.raises(GradeNotOnScaleError, match="no cell"):
        store(reading, item, level, 1)
    body = {
        "item": item,
        "disc_level": level,
        "side": "",
        "score": 1,
        "not_gradable": False,
        "reason": "",
        "confidence": None,
        "comment": "",
        "answer_key": str(uuid.uuid4()),
        "answered_at": "2026-11-20T10:00:00Z",
        "base_revision": 0,
    }
    sent = client_of(reader).put(f"/api/v1/readings/{reading.pk}/grades/", body, format="json")
    assert sent.status_code == 400
    assert not Grade.objects.exists()


@pytest.mark.parametrize(("item", "level"), [("modic", "L4"), ("vertebral_fracture", "L4/L5")])
def test_the_database_refuses_it_too(reading: Reading, item: str, level: str) -> None:
    grade = store(reading, item, "L4/L5" if item == "modic" else "L4", 1)
    with pytest.raises(IntegrityError, match="is not graded at"), transaction.atomic():
        Grade.objects.filter(pk=grade.pk).update(disc_level=level)


def test_a_sixth_lumbar_vertebra_is_asked_and_its_answer_kept_when_it_goes(
    reading: Reading,
) -> None:
    def say(count: int, base: int) -> None:
        set_anatomy(
            reading_id=reading.pk,
            lumbar_count=count,
            transition="none",
            base_revision=base,
            act_key=uuid.uuid4(),
        )

    say(6, 0)
    assert ("vertebral_fracture", "L6", "") in empty_cells(reading)
    grade = store(reading, "vertebral_fracture", "L6", 1)
    say(4, 1)
    grade.refresh_from_db()
    assert (grade.score, grade.is_applicable) == (1, False)
    levels = [level for code, level, _ in empty_cells(reading) if code == "vertebral_fracture"]
    assert levels == ["T11", "T12", "L1", "L2", "L3", "L4", "S1"]


def test_a_case_is_submitted_only_with_the_features_of_its_fractures(reading: Reading) -> None:
    fractures(reading)
    store(reading, "vertebral_fracture", "L2", 1)
    with pytest.raises(ReadingIncompleteError) as refused:
        submit_reading(reading_id=reading.pk)
    missing: Any = refused.value.details["missing"]
    assert [(one["item"], one["disc_level"]) for one in missing] == [
        ("fracture_nature", "L2"),
        ("fracture_fluid_sign", "L2"),
    ]
    store(reading, "vertebral_fracture", "L2", 0)
    submit_reading(reading_id=reading.pk)
    reading.refresh_from_db()
    assert reading.status == Reading.Status.SUBMITTED


def test_the_export_tells_not_asked_from_missing(reading: Reading) -> None:
    store(reading, "vertebral_fracture", "L1", 1)
    store(reading, "fracture_nature", "L1", 1)
    rows = {
        (row.item, row.disc_level): row
        for row in grade_rows(reading.case.reader_study)
        if row.arm == "Unaided"
    }
    assert len([key for key in rows if key[0] == "vertebral_fracture"]) == 8
    assert rows["fracture_nature", "L1"].label == "malignant"
    feature = "fracture_fluid_sign"
    assert (rows[feature, "L1"].asked, rows[feature, "L1"].score) == (True, None)
    assert (rows[feature, "L2"].asked, rows[feature, "L2"].score) == (False, None)


@pytest.fixture
def both(coordinator: User, reader: User) -> ReaderStudy:
    """Two readers have read two cases unaided: they differ at T12 of each."""
    readers = [reader, personas.reader("reader-2")]
    reader_study = opened_reader_study(coordinator, readers, items=ITEMS, n_cases=2)
    for one, levels in zip(readers, [("L1", "T12"), ("L1",)], strict=True):
        for reading in Reading.objects.filter(
            enrolment__reader=one,
            case__reader_study=reader_study,
            reading_session__arm__is_ai_allowed=False,
        ):
            fractures(reading, *levels)
            submit_reading(reading_id=reading.pk)
    return reader_study


def test_agreement_counts_vertebrae_and_of_features_only_what_both_were_asked(
    both: ReaderStudy, coordinator: User
) -> None:
    view = client_of(coordinator).get(f"/api/v1/reader-studies/{both.pk}/agreement/").json()
    pairs = {one["code"]: one["pairs"][0] for one in view["items"]}
    assert pairs["vertebral_fracture"]["n_items"] == 16
    # 16 cells: both present 2, both absent 12, one apart 2: po 14/16, pe (4*2 + 12*14)/256
    assert pairs["vertebral_fracture"]["value"] == pytest.approx((14 / 16 - 176 / 256) / (80 / 256))
    assert pairs["fracture_fluid_sign"]["n_items"] == 2
    by_level = (
        client_of(coordinator)
        .get(f"/api/v1/reader-studies/{both.pk}/agreement/strata/?by=level&item=vertebral_fracture")
        .json()
    )
    assert "T12" in str(by_level)
    assert "L4/L5" not in str(by_level)


def test_a_reference_names_a_vertebra_of_the_item(both: ReaderStudy, coordinator: User) -> None:
    case = both.cases.first()
    assert case is not None
    header = "case,item,disc_level,side,score"
    with pytest.raises(ReferenceFileError, match="vertebral_fracture has no level 'L4/L5'"):
        import_references(
            reader_study=both,
            text=f"{header}\n{case.number},vertebral_fracture,L4/L5,,1\n",
            source="histology",
            actor=coordinator,
        )
    stored = import_references(
        reader_study=both,
        text=f"{header}\n{case.number},vertebral_fracture,T12,,1\n",
        source="histology",
        actor=coordinator,
    )
    assert stored.stored == 1


def test_time_is_kept_by_vertebra(reading: Reading, reader: User) -> None:
    event = {
        "event_key": str(uuid.uuid4()),
        "kind": "span",
        "at": "2026-11-20T10:00:00Z",
        "detail": {"ms": 1500, "state": "active", "level": "T12"},
    }
    body = {"window_key": str(uuid.uuid4()), "events": [event]}
    sent = client_of(reader).post(f"/api/v1/readings/{reading.pk}/events/", body, format="json")
    assert sent.status_code == 200, sent.content
    assert times_of(reading).seconds_by_level == {"T12": 1.5}


def test_items_of_vertebrae_say_so_on_the_page(reading: Reading) -> None:
    words = {item.finding_code: item.asked_words for item in Item.objects.all()}
    assert words["fracture_nature"] == "per vertebra; where Fracture is 1+"
