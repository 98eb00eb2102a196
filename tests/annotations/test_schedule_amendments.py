"""Readers are withdrawn and paused, due dates extended: amendments that keep hash and data."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from annotations.design.allocation import schedule_hash
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import ReaderStudy, Reading, ReadingSession
from annotations.selectors.agreement import agreement_view
from annotations.selectors.content_hash import content_sha256
from annotations.selectors.readings_export import grade_rows
from annotations.selectors.report_deviations import deviations
from annotations.selectors.schedules import schedule_rows
from annotations.selectors.votes import complete_cases
from annotations.selectors.worklist import worklist
from annotations.services.grades import store_grade
from annotations.services.locking import confirm_lock, propose_lock
from annotations.services.memberships import grant_role
from annotations.services.readers import (
    extend_due_date,
    pause_reader,
    resume_reader,
    withdraw_reader,
)
from annotations.services.readings import ReaderPausedError, ReadingClosedError
from annotations.services.schedule_amendments import ScheduleAmendmentError
from annotations.services.schedules import is_as_drawn
from annotations.services.submission import submit_reading
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError
from tests import personas
from tests.annotations.running import amend, one
from tests.conftest import client_of
from tests.factories.reader_studies import answer, designed_reader_study, fill


def test_a_withdrawn_reader_keeps_what_is_stored_and_loses_what_is_open(
    running: ReaderStudy, coordinator: User, readers: list[User]
) -> None:
    drawn = running.schedule.sha256
    begun = Reading.objects.get(status=Reading.Status.IN_PROGRESS)
    done = Reading.objects.filter(
        enrolment=begun.enrolment, reading_session__period=1, status=Reading.Status.ASSIGNED
    )[0]
    fill(done)
    submit_reading(reading_id=done.pk)
    row = amend(
        withdraw_reader, running, coordinator, enrolment_id=begun.enrolment_id, reason="moved away"
    )
    own = Reading.objects.filter(enrolment=begun.enrolment)
    assert own.filter(status=Reading.Status.SUBMITTED).get() == done
    assert own.filter(status=Reading.Status.WITHDRAWN).count() == own.count() - 1 == 7
    assert begun.grades.count() == 1, "what was answered is kept"
    assert (len(row.removed), row.added) == (7, [])
    running.refresh_from_db()
    assert running.schedule.sha256 == drawn, "the schedule that was drawn keeps its hash"
    assert row.before_sha256 == drawn
    assert row.after_sha256 == schedule_hash(schedule_rows(running)) != drawn
    assert is_as_drawn(running)
    entry = AuditRecord.objects.get(action="schedule.reader_withdrawn")
    assert entry.reason == "moved away"
    assert entry.changes["status"] == ["active", "withdrawn"]
    with pytest.raises(ReadingClosedError, match="ended your part"):
        store_grade(reading_id=begun.pk, answer=answer("modic", "L3/L4"))
    assert [len(session.readings) for session in worklist(readers[0])] == [1]
    with pytest.raises(ScheduleAmendmentError, match="withdrawn already"):
        amend(withdraw_reader, running, coordinator, enrolment_id=begun.enrolment_id)


def test_exports_keep_a_withdrawn_reader_and_flag_the_rows(
    running: ReaderStudy, coordinator: User
) -> None:
    amend(withdraw_reader, running, coordinator, enrolment_id=one(running, "R1").pk)
    rows = [row for row in grade_rows(running) if row.reader == "R1"]
    assert {row.reader_status for row in rows} == {"withdrawn"}
    assert {row.reading_status for row in rows} == {"withdrawn"}
    assert [row.score for row in rows if row.score is not None] == [1]
    others = {row.reader_status for row in grade_rows(running) if row.reader == "R2"}
    assert others == {"active"}


def test_agreement_counts_submitted_cases_of_a_withdrawn_reader_and_flags_them(
    coordinator: User, readers: list[User]
) -> None:
    design = ReaderStudyDesign("unaided_only", live_view=LiveView("by_arm", 0))
    reader_study = designed_reader_study(
        coordinator, readers, design, n_cases=3, aided=False, opened=True
    )
    case = reader_study.cases.all()[0]
    for reading in Reading.objects.filter(case=case):
        fill(reading)
        submit_reading(reading_id=reading.pk)
    partial = Reading.objects.filter(enrolment__code="R1", status=Reading.Status.ASSIGNED)[0]
    store_grade(reading_id=partial.pk, answer=answer("modic", "L4/L5", 3))
    arm = reader_study.arms.get()
    assert complete_cases(arm) == {case.pk}
    amend(withdraw_reader, reader_study, coordinator, enrolment_id=one(reader_study, "R1").pk)
    modic = next(i for i in agreement_view(reader_study, None)["items"] if i["code"] == "modic")
    assert [r["is_withdrawn"] for r in modic["readers"]] == [True, False]
    assert modic["pairs"][0]["n_items"] == 5, "the five levels of the case that both submitted"
    for reading in Reading.objects.filter(enrolment__code="R2", status=Reading.Status.ASSIGNED):
        fill(reading)
        submit_reading(reading_id=reading.pk)
    assert len(complete_cases(arm)) == 3, "nobody waits for what is closed"


def test_a_paused_reader_finishes_what_is_begun_and_opens_nothing(
    running: ReaderStudy, coordinator: User, readers: list[User]
) -> None:
    paused = one(running, "R1")
    amend(pause_reader, running, coordinator, enrolment_id=paused.pk)
    begun = Reading.objects.get(status=Reading.Status.IN_PROGRESS)
    store_grade(reading_id=begun.pk, answer=answer("modic", "L3/L4"))
    other = Reading.objects.filter(
        enrolment=paused, status=Reading.Status.ASSIGNED, reading_session__period=1
    )[0]
    with pytest.raises(ReaderPausedError):
        store_grade(reading_id=other.pk, answer=answer("modic"))
    available = set().union(*(session.available for session in worklist(readers[0])))
    assert available == {begun.pk}
    amend(resume_reader, running, coordinator, enrolment_id=paused.pk)
    store_grade(reading_id=other.pk, answer=answer("modic"))
    kinds = [row.kind for row in running.schedule_amendments.all()]
    assert kinds == ["reader_paused", "reader_resumed"]
    assert is_as_drawn(running)


def test_a_due_date_is_extended_for_one_or_for_all(
    running: ReaderStudy, coordinator: User, readers: list[User]
) -> None:
    today = timezone.localdate()

    def due(reader: User) -> list[date | None]:
        return [s.due_on for s in worklist(reader) if s.reading_session.period == 1]

    def until(days: int, **more: Any) -> None:
        day = today + timedelta(days=days)
        amend(extend_due_date, running, coordinator, period=1, due_on=day, **more)

    until(10)
    until(20, enrolment_id=one(running, "R1").pk)
    assert set(due(readers[0])) == {today + timedelta(days=20)}
    assert set(due(readers[1])) == {today + timedelta(days=10)}
    with pytest.raises(InvalidInputError, match="a day after"):
        until(5)
    with pytest.raises(InvalidInputError, match="no period 9"):
        amend(extend_due_date, running, coordinator, period=9, due_on=today)
    assert is_as_drawn(running)


def test_an_amended_reader_study_can_be_locked_and_exported(
    running: ReaderStudy, coordinator: User
) -> None:
    amend(withdraw_reader, running, coordinator, enrolment_id=one(running, "R1").pk)
    other = personas.person("second", "coordinators")
    grant_role(reader_study=running, username="second", role="coordinator", actor=coordinator)
    key: dict[str, Any] = {"reader_study_id": running.pk, "password": personas.PASSWORD}
    propose_lock(**key, actor=coordinator, reason="done")
    lock = confirm_lock(**key, actor=other)
    assert lock.content_sha256 == content_sha256(running)
    answer = client_of(coordinator).get(f"/api/v1/reader-studies/{running.pk}/readings.json")
    about = json.loads(answer.content)["about"]
    assert about["schedule_sha256"] == running.schedule.sha256
    (told,) = about["schedule_amendments"]
    assert (told["kind"], told["reader"], told["readings_withdrawn"]) == (
        "reader_withdrawn",
        "R1",
        8,
    )


def test_the_lock_hash_covers_amendments_and_a_draft_or_locked_one_is_not_amended(
    running: ReaderStudy, coordinator: User
) -> None:
    before = content_sha256(running)
    amend(pause_reader, running, coordinator, enrolment_id=one(running, "R1").pk)
    assert content_sha256(running) != before
    for status, words in (("draft", "edit it"), ("locked", "unlock")):
        ReaderStudy.objects.filter(pk=running.pk).update(status=status)
        with pytest.raises(ScheduleAmendmentError, match=words):
            amend(resume_reader, running, coordinator, enrolment_id=one(running, "R1").pk)


def test_an_amendment_altered_behind_the_products_back_shows(
    running: ReaderStudy, coordinator: User
) -> None:
    amend(withdraw_reader, running, coordinator, enrolment_id=one(running, "R1").pk)
    closed = Reading.objects.filter(enrolment__code="R1", status=Reading.Status.WITHDRAWN)[0]
    Reading.objects.filter(pk=closed.pk).update(status=Reading.Status.ASSIGNED)
    assert not is_as_drawn(running)


def test_the_final_report_tells_of_amendments_and_withdrawn_readings(
    running: ReaderStudy, coordinator: User
) -> None:
    amend(
        withdraw_reader,
        running,
        coordinator,
        enrolment_id=one(running, "R1").pk,
        reason="moved away",
    )
    told = deviations(running)
    (schedule,) = [row for row in told if row.kind == "schedule"]
    assert schedule.what.startswith("reader withdrawn: R1; ")
    assert "closed as withdrawn" in schedule.what
    assert (schedule.reason, schedule.when_utc != "") == ("moved away", True)
    kinds = {row.kind for row in told if row.what.startswith("R1, ")}
    assert kinds == {"withdrawn"}
    assert {row.kind for row in told if row.what.startswith("R2, ")} == {"unread"}


def test_a_reader_whose_due_date_was_extended_is_not_late(
    running: ReaderStudy, coordinator: User
) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    ReadingSession.objects.filter(arm__reader_study=running).update(due_on=yesterday)
    amend(
        extend_due_date,
        running,
        coordinator,
        enrolment_id=one(running, "R1").pk,
        period=1,
        due_on=timezone.localdate() + timedelta(days=7),
    )
    for code in ("R1", "R2"):
        reading = Reading.objects.filter(
            enrolment__code=code, reading_session__period=1, status=Reading.Status.ASSIGNED
        )[0]
        fill(reading)
        submit_reading(reading_id=reading.pk)
    late = [row.what[:2] for row in deviations(running) if row.kind == "late"]
    assert late == ["R2"]
