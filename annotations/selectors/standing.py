"""What a reader is told on the worklist beside cases: notes, and being paused or withdrawn."""

from __future__ import annotations

from django.contrib.auth.models import User

from annotations.models import Enrolment, ReaderMessage
from annotations.selectors.worklist import UNSEEN


def open_messages(reader: User) -> list[ReaderMessage]:
    """Notes that this reader hasn't dismissed, the newest first."""
    return list(
        ReaderMessage.objects.filter(enrolment__reader=reader, dismissed_at=None)
        .exclude(enrolment__reader_study__status__in=UNSEEN)
        .select_related("enrolment__reader_study")
    )


def standing_of(reader: User) -> list[Enrolment]:
    """Enrolments in which this reader is paused or withdrawn."""
    return list(
        Enrolment.objects.filter(reader=reader)
        .exclude(status=Enrolment.Status.ACTIVE)
        .exclude(reader_study__status__in=UNSEEN)
        .select_related("reader_study")
    )
