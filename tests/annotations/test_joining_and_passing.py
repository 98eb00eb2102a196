"""New readers, and unread cases that pass to others, while a reader study is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from annotations.design.protocol import ReaderStudyDesign
from annotations.models import Enrolment, ReaderStudy, Reading, ScheduleAmendment
from annotations.selectors.schedules import schedule_rows
from annotations.services.grades import store_grade
from annotations.services.joining import add_reader
from annotations.services.passing import reassign_cases, unread_cases
from annotations.services.readers import (
    withdraw_reader,
)
from annotations.services.readings import ReadingClosedError
from annotations.services.schedule_amendments import ScheduleAmendmentError
from annotations.services.schedules import is_as_drawn
from annotations.services.submission import submit_reading
from spinestudy.common.errors import InvalidInputError
from tests import personas
from tests.annotations.running import amend, one
from tests.factories.reader_studies import answer, designed_reader_study, fill


def add(reader_study: ReaderStudy, actor: User, name: str, **more: Any) -> ScheduleAmendment:
    return amend(add_reader, reader_study, actor, reader=personas.reader(name), **more)


def test_a_new_reader_gets_a_schedule_of_their_own(running: ReaderStudy, coordinator: User) -> None:
    before = schedule_rows(running)
    row = add(running, coordinator, "reader-3", case_limit=6, seniority="junior")
    assert row.enrolment is not None
    assert (row.enrolment.code, row.enrolment.seniority) == ("R3", "junior")
    own = Reading.objects.filter(enrolment=row.enrolment)
    assert own.count() == len(row.added) == 12
    assert {r.reading_session.washout_days for r in own.filter(reading_session__period=2)} == {28}
    assert [r for r in schedule_rows(running) if r.reader != "R3"] == before, "others keep theirs"
    assert is_as_drawn(running)
    opened = own.filter(reading_session__period=1).order_by("order")[0]
    fill(opened)
    submit_reading(reading_id=opened.pk)
    later = own.get(case=opened.case, reading_session__period=2)
    opened.refresh_from_db()
    assert opened.submitted_at is not None
    assert later.not_before == opened.submitted_at + timedelta(days=28)


@pytest.mark.parametrize("who", ["reader", "coordinator", "outsider"])
def test_who_cannot_be_added_is_said(
    running: ReaderStudy, coordinator: User, outsider: User, who: str
) -> None:
    person = User.objects.get(username=who)
    with pytest.raises(ScheduleAmendmentError, match=r"already|group of readers"):
        amend(add_reader, running, coordinator, reader=person)
    assert not ScheduleAmendment.objects.exists()
    assert running.enrolments.count() == 2


def test_a_new_reader_takes_over_what_a_withdrawn_one_left_unread(
    running: ReaderStudy, coordinator: User
) -> None:
    gone = one(running, "R1")
    unread = unread_cases(gone)
    assert len(unread) == 3
    amend(withdraw_reader, running, coordinator, enrolment_id=gone.pk)
    gone.refresh_from_db()
    assert unread_cases(gone) == unread
    was = {
        (r.case.number, r.reading_session.period, r.reading_session.arm.label)
        for r in Reading.objects.filter(enrolment=gone, case__number__in=unread)
    }
    row = add(running, coordinator, "reader-3", takes_over=gone.pk)
    own = Reading.objects.filter(enrolment=row.enrolment)
    now = {(r.case.number, r.reading_session.period, r.reading_session.arm.label) for r in own}
    assert now == was, "in the same periods and arms"
    assert row.detail["passed"] == ["R1", "R3"]
    assert is_as_drawn(running)
    assert unread_cases(gone) == set(), "a case passes once"
    with pytest.raises(ScheduleAmendmentError, match="no unread case"):
        add(running, coordinator, "reader-4", takes_over=gone.pk)


def test_unread_cases_pass_and_never_come_twice(running: ReaderStudy, coordinator: User) -> None:
    Enrolment.objects.filter(code="R2").update(case_limit=None)
    giver, taker = one(running, "R1"), one(running, "R2")
    had = set(Reading.objects.filter(enrolment=taker).values_list("case__number", flat=True))
    passing = sorted(unread_cases(giver) - had)
    assert passing
    ids = {"giver_id": giver.pk, "taker_id": taker.pk}
    row = amend(reassign_cases, running, coordinator, **ids)
    assert is_as_drawn(running)
    assert {r[3] for r in row.added} == {r[3] for r in row.removed} == set(passing)
    per_arm = Reading.objects.exclude(status=Reading.Status.WITHDRAWN).values_list(
        "enrolment__code", "case__number", "reading_session__arm__label"
    )
    assert len(per_arm) == len(set(per_arm)), "a case comes to a reader once in an arm"
    passed = Reading.objects.get(
        enrolment=giver, case__number=passing[0], reading_session__period=1
    )
    with pytest.raises(ReadingClosedError, match="given this case to another reader"):
        store_grade(reading_id=passed.pk, answer=answer("modic"))
    with pytest.raises(ScheduleAmendmentError, match="hasn't these cases unread"):
        amend(reassign_cases, running, coordinator, **ids, cases=[passing[0]])


def test_cases_that_cannot_pass_are_named_and_nothing_changes(
    running: ReaderStudy, coordinator: User
) -> None:
    giver, taker = one(running, "R1"), one(running, "R2")
    begun = Reading.objects.get(status=Reading.Status.IN_PROGRESS).case.number
    ids = {"giver_id": giver.pk, "taker_id": taker.pk}
    before = schedule_rows(running)
    with pytest.raises(ScheduleAmendmentError, match=begun):
        amend(reassign_cases, running, coordinator, **ids, cases=[begun])
    with pytest.raises(ScheduleAmendmentError, match="at most 4 cases"):
        amend(reassign_cases, running, coordinator, **ids)
    with pytest.raises(ScheduleAmendmentError, match="two different"):
        amend(reassign_cases, running, coordinator, giver_id=giver.pk, taker_id=giver.pk)
    with pytest.raises(InvalidInputError, match="Say why"):
        amend(reassign_cases, running, coordinator, **ids, reason=" ")
    assert schedule_rows(running) == before
    assert not ScheduleAmendment.objects.exists()


def test_in_a_fully_crossed_design_no_case_can_pass_to_a_reader_who_has_it(
    coordinator: User, readers: list[User]
) -> None:
    reader_study = designed_reader_study(coordinator, readers, ReaderStudyDesign(), opened=True)
    ids = {"giver_id": one(reader_study, "R1").pk, "taker_id": one(reader_study, "R2").pk}
    with pytest.raises(ScheduleAmendmentError, match="Add a reader who takes them over"):
        amend(reassign_cases, reader_study, coordinator, **ids)
