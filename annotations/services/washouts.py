"""When a reader may read a case again, and who may cut that short."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotations.design.washout import not_before
from annotations.models import ReaderStudy, Reading, WashoutOverride
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError


class WashoutOverrideError(InvalidInputError):
    """There is no washout to cut short, or no reason."""

    code = "washout_override"


class WashoutNotElapsedError(ConflictError):
    """This reader has read the case too short a time ago."""

    code = "washout_not_elapsed"


def set_not_before(reading: Reading) -> None:
    """Store when the washout of this reading ends, if that is known by now."""
    earlier = (
        Reading.objects.filter(
            enrolment_id=reading.enrolment_id,
            case_id=reading.case_id,
            reading_session__period__lt=reading.reading_session.period,
        )
        .exclude(status=Reading.Status.WITHDRAWN)
        .values_list("submitted_at", flat=True)
    )
    reading.not_before = not_before(earlier, reading.reading_session.washout_days)
    reading.save(update_fields=["not_before"])


def start_washouts(submitted: Reading) -> None:
    """After a submission: set the dates of this reader's later readings of the same case."""
    later = Reading.objects.select_for_update(of=("self",)).filter(
        enrolment_id=submitted.enrolment_id,
        case_id=submitted.case_id,
        reading_session__period__gt=submitted.reading_session.period,
        reading_session__washout_days__gt=0,
        started_at=None,
        opened_at=None,
    )
    for reading in later.select_related("reading_session").order_by("pk"):
        set_not_before(reading)


def require_washed_out(reading: Reading) -> None:
    """Raise WashoutNotElapsedError where the washout runs or hasn't begun."""
    if reading.not_before is not None:
        if reading.not_before > timezone.now():
            raise WashoutNotElapsedError(
                "You have read this case too recently. It opens on "
                f"{timezone.localtime(reading.not_before):%Y-%m-%d at %H:%M}.",
                not_before=reading.not_before.isoformat(),
            )
        return
    if not reading.reading_session.washout_days:
        return
    earlier = Reading.objects.filter(
        enrolment_id=reading.enrolment_id,
        case_id=reading.case_id,
        reading_session__period__lt=reading.reading_session.period,
        submitted_at=None,
    ).exclude(status=Reading.Status.WITHDRAWN)
    if earlier.exists():
        raise WashoutNotElapsedError(
            "This case comes again in this session only after you have read it in the earlier one."
        )


def washing_out(reader_study: ReaderStudy) -> QuerySet[Reading]:
    """Readings whose washout is running."""
    return Reading.objects.filter(
        enrolment__reader_study=reader_study, not_before__gt=timezone.now(), submitted_at=None
    ).exclude(status=Reading.Status.WITHDRAWN)


@transaction.atomic
def override_washout(*, reading_id: int, actor: Any, reason: str) -> WashoutOverride:
    """Let a reader read a case before its washout is over; kept with the reason."""
    reading = Reading.objects.select_for_update(of=("self",)).get(pk=reading_id)
    now = timezone.now()
    if not reason.strip():
        raise WashoutOverrideError("Say why the washout is cut short.")
    if reading.not_before is None or reading.not_before <= now:
        raise WashoutOverrideError("No washout is running for this reading.")
    override = WashoutOverride(
        reading=reading, not_before_was=reading.not_before, reason=reason.strip(), decided_by=actor
    )
    override.full_clean()
    override.save()
    reading.not_before = now
    reading.save(update_fields=["not_before"])
    record(
        actor=actor,
        action="washout.overridden",
        subject=reading,
        changes={"not_before": [override.not_before_was.isoformat(), now.isoformat()]},
        reason=override.reason,
    )
    return override
