"""Reader studies as a coordinator sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from annotations.models import Arm, Enrolment, Membership, ReaderStudy, Reading
from annotations.selectors.memberships import reader_studies_of
from annotations.selectors.worklist import DONE


@dataclass(frozen=True)
class ProgressCell:
    """One reader in one arm."""

    arm: Arm
    done: int
    total: int

    @property
    def percent(self) -> int:
        """Share done, 0..100."""
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(frozen=True)
class ProgressRow:
    """One reader over all arms."""

    enrolment: Enrolment
    cells: tuple[ProgressCell, ...]


def progress_board(reader_study: ReaderStudy) -> list[ProgressRow]:
    """Readers as rows, arms as columns: submitted cases of all."""
    counts = {
        (row["enrolment_id"], row["reading_session__arm_id"]): (row["done"], row["total"])
        for row in Reading.objects.filter(case__reader_study=reader_study)
        .exclude(status=Reading.Status.WITHDRAWN)
        .values("enrolment_id", "reading_session__arm_id")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(status__in=DONE)))
        .order_by()
    }
    arms = list(reader_study.arms.all())
    return [
        ProgressRow(
            enrolment=enrolment,
            cells=tuple(
                ProgressCell(arm, *counts.get((enrolment.pk, arm.pk), (0, 0))) for arm in arms
            ),
        )
        for enrolment in reader_study.enrolments.select_related("reader")
    ]


def discarded_drafts(user: Any) -> list[ReaderStudy]:
    """Drafts that were put away, of those that this person coordinates."""
    own = Membership.objects.filter(user=user, role=Membership.Role.COORDINATOR)
    return list(
        ReaderStudy.objects.filter(
            pk__in=own.values("reader_study"), status=ReaderStudy.Status.DISCARDED
        )
    )


def listed_reader_studies(user: Any) -> list[ReaderStudy]:
    """Reader studies in which this person has a role, newest first, with counts.

    The counts are `n_cases`, `n_readers`, `n_done` and `n_readings`.
    """
    return list(
        reader_studies_of(user).annotate(
            n_cases=Count("cases", distinct=True),
            n_readers=Count("enrolments", distinct=True),
            n_readings=Count(
                "cases__readings",
                distinct=True,
                filter=~Q(cases__readings__status=Reading.Status.WITHDRAWN),
            ),
            n_done=Count(
                "cases__readings", distinct=True, filter=Q(cases__readings__status__in=DONE)
            ),
        )
    )
