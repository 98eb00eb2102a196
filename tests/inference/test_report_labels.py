"""Labels are kept run by run, judged by people, and given out as weak labels."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import InternalError, connection, transaction
from django.db.utils import NotSupportedError, ProgrammingError
from django.test import Client
from rest_framework.test import APIClient

from annotations.vocabulary import FINDINGS
from inference.models import LexiconChange, ReportLabel, ReportReview, ReportRun
from inference.reports import ORDER_OF, SEVERITIES, Term, shipped_lexicon
from inference.reports.grades import grade_maps
from inference.selectors.lexicon import label_changes, site_lexicon, stale_reports
from inference.selectors.report_labels import categories_of_exams, report_grades
from inference.services.clinical_reports import ReviewError, review_label
from inference.services.lexicon import LexiconChangeError, change_lexicon, changed_lexicon
from inference.services.report_labels import relabel_stale
from spinestudy.imaging.models import ImagingStudy
from tests.factories.clinical_reports import NAMING, TEXT, imported
from tests.factories.reader_studies import exam

pytestmark = pytest.mark.django_db
REFUSED = (InternalError, ProgrammingError, NotSupportedError)


@pytest.fixture
def one() -> ImagingStudy:
    return exam()


def canal(one: ImagingStudy) -> str | None:
    return categories_of_exams("canal", [one.pk]).get((one.pk, "L4/L5", ""))


def test_labels_carry_their_sentence_and_the_versions_that_read_them(one: ImagingStudy) -> None:
    report = imported(one)
    run = report.runs.get()
    assert run.lexicon_version == shipped_lexicon().version
    label = run.labels.get(target="foramen", side="left")
    assert label.category == "mild"
    assert label.certainty == "stated"
    assert report.text[label.start : label.end] == "Mild left foraminal stenosis."
    assert run.labels.get(target="foramen", side="right").certainty == "assumed"


@pytest.mark.parametrize("model", [ReportRun, ReportLabel, ReportReview, LexiconChange])
def test_nothing_of_it_can_be_changed_or_deleted(
    model: type, one: ImagingStudy, coordinator: User
) -> None:
    report = imported(one)
    review_label(
        report_id=report.pk,
        target="canal",
        disc_level="L4/L5",
        side="",
        verdict="right",
        actor=coordinator,
    )
    change_lexicon(act="disable", term=Term("trace", "severity"), actor=coordinator)
    row = model.objects.all()[0]  # type: ignore[attr-defined]
    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table}")  # noqa: S608
    with pytest.raises(REFUSED), transaction.atomic():
        row.save()


def test_a_review_corrects_confirms_or_removes_a_label(
    one: ImagingStudy, coordinator: User
) -> None:
    report = imported(one)
    cell: dict[str, Any] = {
        "report_id": report.pk,
        "target": "canal",
        "disc_level": "L4/L5",
        "side": "",
    }
    assert canal(one) == "moderate"
    review_label(**cell, verdict="corrected", corrected="severe", actor=coordinator)
    assert canal(one) == "severe"
    review_label(**cell, verdict="wrong", actor=coordinator)
    assert canal(one) is None
    review_label(**cell, verdict="right", actor=coordinator)
    assert canal(one) == "moderate"
    assert ReportReview.objects.count() == 3
    with pytest.raises(ReviewError, match="Correct it to one of: none, mild"):
        review_label(**cell, verdict="corrected", corrected="whopping", actor=coordinator)


def test_a_missed_label_can_be_added_but_not_called_right(
    one: ImagingStudy, coordinator: User
) -> None:
    report = imported(one)
    cell: dict[str, Any] = {
        "report_id": report.pk,
        "target": "canal",
        "disc_level": "L2/L3",
        "side": "",
    }
    with pytest.raises(ReviewError, match="no label in this cell"):
        review_label(**cell, verdict="right", actor=coordinator)
    review_label(**cell, verdict="corrected", corrected="mild", actor=coordinator)
    assert categories_of_exams("canal", [one.pk])[one.pk, "L2/L3", ""] == "mild"
    with pytest.raises(ReviewError, match="no such label"):
        review_label(**{**cell, "side": "left"}, verdict="right", actor=coordinator)


def test_a_held_back_report_cannot_be_reviewed(one: ImagingStudy, coordinator: User) -> None:
    report = imported(one, NAMING)
    with pytest.raises(ReviewError, match="held back"):
        review_label(
            report_id=report.pk,
            target="canal",
            disc_level="L4/L5",
            side="",
            verdict="right",
            actor=coordinator,
        )


def test_every_mapped_grade_is_on_the_scale_of_its_item_and_at_its_sites() -> None:
    for code, grade_map in grade_maps().items():
        finding = FINDINGS[code]
        assert set(grade_map.grades.values()) <= set(finding.scale.scores), code
        assert set(grade_map.grades) <= set(ORDER_OF.get(grade_map.target, SEVERITIES)), code
        has_sides = finding.sides != ("",)
        assert has_sides == (grade_map.target in ("foramen", "subarticular")), code


def test_words_become_grades_of_the_item_or_nothing(one: ImagingStudy) -> None:
    imported(
        one,
        "L4-5: Moderate canal stenosis. L3-4: Mild to moderate canal stenosis. L2-3: mild canal "
        "stenosis. L5-S1: Canal stenosis. Modic type 2 changes.",
    )
    levels = {
        level: score
        for (_, level, _), score in report_grades("central_canal_stenosis", [one.pk]).items()
    }
    assert levels == {"L2/L3": 1, "L4/L5": 2}
    three = {
        level: score
        for (_, level, _), score in report_grades("central_canal_rsna", [one.pk]).items()
    }
    assert three == {"L2/L3": 0, "L4/L5": 1}
    assert report_grades("modic", [one.pk]) == {(one.pk, "L5/S1", ""): 2}
    assumed = report_grades("foraminal_stenosis", [one.pk])
    assert assumed[one.pk, "L4/L5", "left"] == 0
    assert report_grades("foraminal_stenosis", [one.pk], with_assumed=False) == {}
    with pytest.raises(KeyError):
        report_grades("facet_arthropathy", [one.pk])


def test_two_reports_of_an_exam_that_differ_leave_the_cell_empty(one: ImagingStudy) -> None:
    imported(one)
    imported(one, "L4-5: Severe canal stenosis. Mild left foraminal stenosis.")
    assert canal(one) is None
    foramina = categories_of_exams("foramen", [one.pk])
    assert foramina[one.pk, "L4/L5", "left"] == "mild"


def test_a_change_of_the_lexicon_is_shown_before_it_is_made(
    one: ImagingStudy, coordinator: User
) -> None:
    report = imported(one, "L4-5: Whopping canal stenosis.")
    term = Term("whopping", "severity", "severe")
    lexicon = changed_lexicon(act="add", term=term)
    (change,) = label_changes(lexicon, [report])
    assert (change.disc_level, change.before, change.after) == ("L4/L5", "unspecified", "severe")
    assert change.sentence == "L4-5: Whopping canal stenosis."
    assert canal(one) == "unspecified"
    change_lexicon(act="add", term=term, actor=coordinator)
    assert site_lexicon().version == lexicon.version
    assert stale_reports(site_lexicon()) == [report.pk]
    assert relabel_stale() == 1
    assert relabel_stale() == 0
    assert canal(one) == "severe"
    assert report.runs.count() == 2
    change_lexicon(act="restore", term=term, actor=coordinator)
    relabel_stale()
    assert canal(one) == "unspecified"
    assert site_lexicon().version == shipped_lexicon().version
    assert LexiconChange.objects.count() == 2


def test_a_shipped_term_is_disabled_and_restored(one: ImagingStudy, coordinator: User) -> None:
    imported(one)
    change_lexicon(act="disable", term=Term("moderate", "severity"), actor=coordinator)
    relabel_stale()
    assert canal(one) == "unspecified"
    change_lexicon(act="restore", term=Term("moderate", "severity"), actor=coordinator)
    relabel_stale()
    assert canal(one) == "moderate"


@pytest.mark.parametrize(
    ("act", "term", "message"),
    [
        ("add", Term("mild*", "severity", "mild"), "has this term already"),
        ("add", Term("x", "severity", "whopping"), "takes none, mild"),
        ("add", Term("<b>", "other"), "can't be a term"),
        ("disable", Term("whopping", "severity"), "no term"),
        ("restore", Term("mild*", "severity"), "isn't changed here"),
        ("drop", Term("mild*", "severity"), "Choose whether"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(act: str, term: Term, message: str) -> None:
    with pytest.raises(LexiconChangeError, match=message):
        changed_lexicon(act=act, term=term)


def test_labels_are_given_out_as_a_table(
    one: ImagingStudy, coordinator: User, coordinator_client: APIClient
) -> None:
    report = imported(one)
    review_label(
        report_id=report.pk,
        target="canal",
        disc_level="L4/L5",
        side="",
        verdict="corrected",
        corrected="severe",
        actor=coordinator,
    )
    answer = coordinator_client.get("/api/v1/report-labels.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 5
    (corrected,) = [row for row in rows if row["target"] == "canal"]
    assert corrected["category"] == "severe"
    assert corrected["source"] == "report-review"
    assert corrected["central_canal_stenosis"] == "3"
    assert corrected["foraminal_stenosis"] == ""
    assert {row["source"] for row in rows if row["target"] != "canal"} == {"report"}
    assert {row["study_instance_uid"] for row in rows} == {one.study_instance_uid}


def test_the_api_gives_a_report_with_labels_and_takes_reviews(
    one: ImagingStudy, coordinator_client: APIClient
) -> None:
    report = imported(one)
    address = f"/api/v1/clinical-reports/{report.pk}/"
    body = coordinator_client.get(address).json()
    assert body["text"] == TEXT
    label = next(x for x in body["labels"] if x["target"] == "canal")
    assert body["text"][label["start"] : label["end"]].endswith("Moderate canal stenosis.")
    sent = {"target": "canal", "disc_level": "L4/L5", "verdict": "right"}
    assert coordinator_client.post(f"{address}reviews/", sent).status_code == 201
    assert coordinator_client.get(address).json()["reviews"][0]["verdict"] == "right"
    assert coordinator_client.post(f"{address}reviews/", {**sent, "target": "x"}).status_code == 400
    listed = coordinator_client.get("/api/v1/clinical-reports/").json()["results"]
    assert [(x["id"], x["review_count"]) for x in listed] == [(report.pk, 1)]
    assert "text" not in listed[0]


def test_the_pages_show_grid_sentences_and_reviews(
    one: ImagingStudy, coordinator: User, client: Client
) -> None:
    client.force_login(coordinator)
    report = imported(
        one, "FINDINGS: L4-5: Mild canal stenosis.\nIMPRESSION: Severe canal stenosis at L4-5."
    )
    page = client.get(f"/clinical-reports/{report.pk}/").content.decode()
    assert 'data-cell="canal:L4/L5:"' in page
    assert "L4/L5, central canal" in page
    assert "Severe canal stenosis at L4-5." in page
    assert "is-contradicted" in page
    sent = {"cell": "canal:L4/L5:", "verdict": "wrong"}
    answer = client.post(f"/clinical-reports/{report.pk}/review/", sent)
    assert answer["Location"].endswith("cell=subarticular%3AL4%2FL5%3Aright")
    page = client.get(f"/clinical-reports/{report.pk}/").content.decode()
    assert "reviewed: wrong" in page
    listed = client.get("/clinical-reports/?show=contradicting").content.decode()
    assert f"/clinical-reports/{report.pk}/" in listed
    held = imported(exam(), NAMING)
    page = client.get(f"/clinical-reports/{held.pk}/").content.decode()
    assert '<mark class="identifier">Dr. Jane Example</mark>' in page


def test_the_lexicon_page_shows_the_effect_before_a_change_is_made(
    one: ImagingStudy, coordinator: User, client: Client
) -> None:
    client.force_login(coordinator)
    imported(one, "L4-5: Whopping canal stenosis.")
    term = {"act": "add", "text": "whopping", "kind": "severity", "value": "severe", "notes": ""}
    page = client.post("/clinical-reports/lexicon/", term).content.decode()
    assert "<strong>1 label</strong> of 1 report would change" in page
    assert LexiconChange.objects.count() == 0
    client.post("/clinical-reports/lexicon/", {**term, "step": "make"})
    assert LexiconChange.objects.get().changed_by == coordinator
    page = client.get("/clinical-reports/lexicon/?kind=severity").content.decode()
    assert "whopping" in page
    assert "<strong>1 report</strong>" in page
    refused = client.post("/clinical-reports/lexicon/", {**term, "kind": "x"})
    assert refused.status_code == 400
