"""Keep which exploratory slices were looked at, so that a report can say how many."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from annotations.models import ReaderStudy
from annotations.selectors.agreement_slices import ACTION, slices_of
from annotations.selectors.live_view import is_finished
from spinestudy.audit.services import record


@transaction.atomic
def note_slice(*, reader_study: ReaderStudy, actor: Any, arm: str, item: str, by: str) -> None:
    """After the lock, record the first view of a slice; a second one changes nothing."""
    if not is_finished(reader_study):
        return
    slice_of = {"arm": arm, "item": item, "by": by}
    if slices_of(reader_study).filter(data=slice_of).exists():
        return
    ReaderStudy.objects.select_for_update().get(pk=reader_study.pk)
    if not slices_of(reader_study).filter(data=slice_of).exists():
        record(actor=actor, action=ACTION, subject=reader_study, arm=arm, item=item, by=by)
