"""Every cell of every reading of a reader study, answered or not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from annotations.design.cells import all_cells, is_asked
from annotations.models import Grade, ReaderStudy, Reading, SpineAnatomy
from annotations.reporting import GradeRow
from annotations.selectors.cells import asked_items, cell_of
from annotations.vocabulary import graded_levels


def utc_text(moment: datetime | None) -> str:
    """ISO 8601 to the millisecond, "" for no time."""
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")


def patient_keys(reader_study: ReaderStudy) -> dict[int, str]:
    """Patient -> key of this reader study, P001 and on in the order of the cases."""
    keys: dict[int, str] = {}
    for patient in reader_study.cases.order_by("number").values_list(
        "imaging_study__patient_id", flat=True
    ):
        keys.setdefault(patient, f"P{len(keys) + 1:03d}")
    return keys


def _without_times(reading: Reading) -> Reading:
    """The reading as the schedule has it, and how far it has come; not stored."""
    return Reading(
        enrolment=reading.enrolment,
        case=reading.case,
        reading_session=reading.reading_session,
        position=reading.position,
        status=reading.status,
        repeat_of_id=reading.repeat_of_id,
    )


def grade_rows(reader_study: ReaderStudy, arms: Collection[int] | None = None) -> list[GradeRow]:
    """One row a cell, in the order of reader, period, position, level, item, side.

    Levels are those of the spine as the reader counts it. Patients appear under a key of this
    reader study, not under their patient ID. arms: the answers of other arms are withheld: their
    rows are there without answers and times; None withholds nothing.
    """
    items = list(reader_study.items.all())
    rules = asked_items(items)
    by_code = {rule.code: rule for rule in rules}
    codes = {item.pk: item.finding_code for item in items}
    words = {
        (item.finding_code, category.score): category.label
        for item in items
        for category in item.finding.scale.categories
    }
    keys = patient_keys(reader_study)
    readings = (
        Reading.objects.filter(case__reader_study=reader_study)
        .select_related("enrolment", "case__imaging_study", "reading_session__arm", "anatomy")
        .prefetch_related("grades")
        .order_by("enrolment_id", "reading_session__period", "position")
    )
    nothing = Grade(revision=0)
    rows = []
    for reading in readings:
        withheld = arms is not None and reading.reading_session.arm_id not in arms
        if withheld:
            reading = _without_times(reading)
        anatomy = (not withheld and getattr(reading, "anatomy", None)) or SpineAnatomy()
        told = [] if withheld else reading.grades.all()
        grades = {cell_of(grade, codes): grade for grade in told}
        scores = {cell: grade.score for cell, grade in grades.items()}
        for cell in all_cells(rules, graded_levels(anatomy.lumbar_count)):
            code, level, side = cell
            grade = grades.get(cell, nothing)
            rows.append(
                GradeRow(
                    reader_study=reader_study.title,
                    case=reading.case.number,
                    patient_key=keys[reading.case.imaging_study.patient_id],
                    reader=reading.enrolment.code,
                    arm=reading.reading_session.arm.label,
                    period=reading.reading_session.period,
                    phase=reading.reading_session.phase,
                    case_position=reading.position,
                    reading_status=reading.status,
                    lumbar_count=anatomy.lumbar_count,
                    transition=anatomy.transition,
                    item=code,
                    disc_level=level,
                    side=side,
                    asked=is_asked(cell, by_code, scores),
                    score=grade.score,
                    label="" if grade.score is None else words[code, grade.score],
                    not_gradable=grade.is_not_gradable,
                    not_gradable_reason=grade.reason,
                    confidence=grade.confidence,
                    comment=grade.comment,
                    answered_at_utc=utc_text(grade.answered_at),
                    revision=grade.revision or None,
                    reading_submitted_at_utc=utc_text(reading.submitted_at),
                    opened_at_utc=utc_text(reading.opened_at),
                    active_s=reading.active_s,
                    idle_s=reading.idle_s,
                    hidden_s=reading.hidden_s,
                    paused_s=reading.paused_s,
                    image_load_s=reading.image_load_s,
                    level_active_s=reading.seconds_by_level.get(level),
                    time_plausible=reading.is_time_plausible,
                    is_repeat=reading.repeat_of_id is not None,
                    withheld=withheld,
                    reader_status=reading.enrolment.status,
                )
            )
    return rows
