"""The queue as an adjudicator sees it: cells without names and, unless a panel meets, votes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from annotations.models import Adjudication, Arm, Case, ReaderStudy, ReadingSession


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


def cells_to_decide(arm: Arm, case: Case) -> list[Adjudication]:
    """Open cells of one case."""
    return list(
        Adjudication.objects.filter(arm=arm, case=case, decided_at=None).select_related("item")
    )
