"""The end of a reading."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotations.models import Reading
from annotations.selectors.cells import empty_cells
from annotations.services.reading_events import Happening, store_events, times_of
from annotations.services.readings import lock_reading, require_answerable
from annotations.services.sittings import carry_over
from annotations.services.washouts import start_washouts
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError
from spinestudy.common.notify import notify


class ReadingIncompleteError(ConflictError):
    """Cells are still empty; `details["missing"]` names them."""

    code = "reading_incomplete"


@transaction.atomic
def submit_reading(
    *, reading_id: int, window_key: UUID | None = None, last_events: Sequence[Happening] = ()
) -> Reading:
    """Close a complete reading; raise ReadingIncompleteError naming the empty cells.

    last_events: what the browser (window_key) has told of nobody yet; they count in its times. They
    are stored with the submission, or where that is refused not at all.
    """
    if window_key is not None and last_events:
        store_events(reading_id=reading_id, window_key=window_key, events=last_events)
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
    times = times_of(reading)
    reading.active_s, reading.idle_s = times.active_s, times.idle_s
    reading.hidden_s, reading.paused_s = times.hidden_s, times.paused_s
    reading.image_load_s = times.image_load_s
    reading.seconds_by_level = times.seconds_by_level
    reading.is_time_plausible = times.is_plausible
    reading.full_clean()
    reading.save()
    start_washouts(reading)  # takes row locks, so before anything is recorded
    carry_over(reading)
    record(
        actor=reading.enrolment.reader,
        action="reading.submitted",
        subject=reading,
        case=reading.case.number,
        arm=reading.reading_session.arm.label,
    )
    notify(f"reader-study-{reading.case.reader_study_id}", reading=reading.pk)
    return reading
