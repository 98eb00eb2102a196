"""Which arms may be looked at before the data are locked. Asked before anything is computed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from annotations.design.protocol import LiveView
from annotations.models import Arm, ReaderStudy, ReadingSession
from annotations.selectors.protocols import live_view_of

FINISHED = (ReaderStudy.Status.LOCKED, ReaderStudy.Status.ANALYSED)


def is_finished(reader_study: ReaderStudy) -> bool:
    """Whether the data are locked: nothing is withheld from then on."""
    return reader_study.status in FINISHED


def has_look(reader_study: ReaderStudy, viewer: Any) -> bool:
    """Whether a look is open that this person has proposed or opened."""
    if viewer is None or not getattr(viewer, "pk", None):
        return False
    open_looks = reader_study.looks.filter(opened_at__isnull=False, closed_at=None)
    return open_looks.filter(Q(proposed_by=viewer) | Q(opened_by=viewer)).exists()


def shown_arms(
    reader_study: ReaderStudy, viewer: Any = None, policy: LiveView | None = None
) -> list[Arm]:
    """The pivotal arms whose agreement a coordinator may see now, in order."""
    pivotal = reader_study.arms.filter(
        reading_sessions__phase=ReadingSession.Phase.PIVOTAL
    ).distinct()
    sees = (policy or live_view_of(reader_study)).coordinators
    if sees == "by_arm" or is_finished(reader_study) or has_look(reader_study, viewer):
        return list(pivotal)
    return [] if sees == "none" else list(pivotal.filter(is_ai_allowed=False))


def least_patients(reader_study: ReaderStudy, policy: LiveView) -> int:
    """No number is told from fewer patients; 0 once the data are locked."""
    return 0 if is_finished(reader_study) else policy.min_patients


def exported_arms(reader_study: ReaderStudy, viewer: Any = None) -> list[int]:
    """Arms whose answers may be exported now: those shown, and training."""
    training = reader_study.arms.exclude(reading_sessions__phase=ReadingSession.Phase.PIVOTAL)
    return [arm.pk for arm in (*shown_arms(reader_study, viewer), *training)]
