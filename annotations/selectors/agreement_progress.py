"""How far each reader has come in each arm, with reading times where they may be told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Q

from annotations.models import Arm, Enrolment, ReaderStudy, Reading, ReadingSession
from annotations.selectors.worklist import DONE


class Median(Aggregate):
    """The middle value, between two values their mean (PostgreSQL's percentile_cont)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def progress_views(
    reader_study: ReaderStudy,
    shown: Collection[Arm],
    enrolments: Collection[Enrolment],
    least: int,
) -> list[dict[str, Any]]:
    """Submitted cases of all, and the median work a case, of every reader in every arm.

    Times differ between arms as agreement does: those of an arm that isn't shown, or from fewer
    than `least` patients, are not told. Repeats and the training phase have no part in them.
    """
    timed = Q(
        status__in=DONE,
        active_s__gt=0,
        repeat_of=None,
        reading_session__phase=ReadingSession.Phase.PIVOTAL,
        reading_session__arm__in=[arm.pk for arm in shown],
    )
    rows = (
        Reading.objects.filter(enrolment__reader_study=reader_study)
        .values("enrolment_id", "reading_session__arm_id")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(status__in=DONE)),
            n_timed=Count("case__imaging_study__patient", filter=timed, distinct=True),
            median_s=Median("active_s", filter=timed),
        )
        .order_by()
    )
    counted: dict[tuple[int, int], dict[str, Any]] = {
        (row["enrolment_id"], row["reading_session__arm_id"]): dict(row) for row in rows
    }
    views = []
    is_shown = {arm.pk for arm in shown}
    arms = list(reader_study.arms.all())
    for enrolment in enrolments:
        for arm in arms:
            row: dict[str, Any] = counted.get((enrolment.pk, arm.pk), {})
            reason = _why_no_time(arm.pk in is_shown, row.get("n_timed", 0), least)
            views.append(
                {
                    "reader": enrolment.code,
                    "name": enrolment.reader.get_username(),
                    "arm": arm.label,
                    "done": row.get("done", 0),
                    "total": row.get("total", 0),
                    "median_s": None if reason else row["median_s"],
                    "no_time": reason,
                }
            )
    return views


def _why_no_time(is_shown: bool, n_patients: int, least: int) -> str | None:
    if not is_shown:
        return "not told before the data are locked"
    if n_patients == 0:
        return "no time kept"
    return f"not told from fewer than {least} patients" if n_patients < least else None
