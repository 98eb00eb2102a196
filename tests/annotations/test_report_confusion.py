"""Labels of reports beside grades: only where agreement may be seen, and nothing is changed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import (
    Grade,
    GradeEvent,
    Item,
    ReaderStudy,
    ReferenceGrade,
    ReferenceRecord,
)
from annotations.services.grades import store_grade
from tests.factories.clinical_reports import imported
from tests.factories.reader_studies import (
    answer,
    designed_reader_study,
    opened_reader_study,
    reading_of,
)

pytestmark = pytest.mark.django_db
REPORT = (
    "L4-5: Severe canal stenosis. L3-4: Mild canal stenosis. "
    "L5-S1: Mild to moderate canal stenosis."
)
ITEM = "central_canal_stenosis"


@pytest.fixture
def read(coordinator: User, reader: User) -> ReaderStudy:
    """One case with a report, graded severe, moderate and mild at its three levels."""
    made = opened_reader_study(coordinator, [reader], n_cases=1, items=(ITEM, "facet_arthropathy"))
    reading = reading_of(made, reader, aided=False)
    for level, score in (("L4/L5", 3), ("L3/L4", 2), ("L5/S1", 1), ("L1/L2", 0)):
        store_grade(reading_id=reading.pk, answer=answer(ITEM, level, score))
    imported(made.cases.get().imaging_study, REPORT)
    return made


def view(client: APIClient, made: ReaderStudy, query: str = "") -> dict[str, object]:
    answer_ = client.get(f"/api/v1/reader-studies/{made.pk}/report-labels/{query}")
    assert answer_.status_code == 200, answer_.content
    body: dict[str, object] = answer_.json()
    return body


def counts(body: dict[str, object]) -> dict[str, list[int]]:
    table = body["table"]
    assert isinstance(table, dict)
    return {row["category"]: row["counts"] for row in table["rows"] if row["total"]}


def test_categories_are_counted_against_grades_of_the_same_cells(
    read: ReaderStudy, coordinator_client: APIClient
) -> None:
    body = view(coordinator_client, read)
    assert counts(body) == {
        "severe": [0, 0, 0, 1],
        "mild": [0, 0, 1, 0],
        "mild-moderate": [0, 1, 0, 0],
    }
    table = body["table"]
    assert isinstance(table, dict)
    assert (table["n_cells"], table["n_patients"]) == (3, 1)
    assert (table["n_same"], table["n_mapped"]) == (1, 2)
    assert [one["code"] for one in body["items"]] == [ITEM]  # type: ignore[attr-defined]


def test_one_reader_or_the_reference_can_be_chosen(
    read: ReaderStudy, coordinator: User, coordinator_client: APIClient
) -> None:
    assert counts(view(coordinator_client, read, "?by=R1"))["severe"] == [0, 0, 0, 1]
    assert counts(view(coordinator_client, read, "?by=reference")) == {}
    for version, score in ((1, 0), (2, 2)):
        ReferenceRecord.objects.create(
            case=read.cases.get(),
            item=Item.objects.get(reader_study=read, finding_code=ITEM),
            disc_level="L4/L5",
            version=version,
            score=score,
            provenance="external",
            made_by=coordinator,
        )
    assert counts(view(coordinator_client, read, "?by=reference")) == {"severe": [0, 0, 1, 0]}
    refused = coordinator_client.get(f"/api/v1/reader-studies/{read.pk}/report-labels/?by=R9")
    assert refused.status_code == 400


def test_it_is_withheld_as_agreement_is(
    coordinator: User, reader: User, coordinator_client: APIClient, client: Client
) -> None:
    closed = designed_reader_study(
        coordinator,
        [reader],
        ReaderStudyDesign(live_view=LiveView("none", min_patients=0)),
        items=(ITEM,),
        opened=True,
    )
    answer_ = coordinator_client.get(f"/api/v1/reader-studies/{closed.pk}/report-labels/")
    assert answer_.status_code == 409
    client.force_login(coordinator)
    page = client.get(f"/reader-studies/{closed.pk}/report-labels/").content.decode()
    assert "only after the data are locked" in page


def test_no_count_is_told_from_too_few_patients(
    coordinator: User, reader: User, coordinator_client: APIClient
) -> None:
    made = designed_reader_study(
        coordinator,
        [reader],
        ReaderStudyDesign(live_view=LiveView("by_arm", min_patients=5)),
        items=(ITEM,),
        opened=True,
    )
    reading = reading_of(made, reader, aided=False)
    store_grade(reading_id=reading.pk, answer=answer(ITEM, "L4/L5", 3))
    imported(reading.case.imaging_study, REPORT)
    table = view(coordinator_client, made)["table"]
    assert isinstance(table, dict)
    assert table["rows"] == []
    assert table["n_same"] is None
    assert "fewer than 5 patients" in table["withheld"]


def test_reports_and_reviews_write_no_grade_and_no_reference(
    read: ReaderStudy, coordinator: User
) -> None:
    from inference.services.clinical_reports import review_label

    before = (
        list(Grade.objects.values()),
        GradeEvent.objects.count(),
        ReferenceGrade.objects.count(),
        ReferenceRecord.objects.count(),
    )
    report = imported(read.cases.get().imaging_study, "L2-3: Severe canal stenosis.")
    review_label(
        report_id=report.pk,
        target="canal",
        disc_level="L2/L3",
        side="",
        verdict="corrected",
        corrected="mild",
        actor=coordinator,
    )
    after = (
        list(Grade.objects.values()),
        GradeEvent.objects.count(),
        ReferenceGrade.objects.count(),
        ReferenceRecord.objects.count(),
    )
    assert after == before


def test_the_page_shows_the_table(read: ReaderStudy, coordinator: User, client: Client) -> None:
    client.force_login(coordinator)
    page = client.get(f"/reader-studies/{read.pk}/report-labels/").content.decode()
    assert "1 of 2 grades are the one that the report means" in page
    assert "n = 3 grades in 1 patient." in page
    assert "1 more stands beside words" in page
