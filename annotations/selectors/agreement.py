"""Agreement between readers, from the grades as they stand now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone

from annotations.agreement import (
    Estimate,
    PairEstimate,
    ac1_of_tables,
    pabak_of_tables,
    prevalence_of_tables,
)
from annotations.agreement.pair_tables import Masked
from annotations.models import Arm, Enrolment, Item, ReaderStudy
from annotations.selectors.agreement_progress import progress_views
from annotations.selectors.agreement_slices import slices_viewed
from annotations.selectors.ai_ratings import shown_pipeline
from annotations.selectors.live_ratings import LiveItem, live_items
from annotations.selectors.live_view import is_finished, least_patients, shown_arms
from annotations.selectors.protocols import live_view_of
from spinestudy.common.errors import ConflictError, MissingError

PREVALENT = 0.6
"""From this prevalence index on, kappa has AC1 and PABAK beside it."""


class WithheldError(ConflictError):
    """The protocol shows this only after the data are locked, or at a planned look."""

    code = "withheld"


@dataclass(frozen=True)
class Shown:
    """What a person may see now: one arm, and from how many patients on."""

    reader_study: ReaderStudy
    arm: Arm
    arms: list[Arm]
    enrolments: list[Enrolment]
    least: int

    def item(self, code: str) -> Item:
        """The item of that code; MissingError where the reader study hasn't got it."""
        item = self.reader_study.items.filter(finding_code=code).first()
        if item is None:
            raise MissingError("This reader study has no such item.")
        return item

    def withholds(self, n_patients: int) -> str | None:
        """Why a number from so many patients isn't told; None where it is."""
        if n_patients and n_patients < self.least:
            return f"not told from fewer than {self.least} patients"
        return None


def shown(reader_study: ReaderStudy, arm_id: int | None, viewer: Any = None) -> Shown:
    """Which arm this person sees (the first by default), asked before anything is computed.

    WithheldError where the protocol withholds it; MissingError where it is of another design.
    """
    policy = live_view_of(reader_study)
    arms = shown_arms(reader_study, viewer, policy)
    arm = next((one for one in arms if arm_id in (None, one.pk)), None)
    if arm is None:
        if arm_id is not None and not reader_study.arms.filter(pk=arm_id).exists():
            raise MissingError("This reader study has no such arm.")
        raise WithheldError(
            "The protocol of this reader study shows this only after the data are locked."
        )
    arm.reader_study = reader_study
    enrolments = list(reader_study.enrolments.select_related("reader"))
    return Shown(reader_study, arm, arms, enrolments, least_patients(reader_study, policy))


def agreement_view(
    reader_study: ReaderStudy,
    arm_id: int | None,
    viewer: Any = None,
    item_code: str | None = None,
) -> dict[str, Any]:
    """Kappa of every pair of readers, per item (or of one item), in one arm.

    K and weights come from the scale; patients are the clusters; grades of readings under
    way count as soon as they are stored; those of the training phase never. Errors as `shown`.
    """
    seen = shown(reader_study, arm_id, viewer)
    every = list(reader_study.items.all())
    items = every if item_code is None else [seen.item(item_code)]
    with live_items(seen.arm, seen.enrolments, items) as live:
        views = [_item_view(seen, item, live[item.pk]) for item in items]
    return {
        "reader_study": {"id": reader_study.pk, "title": reader_study.title},
        "arms": [{"id": one.pk, "label": one.label} for one in seen.arms],
        "arm": seen.arm.pk,
        "computed_at": timezone.now(),
        "is_locked": is_finished(reader_study),
        "least_patients": seen.least,
        "slices_viewed": slices_viewed(reader_study),
        "ai": shown_pipeline(reader_study, seen.arm),
        "item_names": [{"code": one.finding_code, "name": one.finding.name} for one in every],
        "items": views,
        "progress": progress_views(reader_study, seen.arms, seen.enrolments, seen.least),
    }


def _item_view(seen: Shown, item: Item, live: LiveItem) -> dict[str, Any]:
    return {
        **item_head(item),
        "readers": [
            {
                "code": one.code,
                "name": one.reader.get_username(),
                "seniority": one.seniority,
                "is_withdrawn": one.status == Enrolment.Status.WITHDRAWN,
            }
            for one in seen.enrolments
        ],
        "pairs": _pair_views(seen, live, normal_place(item)),
    }


def item_head(item: Item) -> dict[str, Any]:
    """The item with its scale and weights."""
    scale = item.finding.scale
    return {
        "code": item.finding_code,
        "name": item.finding.name,
        "scale": {
            "code": scale.code,
            "scores": list(item.scores),
            "labels": [category.label for category in scale.categories],
        },
        "weights": scale.weights,
    }


def normal_place(item: Item) -> int | None:
    """Where the healthy grade stands on the scale; None where no grade means that."""
    normal = item.finding.normal_score
    return None if normal is None else list(item.scores).index(normal)


def _pair_views(seen: Shown, live: LiveItem, normal: int | None) -> list[dict[str, Any]]:
    """A pair whose estimate is the same object as before has changed in nothing."""
    pairs = live.kappas.matrix()
    stale = [
        at for at, one in enumerate(pairs) if at not in live.told or live.told[at][0] is not one
    ]
    beside = _beside(live, [pairs[at] for at in stale], normal)
    for at, more in zip(stale, beside, strict=True):
        live.told[at] = (pairs[at], {**_view(pairs[at].estimate), **more})
    codes = [one.code for one in seen.enrolments]
    return [
        {
            "a": codes[pair.first],
            "b": codes[pair.second],
            **(
                told(seen, pair.estimate, NOTHING_BESIDE)
                if pair.estimate.n_clusters < seen.least
                else live.told[at][1]
            ),
        }
        for at, pair in enumerate(pairs)
    ]


def _beside(
    live: LiveItem, pairs: list[PairEstimate], normal: int | None
) -> list[dict[str, float | None]]:
    """Prevalence index of each pair; AC1 and PABAK where it is high."""
    if normal is None or not pairs:
        return [dict(NOTHING_BESIDE)] * len(pairs)
    first, second = np.array([(one.first, one.second) for one in pairs], dtype=np.int64).T
    tables = live.kappas.counts.tables_of(first, second)
    indices = _values(prevalence_of_tables(tables, negative=normal))
    ac1, pabak = _values(ac1_of_tables(tables)), _values(pabak_of_tables(tables))
    return [
        {"prevalence_index": index, "ac1": ac1[at], "pabak": pabak[at]}
        if index is not None and abs(index) > PREVALENT
        else {"prevalence_index": index, "ac1": None, "pabak": None}
        for at, index in enumerate(indices)
    ]


NOTHING_BESIDE: dict[str, float | None] = {"prevalence_index": None, "ac1": None, "pabak": None}


def _values(masked: Masked) -> list[float | None]:
    found: list[float | None] = masked.tolist()
    return found


def told(
    seen: Shown, estimate: Estimate, beside: dict[str, float | None] | None = None
) -> dict[str, Any]:
    """A statistic as it leaves the server; of too few patients only how many."""
    view = _view(estimate)
    reason = seen.withholds(estimate.n_clusters)
    if reason:
        view |= {"value": None, "ci": None, "undefined": reason}
    return view if beside is None else {**view, **(NOTHING_BESIDE if reason else beside)}


def _view(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": estimate.value,
        "ci": None if estimate.ci is None else list(estimate.ci),
        "n_items": estimate.n_items,
        "n_patients": estimate.n_clusters,
        "undefined": estimate.undefined,
    }
