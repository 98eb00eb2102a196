"""Say how many lumbar bodies a spine has."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from annotations.models import SpineAnatomy, SpineAnatomyEvent
from annotations.selectors.cells import anatomy_of
from annotations.selectors.recorded_fields import anatomy_fields
from annotations.services.grades import ChangedElsewhereError, mark_applicable
from annotations.services.readings import lock_reading, require_answerable
from annotations.vocabulary import LUMBAR_COUNTS, TRANSITIONS
from spinestudy.audit.services import changes_between, record
from spinestudy.common.errors import InvalidInputError


class AnatomyError(InvalidInputError):
    """A number of lumbar bodies or a transition that isn't known."""

    code = "anatomy"


@transaction.atomic
def set_anatomy(
    *, reading_id: int, lumbar_count: int, transition: str, base_revision: int, act_key: UUID
) -> SpineAnatomy:
    """Store the reader's word; the same act_key again returns what is stored.

    Grades at levels that this spine doesn't have are kept but count no more; they count again
    when the levels come back. Raises ChangedElsewhereError where the reader saw another revision.
    """
    if lumbar_count not in LUMBAR_COUNTS or transition not in TRANSITIONS:
        raise AnatomyError("Say 4, 5 or 6 lumbar bodies and one of the listed transitions.")
    reading = lock_reading(reading_id)
    known = SpineAnatomyEvent.objects.filter(act_key=act_key).select_related("anatomy").first()
    if known is not None:
        if known.anatomy.reading_id != reading_id:
            raise AnatomyError("This key belongs to another reading.")
        return known.anatomy
    require_answerable(reading)
    anatomy = anatomy_of(reading)
    if base_revision != anatomy.revision:
        raise ChangedElsewhereError(
            "The number of lumbar bodies was changed in another window or on another computer.",
            anatomy={
                "lumbar_count": anatomy.lumbar_count,
                "transition": anatomy.transition,
                "revision": anatomy.revision,
            },
        )
    before = anatomy_fields(anatomy)
    anatomy.lumbar_count, anatomy.transition = lumbar_count, transition
    anatomy.revision += 1
    anatomy.full_clean()
    anatomy.save()
    SpineAnatomyEvent.objects.create(
        anatomy=anatomy,
        act_key=act_key,
        revision=anatomy.revision,
        lumbar_count=lumbar_count,
        transition=transition,
    )
    mark_applicable(reading)
    record(
        actor=reading.enrolment.reader,
        action="anatomy.stored",
        subject=anatomy,
        changes=changes_between(before, anatomy_fields(anatomy)),
        reading=reading.pk,
    )
    return anatomy
