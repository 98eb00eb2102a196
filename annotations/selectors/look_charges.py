"""What looks at the arms apart have cost: alpha spent, and what is left for the final test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q

from annotations.agreement import sequential_bounds
from annotations.models import Look, ReaderStudy, Reading, ReadingSession
from annotations.selectors.worklist import DONE

ALPHA: Final = 0.05
"""Two-sided level of the primary test."""


@dataclass(frozen=True)
class LookCharge:
    """One opened look. spent: alpha of this look alone; nominal_p: below it one may stop.

    Both None where no patient was complete in all arms: no difference could be seen.
    """

    look: Look
    spent: float | None
    nominal_p: float | None


def information_fraction(reader_study: ReaderStudy) -> float:
    """Share of the patients whose pivotal readings, of all readers and arms, are all submitted."""
    patients = (
        Reading.objects.filter(
            enrolment__reader_study=reader_study,
            reading_session__phase=ReadingSession.Phase.PIVOTAL,
        )
        .exclude(status=Reading.Status.WITHDRAWN)
        .values("case__imaging_study__patient")
        .annotate(count=Count("pk"), done=Count("pk", filter=Q(status__in=DONE)))
        .order_by()
        .values_list("count", "done")
    )
    complete = [count == done for count, done in patients]
    return sum(complete) / len(complete) if complete else 0.0


def look_charges(reader_study: ReaderStudy) -> tuple[list[LookCharge], float]:
    """Opened looks in order, and the p below which the final test rejects.

    Spending of O'Brien and Fleming's kind (Lan, DeMets 1983). A look with no more information than
    one before it spends nothing further.
    """
    looks = list(reader_study.looks.filter(opened_at__isnull=False).order_by("number"))
    fractions: list[float] = []
    for look in looks:
        if 0 < look.information < 1 and look.information > max(fractions, default=0.0):
            fractions.append(look.information)
    bounds = sequential_bounds([*fractions, 1.0], alpha=ALPHA)
    charges = []
    charged: set[float] = set()
    for look in looks:
        is_first = look.information in fractions and look.information not in charged
        charged.add(look.information)
        at = fractions.index(look.information) if is_first else None
        before = float(bounds.spent[at - 1]) if at else 0.0
        charges.append(
            LookCharge(
                look,
                None if at is None else float(bounds.spent[at]) - before,
                None if at is None else float(bounds.nominal_p[at]),
            )
        )
    return charges, float(bounds.nominal_p[-1])


def look_views(reader_study: ReaderStudy) -> dict[str, Any]:
    """Every look with what it has cost, in words, and the level that is left."""
    charges, final = look_charges(reader_study)
    words = {
        one.look.pk: f"{one.look.information:.0%} of the patients were complete in all arms; "
        + (
            "nothing further is spent"
            if one.spent is None
            else f"it spends {one.spent:.4f} of {ALPHA:g}, and allows to stop at p < "
            f"{one.nominal_p:.4f}"
        )
        for one in charges
    }
    rows = reader_study.looks.select_related("proposed_by", "opened_by").order_by("number")
    return {
        "looks": [{"look": one, "charge": words.get(one.pk, "")} for one in rows],
        "final_level": f"{final:.4f}",
    }
