"""The queue: which cases have cells on which readers differ, and who may see that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from annotations.models import Adjudication, Arm, Case, ReaderStudy, ReadingSession
from annotations.selectors.live_view import exported_arms
from annotations.selectors.memberships import ADJUDICATORS, roles_in


@dataclass(frozen=True)
class QueuedCase:
    """One case of one arm in the queue."""

    arm: Arm
    case: Case
    cells: int
    open_cells: int


def adjudicated_arms(reader_study: ReaderStudy) -> list[Arm]:
    """Arms whose disagreements can be queued: those read in the pivotal phase."""
    pivotal = ReadingSession.Phase.PIVOTAL
    return list(reader_study.arms.filter(reading_sessions__phase=pivotal).distinct())


def queue(reader_study: ReaderStudy) -> list[QueuedCase]:
    """Cases with queued cells, those that wait first, then by number."""
    arms = {arm.pk: arm for arm in reader_study.arms.all()}
    cases = {case.pk: case for case in reader_study.cases.all()}
    rows = (
        Adjudication.objects.filter(arm__reader_study=reader_study)
        .values_list("arm_id", "case_id")
        .annotate(cells=Count("pk"), waiting=Count("pk", filter=Q(decided_at=None)))
        .order_by()
    )
    found = [QueuedCase(arms[arm], cases[case], cells, left) for arm, case, cells, left in rows]
    return sorted(found, key=lambda one: (not one.open_cells, one.arm.position, one.case.number))


def queue_shown_to(reader_study: ReaderStudy, user: Any) -> list[QueuedCase]:
    """How many cells differ tells of agreement: all of it to adjudicators, else by the protocol."""
    if roles_in(user, reader_study) & set(ADJUDICATORS):
        return queue(reader_study)
    shown = set(exported_arms(reader_study, user))
    return [one for one in queue(reader_study) if one.arm.pk in shown]


def cells_to_decide(arm: Arm, case: Case) -> list[Adjudication]:
    """Open cells of one case."""
    return list(
        Adjudication.objects.filter(arm=arm, case=case, decided_at=None).select_related("item")
    )
