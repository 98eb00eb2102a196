"""One pair of readers, or a reader and AI: the table of their grades and what follows from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotations.agreement import (
    Estimate,
    cohen_kappa,
    confusion,
    gwet_ac,
    pabak,
    percent_agreement,
    prevalence_index,
    within_agreement,
)
from annotations.agreement.tables import MISSING, IntArray
from annotations.models import Item, ReaderStudy
from annotations.selectors.agreement import (
    Shown,
    WithheldError,
    item_head,
    normal_place,
    shown,
    told,
)
from annotations.selectors.ai_ratings import AI, ai_codes, shown_pipeline
from annotations.selectors.live_ratings import LiveItem, live_items
from spinestudy.common.errors import InvalidInputError, MissingError


def pair_view(
    reader_study: ReaderStudy,
    arm_id: int | None,
    item_code: str,
    pair: tuple[str, str],
    viewer: Any = None,
) -> dict[str, Any]:
    """Counts (rows the first, columns the second) and statistics of two codes, such as R1 and AI.

    Below the protocol's least number of patients only how many there are. Errors as `shown`;
    MissingError for a code that isn't there, WithheldError for AI where it isn't shown.
    """
    if pair[0] == pair[1]:
        raise InvalidInputError("Choose two different readers.")
    seen = shown(reader_study, arm_id, viewer)
    item = seen.item(item_code)
    with live_items(seen.arm, seen.enrolments, [item]) as live:
        ratings, patients = live[item.pk], live[item.pk].patients
        codes = ratings.codes
    a, b = (_codes_of(code, seen, item, ratings, codes) for code in pair)
    k = len(item.scores)
    statistics = _statistics(item, a, b, patients)
    views = [{"name": name, **told(seen, one)} for name, one in statistics]
    withheld = seen.withholds(statistics[0][1].n_clusters)
    return {
        "arm": seen.arm.pk,
        "item": item_head(item),
        "a": pair[0],
        "b": pair[1],
        "n_items": statistics[0][1].n_items,
        "n_patients": statistics[0][1].n_clusters,
        "withheld": withheld,
        "counts": None if withheld else confusion(a, b, k).tolist(),
        "statistics": views,
    }


def _codes_of(code: str, seen: Shown, item: Item, ratings: LiveItem, codes: IntArray) -> IntArray:
    if code == AI:
        pipeline = require_pipeline(seen)
        return ai_codes(seen.reader_study, pipeline, item, ratings.cells)
    for place, enrolment in enumerate(seen.enrolments):
        if enrolment.code == code:
            return np.asarray(codes[place])
    raise MissingError("This reader study has no such reader.")


def require_pipeline(seen: Shown) -> str:
    """The AI beside the readers of this arm; WithheldError where it isn't shown (yet)."""
    pipeline = shown_pipeline(seen.reader_study, seen.arm)
    if pipeline is not None:
        return pipeline
    if not seen.reader_study.arms.filter(is_ai_allowed=True).exists():
        raise MissingError("This reader study has no AI.")
    raise WithheldError(
        "What AI says is set beside the readers of this arm only after the data are locked."
    )


def _statistics(
    item: Item, a: IntArray, b: IntArray, patients: IntArray
) -> list[tuple[str, Estimate]]:
    """The item's own kappa first; the rest stands beside it."""
    k, scale = len(item.scores), item.finding.scale
    both = (a != MISSING) & (b != MISSING)
    columns = np.where(both[:, None], np.column_stack([a, b]), MISSING)
    kappa = cohen_kappa(a, b, n_categories=k, weights=scale.weights, cluster=patients)
    found = [
        (kappa_name(scale.weights), kappa),
        ("same grade", percent_agreement(a, b, n_categories=k, cluster=patients)),
    ]
    if scale.scale_type == "ordinal" and k > 2:
        within = within_agreement(a, b, n_categories=k, cluster=patients)
        found.append(("within one grade", within))
    found += [
        ("AC1, unweighted", gwet_ac(columns, n_categories=k, cluster=patients)),
        ("PABAK, unweighted", pabak(a, b, n_categories=k, cluster=patients)),
    ]
    normal = normal_place(item)
    if normal is not None:
        first, second = (np.where(one == MISSING, MISSING, one != normal) for one in (a, b))
        index = prevalence_index(first, second, cluster=patients)
        found.append(("prevalence index, other than normal", index))
    return found


def kappa_name(weights: str) -> str:
    """The kappa with its weights in the name: "quadratic kappa", "unweighted kappa"."""
    return f"{'unweighted' if weights == 'nominal' else weights} kappa"
