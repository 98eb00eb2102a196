"""Agreement by item, level, side, seniority and cohort: means of the kappas of pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotations.agreement import Estimate, cohen_kappa, kappa_matrix, mean_of, not_estimable
from annotations.agreement.tables import MISSING, IntArray
from annotations.models import Case, Item, ReaderStudy
from annotations.selectors.agreement import Shown, item_head, shown, told
from annotations.selectors.agreement_pair import kappa_name, require_pipeline
from annotations.selectors.ai_ratings import AI, ai_codes
from annotations.selectors.live_ratings import Cell, live_items
from annotations.vocabulary import ALL_LEVELS
from spinestudy.common.errors import InvalidInputError

BY: Final = {
    "item": "item",
    "level": "level",
    "side": "side",
    "seniority": "seniority",
    "cohort": "cohort",
}
SIDES: Final = ("right", "left")
PAIRS_OF: Final = {
    "two seniors": ("senior", "senior"),
    "two juniors": ("junior", "junior"),
    "a senior and a junior": ("junior", "senior"),
}
Mask = NDArray[np.bool_]
IsWanted = Callable[[int, int], bool]


def strata_view(
    reader_study: ReaderStudy,
    arm_id: int | None,
    item_code: str,
    by: str,
    viewer: Any = None,
) -> dict[str, Any]:
    """The mean kappa of the pairs of readers over all, and in each stratum.

    Pairs with fewer patients in common than the protocol's least number have no part in it.
    Errors as `shown`; InvalidInputError for an unknown `by`.
    """
    if by not in BY:
        raise InvalidInputError(f"`by` must be one of: {', '.join(BY)}.")
    seen = shown(reader_study, arm_id, viewer)
    item = seen.item(item_code)
    items = list(reader_study.items.all()) if by == "item" else [item]
    with live_items(seen.arm, seen.enrolments, items) as live:
        taken = {
            one.pk: (live[one.pk].codes, live[one.pk].patients, live[one.pk].cells) for one in items
        }
    if by == "item":
        rows = [_row(seen, one, one.finding.name, *taken[one.pk][:2]) for one in items]
        overall = None
    else:
        codes, patients, cells = taken[item.pk]
        overall = _row(seen, item, "all", codes, patients)
        if by == "seniority":
            rows = [
                _row(seen, item, words, codes, patients, _pairs_of(seen, kinds))
                for words, kinds in PAIRS_OF.items()
            ]
        else:
            rows = [
                _row(seen, item, label, codes[:, mask], patients[mask])
                for label, mask in _strata(reader_study, by, cells)
            ]
    return {
        "arm": seen.arm.pk,
        "item": item_head(item),
        "coefficient": f"mean {kappa_name(item.finding.scale.weights)} of pairs of readers",
        "by": by,
        "choices": [{"code": code, "name": name} for code, name in BY.items()],
        "overall": overall,
        "rows": rows,
    }


def ai_view(
    reader_study: ReaderStudy, arm_id: int | None, item_code: str, viewer: Any = None
) -> dict[str, Any]:
    """The kappa of AI with each reader, and their mean. Errors as `require_pipeline`."""
    seen = shown(reader_study, arm_id, viewer)
    pipeline = require_pipeline(seen)
    item = seen.item(item_code)
    with live_items(seen.arm, seen.enrolments, [item]) as live:
        one = live[item.pk]
        codes, patients, cells = one.codes, one.patients, one.cells
    said = ai_codes(reader_study, pipeline, item, cells)
    weights = item.finding.scale.weights
    found = [
        cohen_kappa(own, said, n_categories=len(item.scores), weights=weights, cluster=patients)
        for own in codes
    ]
    told_of = [one for one in found if one.n_clusters >= max(seen.least, 1)]
    views = [
        {"label": enrolment.code, "n_pairs": 1, **told(seen, estimate)}
        for enrolment, estimate in zip(seen.enrolments, found, strict=True)
    ]
    has_both = (codes != MISSING).any(axis=0) & (said != MISSING)
    return {
        "arm": seen.arm.pk,
        "item": item_head(item),
        "coefficient": f"{kappa_name(weights)} of {AI} with each reader",
        "pipeline": pipeline,
        "overall": _mean_row(seen, "mean of readers", told_of, patients[has_both]),
        "rows": views,
    }


def _row(
    seen: Shown,
    item: Item,
    label: str,
    codes: IntArray,
    patients: IntArray,
    is_wanted: IsWanted | None = None,
) -> dict[str, Any]:
    matrix = kappa_matrix(
        codes,
        cluster=patients,
        n_categories=len(item.scores),
        weights=item.finding.scale.weights,
    )
    wanted = [one for one in matrix if is_wanted is None or is_wanted(one.first, one.second)]
    readers = sorted({place for one in wanted for place in (one.first, one.second)})
    counted = [one.estimate for one in wanted if one.estimate.n_clusters >= max(seen.least, 1)]
    return _mean_row(seen, label, counted, patients[_rated_by_two(codes[readers])])


def _mean_row(
    seen: Shown, label: str, estimates: Sequence[Estimate], patients: IntArray
) -> dict[str, Any]:
    """patients: of the items that count; how many there are is told with any number of them."""
    n_patients = len(np.unique(patients))
    if estimates:
        mean = mean_of(estimates, scale="bounded")
    elif not n_patients:
        mean = not_estimable("mean", "no item rated by both")
    else:
        mean = not_estimable("mean", f"no pair has {seen.least} patients in common")
    return {
        "label": label,
        "n_pairs": len(estimates),
        **told(seen, mean),
        "n_items": len(patients),
        "n_patients": n_patients,
    }


def _rated_by_two(codes: IntArray) -> Mask:
    return np.asarray((codes != MISSING).sum(axis=0) > 1)


def _pairs_of(seen: Shown, kinds: tuple[str, str]) -> IsWanted:
    seniority = [one.seniority for one in seen.enrolments]
    wanted = {
        pair
        for pair in combinations(range(len(seniority)), 2)
        if tuple(sorted(seniority[place] for place in pair)) == kinds
    }
    return lambda first, second: (first, second) in wanted


def _strata(reader_study: ReaderStudy, by: str, cells: Sequence[Cell]) -> list[tuple[str, Mask]]:
    """(label, which cells) in the order of the spine, right before left, cohorts by name."""
    if by == "level":
        levels = np.array([one.disc_level for one in cells], dtype=str)
        return [(level, levels == level) for level in ALL_LEVELS if (levels == level).any()]
    if by == "side":
        sides = np.array([one.side for one in cells], dtype=str)
        return [(side, sides == side) for side in SIDES if (sides == side).any()]
    cases: dict[str, list[int]] = {}
    for name, case in (
        Case.objects.filter(reader_study=reader_study, imaging_study__cohorts__isnull=False)
        .order_by("imaging_study__cohorts__name")
        .values_list("imaging_study__cohorts__name", "pk")
    ):
        cases.setdefault(name, []).append(case)
    of_cell = np.array([one.case for one in cells], dtype=np.int64)
    return [(name, np.isin(of_cell, members)) for name, members in cases.items()]
