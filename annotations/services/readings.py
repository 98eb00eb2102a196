"""Guards and the end of a reading; what is answered in it is stored by its own services."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from annotations.models import ReaderStudy, Reading
from annotations.selectors.cells import empty_cells
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, MissingError
from spinestudy.common.notify import notify


class ReadingClosedError(ConflictError):
    """The reading takes no more answers."""

    code = "reading_closed"


class ReadingIncompleteError(ConflictError):
    """Cells are still empty; `details["missing"]` names them."""

    code = "reading_incomplete"


class SessionNotOpenError(ConflictError):
    """An earlier session has unread cases, or its day hasn't come."""

    code = "session_not_open"


def lock_reading(reading_id: int) -> Reading:
    """The reading, locked until the transaction ends."""
    return (
        Reading.objects.select_for_update(of=("self",))
        .select_related("case__reader_study", "reading_session__arm", "enrolment")
        .get(pk=reading_id)
    )


def require_answerable(reading: Reading) -> None:
    """Raise ReadingClosedError or SessionNotOpenError where nothing may be written."""
    match reading.case.reader_study.status:
        case ReaderStudy.Status.DRAFT:
            raise ReadingClosedError("This reader study hasn't been opened yet.")
        case ReaderStudy.Status.LOCKED | ReaderStudy.Status.ANALYSED:
            raise ReadingClosedError("The data of this reader study are locked.")
    if reading.status in (Reading.Status.SUBMITTED, Reading.Status.AMENDED):
        raise ReadingClosedError("This case is submitted; its answers can't change any more.")
    require_session_open(reading)


def require_session_open(reading: Reading) -> None:
    """Raise SessionNotOpenError where an earlier session must be finished first."""
    session = reading.reading_session
    if session.opens_on is not None and session.opens_on > today():
        raise SessionNotOpenError(f"This session opens on {session.opens_on:%Y-%m-%d}.")
    if not reading.case.reader_study.has_ordered_sessions:
        return
    earlier = Reading.objects.filter(
        enrolment=reading.enrolment,
        reading_session__period__lt=session.period,
    ).exclude(status__in=[Reading.Status.SUBMITTED, Reading.Status.AMENDED])
    if earlier.exists():
        raise SessionNotOpenError(
            f"Finish the earlier session first: {earlier.count()} cases are left."
        )


def today() -> date:
    """The day on the server, in the site's time zone."""
    return timezone.localdate()


@transaction.atomic
def submit_reading(*, reading_id: int) -> Reading:
    """Close a complete reading; raise ReadingIncompleteError naming the empty cells."""
    reading = lock_reading(reading_id)
    require_answerable(reading)
    missing = empty_cells(reading)
    if missing:
        count = "1 cell is" if len(missing) == 1 else f"{len(missing)} cells are"
        raise ReadingIncompleteError(
            f"{count} still empty. Grade them, or mark them not gradable.",
            missing=[
                {"item": code, "disc_level": level, "side": side} for code, level, side in missing
            ],
        )
    reading.status = Reading.Status.SUBMITTED
    reading.submitted_at = timezone.now()
    reading.full_clean()
    reading.save()
    record(
        actor=reading.enrolment.reader,
        action="reading.submitted",
        subject=reading,
        case=reading.case.number,
        arm=reading.reading_session.arm.label,
    )
    notify(f"reader-study-{reading.case.reader_study_id}", reading=reading.pk)
    return reading


def require_own_reading(reading_id: int, reader_id: int) -> Reading:
    """The reading if it is this reader's and its reader study is open to reading.

    Others get the same MissingError as for a number that doesn't exist.
    """
    reading = (
        Reading.objects.filter(pk=reading_id, enrolment__reader_id=reader_id)
        .exclude(case__reader_study__status=ReaderStudy.Status.DRAFT)
        .select_related(
            "case__reader_study",
            "case__imaging_study",
            "reading_session__arm",
            "enrolment",
        )
        .first()
    )
    if reading is None:
        raise MissingError("There is no such reading on your worklist.")
    return reading
