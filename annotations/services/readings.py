"""Who may write in a reading and when; what is written has services of its own."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from annotations.models import Enrolment, ReaderStudy, Reading
from annotations.selectors.worklist import CLOSED, UNSEEN, preceding_is_submitted
from annotations.services.washouts import require_washed_out
from spinestudy.common.errors import ConflictError, MissingError


class ReadingClosedError(ConflictError):
    """The reading takes no more answers."""

    code = "reading_closed"


class ReaderPausedError(ConflictError):
    """A coordinator has paused this reader; only what is begun goes on."""

    code = "reader_paused"


class SessionNotOpenError(ConflictError):
    """An earlier session has unread cases, or its day hasn't come."""

    code = "session_not_open"


def lock_reading(reading_id: int) -> Reading:
    """The reading, locked until the transaction ends; its data can't be locked meanwhile."""
    with connection.cursor() as cursor:  # Django has no FOR SHARE
        cursor.execute(
            "SELECT s.id FROM annotations_readerstudy s"
            " JOIN annotations_enrolment e ON e.reader_study_id = s.id"
            " JOIN annotations_reading r ON r.enrolment_id = e.id"
            " WHERE r.id = %s FOR SHARE OF s",
            [reading_id],
        )
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
    require_in_schedule(reading)
    require_session_open(reading)


def require_in_schedule(reading: Reading) -> None:
    """Raise ReadingClosedError or ReaderPausedError where a coordinator has taken it away."""
    if reading.status == Reading.Status.WITHDRAWN:
        is_reader_gone = reading.enrolment.status == Enrolment.Status.WITHDRAWN
        raise ReadingClosedError(
            "A coordinator has ended your part in this reader study. What you stored is kept; this "
            "case takes no more answers."
            if is_reader_gone
            else "A coordinator has given this case to another reader. Go on with the next one."
        )
    is_begun = reading.opened_at is not None or reading.started_at is not None
    if reading.enrolment.status == Enrolment.Status.PAUSED and not is_begun:
        raise ReaderPausedError(
            "A coordinator has paused your reading. A case that you have begun can be finished; "
            "others open when you are told to go on."
        )


def require_session_open(reading: Reading) -> None:
    """Raise SessionNotOpenError or WashoutNotElapsedError where it can't be read yet."""
    session = reading.reading_session
    if session.opens_on is not None and session.opens_on > today():
        raise SessionNotOpenError(f"This session opens on {session.opens_on:%Y-%m-%d}.")
    if not preceding_is_submitted(reading):
        raise SessionNotOpenError("Submit this case without AI first.")
    if reading.opened_at is None and reading.started_at is None:
        require_washed_out(reading)
    if not reading.case.reader_study.has_ordered_sessions:
        return
    earlier = Reading.objects.filter(
        enrolment=reading.enrolment,
        reading_session__period__lt=session.period,
    ).exclude(status__in=CLOSED)
    if earlier.exists():
        raise SessionNotOpenError(
            f"Finish the earlier session first: {earlier.count()} cases are left."
        )


def today() -> date:
    """The day on the server, in the site's time zone."""
    return timezone.localdate()


def require_own_reading(reading_id: int, reader_id: int) -> Reading:
    """The reading if it is this reader's and its reader study is open to reading.

    Others get the same MissingError as for a number that doesn't exist.
    """
    reading = (
        Reading.objects.filter(pk=reading_id, enrolment__reader_id=reader_id)
        .exclude(case__reader_study__status__in=UNSEEN)
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
