"""Every cell of every reading of a reader study, answered or not."""

from __future__ import annotations

from datetime import UTC, datetime

from annotations.models import ReaderStudy, Reading
from annotations.reporting import GradeRow
from annotations.vocabulary import DISC_LEVELS


def _utc(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")


def grade_rows(reader_study: ReaderStudy) -> list[GradeRow]:
    """One row a cell, in the order of reader, period, position, level, item.

    Patients appear under a key of this reader study, not under their patient ID.
    """
    items = list(reader_study.items.all())
    words = {
        (item.pk, category.score): category.label
        for item in items
        for category in item.finding.scale.categories
    }
    keys: dict[int, str] = {}
    for patient in reader_study.cases.order_by("number").values_list(
        "imaging_study__patient_id", flat=True
    ):
        keys.setdefault(patient, f"P{len(keys) + 1:03d}")
    readings = (
        Reading.objects.filter(case__reader_study=reader_study)
        .select_related("enrolment", "case__imaging_study", "reading_session__arm")
        .prefetch_related("grades")
        .order_by("enrolment_id", "reading_session__period", "position")
    )
    rows = []
    for reading in readings:
        grades = {(g.item_id, g.disc_level): g for g in reading.grades.all()}
        for level in DISC_LEVELS:
            for item in items:
                grade = grades.get((item.pk, level))
                score = grade.score if grade else None
                rows.append(
                    GradeRow(
                        reader_study=reader_study.title,
                        case=reading.case.number,
                        patient_key=keys[reading.case.imaging_study.patient_id],
                        reader=reading.enrolment.code,
                        arm=reading.reading_session.arm.label,
                        period=reading.reading_session.period,
                        case_position=reading.position,
                        reading_status=reading.status,
                        item=item.finding_code,
                        disc_level=level,
                        side="",
                        score=score,
                        label="" if score is None else words[item.pk, score],
                        not_gradable=bool(grade and grade.is_not_gradable),
                        answered_at_utc=_utc(grade.answered_at if grade else None),
                        revision=grade.revision if grade else None,
                        reading_submitted_at_utc=_utc(reading.submitted_at),
                        reading_duration_s=reading.duration_s,
                    )
                )
    return rows
