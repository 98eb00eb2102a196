"""What a coordinator should know before a plan is fixed, in plain sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from annotations.design.adjudication_rule import AdjudicationRule
from annotations.design.allocation import Assignment
from annotations.design.plan import Plan
from annotations.design.preview import Preview
from annotations.design.protocol import ReaderStudyDesign

USUAL_WASHOUT_DAYS = 28
USUAL_REPEATS = 0.1


def checks(plan: Plan, design: ReaderStudyDesign, counted: Preview, n_patients: int) -> list[str]:
    """Sentences to read before creating; none of them forbids it."""
    low, high = counted.readers_per_case
    per_case = f"{low}" if low == high else f"{low} to {high}"
    found = [f"{counted.readings} readings in all; each case is read by {per_case} readers."]
    if low == 0:
        found.append("Some cases are read by nobody: raise the limits or choose fewer cases.")
    elif high == 1 and len(plan.readers) > 1:
        found.append("No case is read by two readers: there will be no agreement to compute.")
    if len(plan.readers) == 1:
        found.append("One reader agrees with nobody: agreement between readers needs two.")
    else:
        few, many = counted.cases_shared_by_pairs
        found.append(
            f"Two readers share {few} cases."
            if few == many
            else f"Two readers share {few} to {many} cases."
        )
    if plan.n_periods > 1 and design.washout_days < USUAL_WASHOUT_DAYS:
        found.append(
            f"A washout of {design.washout_days} days is shorter than the four weeks that are "
            "usual: readers may remember cases."
        )
    if design.repeat_fraction < USUAL_REPEATS:
        found.append(
            "Without hidden repeats of a tenth of the cases or more, agreement of readers with "
            "themselves can't be told."
        )
    if n_patients < design.live_view.min_patients:
        found.append(
            f"There are {n_patients} patients, fewer than the {design.live_view.min_patients} "
            "from which agreement is shown: nothing will be seen before the lock."
        )
    if design.endpoint is None:
        found.append("No primary endpoint is named: every result will be exploratory.")
    if design.live_view.coordinators == "by_arm" and len(plan.arms) > 1:
        found.append("Coordinators will see the difference between the arms while cases are read.")
    return found


def pair_checks(rows: Iterable[Assignment], rule: AdjudicationRule) -> list[str]:
    """What the rule of adjudication comes to for its pairs of readers; empty for other rules.

    Disagreement is looked for arm by arm, so a case counts where both read it in the same arm.
    """
    read: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        if not row.repeat_of:
            read.setdefault(row.reader, set()).add((row.arm, row.case))
    found = []
    for one, other in rule.pairs:
        shared = len(read.get(one, set()) & read.get(other, set()))
        if not shared:
            found.append(
                f"{one} and {other} never read the same case in the same arm: nothing of theirs "
                "will go to adjudication. Choose another pair or raise the limits."
            )
        else:
            found.append(f"{one} and {other}, whose disagreement counts, share {shared} readings.")
    return found
