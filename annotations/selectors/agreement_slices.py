"""Exploratory slices that were viewed after the data lock, as the audit record has them."""

from __future__ import annotations

from django.db.models import QuerySet

from annotations.models import ReaderStudy
from annotations.selectors.live_view import is_finished
from spinestudy.audit.models import AuditRecord

ACTION = "agreement.slice_viewed"


def slices_of(reader_study: ReaderStudy) -> QuerySet[AuditRecord]:
    """One record a slice: arm, item and what it was sliced by."""
    return AuditRecord.objects.filter(
        action=ACTION,
        subject_type=ReaderStudy._meta.label,
        subject_id=str(reader_study.pk),
    )


def slices_viewed(reader_study: ReaderStudy) -> int | None:
    """How many different slices were viewed by anybody; None before the data are locked."""
    return slices_of(reader_study).count() if is_finished(reader_study) else None
