"""Draw the schedule of a draft and store it, freeze it, and prove that it is the one drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count

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
from spinestudy.common.errors import InvalidInputError


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
    sessions = _sessions(rows, arms, washout_days)
    shown = _aliases(reader_study.seed, rows, aliases)
    made: dict[tuple[str, int, int], Reading] = {}

    in_order = sorted(rows, key=lambda row: (row.reader, row.period, row.order))
    positions = _positions(in_order)

    def reading(row: Assignment) -> Reading:
        return Reading(
            enrolment=enrolments[row.reader],
            case=cases[row.case],
            reading_session=sessions[row.arm, row.period],
            position=positions[row],
            order=row.order,
            repeat_of=made.get((row.reader, row.period, row.repeat_of)),
            follows=made.get((row.reader, row.period, row.follows)),
            alias=shown[row.reader, row.period, row.case] if row.repeat_of else "",
        )

    for wave in range(4):  # what others point to comes first
        members = [r for r in in_order if bool(r.follows) + 2 * bool(r.repeat_of) == wave]
        stored = Reading.objects.bulk_create([reading(r) for r in members], batch_size=2000)
        made |= {
            (row.reader, row.period, row.order): one
            for row, one in zip(members, stored, strict=True)
        }
    return Schedule.objects.create(
        reader_study=reader_study, sha256=schedule_hash(rows), n_readings=len(rows)
    )


def _positions(rows: Iterable[Assignment]) -> dict[Assignment, int]:
    """Place of each assignment in its session, given all in order."""
    counters: defaultdict[tuple[str, str, int], count[int]] = defaultdict(lambda: count(1))
    return {row: next(counters[row.reader, row.arm, row.period]) for row in rows}


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


def _aliases(
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
    """Whether the stored readings still have the hash of the schedule that was drawn."""
    return schedule_hash(schedule_rows(reader_study)) == reader_study.schedule.sha256
