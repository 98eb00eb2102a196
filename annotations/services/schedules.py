"""Draw the schedule of a draft and store it, freeze it, and prove that it is the one drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from annotations.design.allocation import Assignment, allocate, schedule_hash
from annotations.design.draw import shuffled
from annotations.design.plan import Plan, PlanError
from annotations.models import (
    Arm,
    Case,
    Enrolment,
    ReaderStudy,
    Reading,
    ReadingSession,
    Schedule,
)
from annotations.selectors.schedules import schedule_rows
from spinestudy.audit.services import record
from spinestudy.common.bulk import copy_rows, next_keys
from spinestudy.common.errors import InvalidInputError

_COLUMNS = (
    "id",
    "enrolment_id",
    "case_id",
    "reading_session_id",
    "position",
    "order",
    "repeat_of_id",
    "follows_id",
    "alias",
    "status",
    "seconds_by_level",
)


class ReaderStudyDesignError(InvalidInputError):
    """The design lacks something; the message says what."""

    code = "reader_study_design"


def drawn(plan: Plan) -> list[Assignment]:
    """The schedule of a plan; ReaderStudyDesignError in plain words where there is none."""
    try:
        return allocate(plan)
    except PlanError as error:
        raise ReaderStudyDesignError(str(error)) from error


def store_schedule(
    *,
    reader_study: ReaderStudy,
    rows: Sequence[Assignment],
    arms: Mapping[str, Arm],
    enrolments: Mapping[str, Enrolment],
    cases: Mapping[str, Case],
    aliases: Sequence[str],
    washout_days: int,
) -> Schedule:
    """Store every assignment as a reading, with its session, and the hash of them all."""
    store_readings(
        rows=rows,
        sessions=_sessions(rows, arms, washout_days),
        enrolments=enrolments,
        cases=cases,
        shown=shown_numbers(reader_study.seed, rows, aliases),
    )
    return Schedule.objects.create(
        reader_study=reader_study, sha256=schedule_hash(rows), n_readings=len(rows)
    )


def store_readings(
    *,
    rows: Sequence[Assignment],
    sessions: Mapping[tuple[str, int], ReadingSession],
    enrolments: Mapping[str, Enrolment],
    cases: Mapping[str, Case],
    shown: Mapping[tuple[str, int, str], str],
    last: Mapping[tuple[str, str, int], int] | None = None,
) -> list[int]:
    """Store assignments as readings; their keys.

    sessions: by arm and period. shown: number of a repeat, by reader, period and case. last:
    places that are taken already, by reader, arm and period.
    """
    in_order = sorted(rows, key=lambda row: (row.reader, row.period, row.order))
    positions = _positions(in_order, last or {})
    keys = next_keys(Reading, len(in_order))
    key_at = {
        (row.reader, row.period, row.order): key for row, key in zip(in_order, keys, strict=True)
    }

    def values(row: Assignment) -> tuple[Any, ...]:
        return (
            key_at[row.reader, row.period, row.order],
            enrolments[row.reader].pk,
            cases[row.case].pk,
            sessions[row.arm, row.period].pk,
            positions[row],
            row.order,
            key_at.get((row.reader, row.period, row.repeat_of)),
            key_at.get((row.reader, row.period, row.follows)),
            shown[row.reader, row.period, row.case] if row.repeat_of else "",
            Reading.Status.ASSIGNED.value,
            "{}",
        )

    copy_rows(Reading, _COLUMNS, map(values, in_order))
    return keys


def _positions(
    rows: Iterable[Assignment], last: Mapping[tuple[str, str, int], int]
) -> dict[Assignment, int]:
    """Place of each assignment in its session, given all in order."""
    places = Counter(last)
    found = {}
    for row in rows:
        places[row.reader, row.arm, row.period] += 1
        found[row] = places[row.reader, row.arm, row.period]
    return found


def _sessions(
    rows: Iterable[Assignment], arms: Mapping[str, Arm], washout_days: int
) -> dict[tuple[str, int], ReadingSession]:
    """A session for each arm and period; the washout lies before each but the first period."""
    training = {label for label, arm in arms.items() if arm.reading_sessions.exists()}
    wanted = sorted({(row.period, row.arm) for row in rows if row.arm not in training})
    first = min((period for period, _ in wanted), default=1)
    found = {
        (session.arm.label, session.period): session
        for label in training
        for session in arms[label].reading_sessions.select_related("arm")
    }
    for period, label in wanted:
        found[label, period] = ReadingSession.objects.create(
            arm=arms[label], period=period, washout_days=washout_days if period > first else 0
        )
    return found


def shown_numbers(
    seed: int, rows: Iterable[Assignment], numbers: Sequence[str]
) -> dict[tuple[str, int, str], str]:
    """(reader, period, case) -> the number under which the repeat is shown."""
    found: dict[tuple[str, int, str], str] = {}
    left: dict[str, list[str]] = {}
    for row in rows:
        key = (row.reader, row.period, row.case)
        if row.repeat_of and key not in found:
            mine = left.setdefault(row.reader, shuffled(numbers, seed, "alias", row.reader))
            found[key] = mine.pop()
    return found


def freeze_schedule(reading: Reading, now: datetime) -> None:
    """Freeze the schedule of this reading's reader study if this is its first reading."""
    waiting = Schedule.objects.filter(
        reader_study_id=reading.case.reader_study_id, frozen_at=None
    ).select_for_update()
    schedule = waiting.first()
    if schedule is None:
        return
    schedule.frozen_at = now
    schedule.save(update_fields=["frozen_at"])
    record(
        actor=reading.enrolment.reader,
        action="schedule.frozen",
        subject=schedule,
        sha256=schedule.sha256,
    )


def is_as_drawn(reader_study: ReaderStudy) -> bool:
    """Whether the stored readings are those of the schedule drawn, changed by its amendments.

    The amendments are taken back one by one, the newest first; each must fit the hashes that it
    names, and what is left must be the schedule that was drawn.
    """
    rows = Counter(schedule_rows(reader_study))
    for one in reader_study.schedule_amendments.order_by("-number"):
        if schedule_hash(rows.elements()) != one.after_sha256:
            return False
        rows -= Counter(Assignment(*row) for row in one.added)
        rows += Counter(Assignment(*row) for row in one.removed)
        if schedule_hash(rows.elements()) != one.before_sha256:
            return False
    return schedule_hash(rows.elements()) == reader_study.schedule.sha256
