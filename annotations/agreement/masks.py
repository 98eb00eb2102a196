"""How alike two masks are; every measure names its definition, for the names alone are shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate
from annotations.agreement.means import mean_value
from annotations.agreement.surfaces import SurfaceDistances, masks_of, surface_distances

BOTH_EMPTY: Final = "both masks are empty"
ONE_EMPTY: Final = "one of the masks is empty: no distance"
Hd95 = Literal["max_of_directed", "pooled"]
Assd = Literal["pooled", "mean_of_directed"]
EmptyRule = Literal["undefined", "perfect"]


@dataclass(frozen=True)
class MaskMeasure:
    """One measure of one pair of masks; value None with the reason in `undefined`.

    definition: its name in full; unit: "" for shares, "mm" for lengths.
    """

    value: float | None
    definition: str
    unit: str
    undefined: str | None = None


def dice(a: ArrayLike, b: ArrayLike, *, both_empty: EmptyRule = "undefined") -> MaskMeasure:
    """2 |A and B| / (|A| + |B|) (Dice LR 1945, Ecology 26:297).

    One mask empty: 0. Both empty: undefined, or 1 under the rule "perfect".
    """
    first, second = masks_of(a, b)
    shared, total = int((first & second).sum()), int(first.sum()) + int(second.sum())
    return _overlap(2 * shared, total, "Dice", both_empty)


def iou(a: ArrayLike, b: ArrayLike, *, both_empty: EmptyRule = "undefined") -> MaskMeasure:
    """|A and B| / |A or B| (Jaccard P 1912, New Phytol 11:37); empty masks as in `dice`."""
    first, second = masks_of(a, b)
    return _overlap(
        int((first & second).sum()), int((first | second).sum()), "intersection / union", both_empty
    )


def hausdorff_mm(a: ArrayLike, b: ArrayLike, *, spacing_mm: ArrayLike) -> MaskMeasure:
    """Largest distance from a surface voxel of one mask to the surface of the other.

    Huttenlocher DP et al. 1993, IEEE Trans Pattern Anal 15:850, on surface voxel centres.
    """

    def largest(found: SurfaceDistances) -> float:
        return float(max(found.a_to_b.max(), found.b_to_a.max()))

    return _distance(a, b, spacing_mm, largest, "Hausdorff distance, surface voxel centres", "mm")


def hd95_mm(
    a: ArrayLike,
    b: ArrayLike,
    *,
    spacing_mm: ArrayLike,
    definition: Hd95 = "max_of_directed",
) -> MaskMeasure:
    """95th percentile of the surface distances, by linear interpolation.

    "max_of_directed": the greater of the percentiles of either direction (Maier-Hein L et al.
    2024, Nat Methods 21:195, and its definitions); "pooled": the percentile of both directions
    together. They differ; a third definition weighs surface elements of meshes and isn't here.
    """

    def percentile(found: SurfaceDistances) -> float:
        if definition == "pooled":
            return float(np.percentile(np.concatenate([found.a_to_b, found.b_to_a]), 95))
        return float(max(np.percentile(found.a_to_b, 95), np.percentile(found.b_to_a, 95)))

    if definition not in ("max_of_directed", "pooled"):
        raise RatingsError(f"unknown definition {definition!r}: max_of_directed or pooled")
    return _distance(a, b, spacing_mm, percentile, f"HD95, {definition}, surface voxels", "mm")


def assd_mm(
    a: ArrayLike, b: ArrayLike, *, spacing_mm: ArrayLike, definition: Assd = "pooled"
) -> MaskMeasure:
    """Average symmetric surface distance.

    "pooled": mean over all surface voxels of both masks (Heimann T et al. 2009, IEEE Trans Med
    Imaging 28:1251); "mean_of_directed": mean of the two directions' means.
    """

    def average(found: SurfaceDistances) -> float:
        if definition == "pooled":
            return float(np.concatenate([found.a_to_b, found.b_to_a]).mean())
        return float((found.a_to_b.mean() + found.b_to_a.mean()) / 2)

    if definition not in ("pooled", "mean_of_directed"):
        raise RatingsError(f"unknown definition {definition!r}: pooled or mean_of_directed")
    return _distance(a, b, spacing_mm, average, f"ASSD, {definition}, surface voxels", "mm")


def surface_dice(
    a: ArrayLike, b: ArrayLike, *, spacing_mm: ArrayLike, tolerance_mm: float
) -> MaskMeasure:
    """Normalised surface Dice: share of both surfaces' voxels within a tolerance of the other.

    Nikolov S et al. 2021, J Med Internet Res 23:e26151, counted by voxels, not by elements of
    meshes, which gives another number. One mask empty: 0, for nothing lies within reach.
    """
    if not tolerance_mm >= 0:
        raise RatingsError("a tolerance is a length in mm, 0 or more")

    def near(found: SurfaceDistances) -> float:
        return float(np.mean(np.concatenate([found.a_to_b, found.b_to_a]) <= tolerance_mm))

    name = f"surface Dice at {tolerance_mm:g} mm, voxels"
    first, second = masks_of(a, b)
    if first.any() != second.any():
        return MaskMeasure(0.0, name, "")
    return _distance(a, b, spacing_mm, near, name, "")


def mean_measure(measures: list[MaskMeasure], *, cluster: ArrayLike | None = None) -> Estimate:
    """Mean of one measure over pairs of masks, clustered by patient; undefined ones are left out.

    n_missing counts those. Shares get an interval inside 0..1, lengths one on the log scale.
    RatingsError where the definitions differ: their mean would mean nothing.
    """
    names = {one.definition for one in measures}
    if len(names) != 1:
        raise RatingsError("a mean needs measures, all of one definition")
    values = np.array([np.nan if one.value is None else one.value for one in measures])
    is_share = measures[0].unit == ""
    has_log = not is_share and bool(np.nansum(values) > 0)
    return mean_value(
        values,
        cluster=cluster,
        method=f"mean {names.pop()}",
        scale="bounded" if is_share else "log" if has_log else "plain",
        lowest=0.0,
        no_item=f"undefined for all: {measures[0].undefined}",
    )


def _overlap(top: int, bottom: int, name: str, rule: EmptyRule) -> MaskMeasure:
    if bottom:
        return MaskMeasure(top / bottom, name, "")
    if rule == "perfect":
        return MaskMeasure(1.0, f"{name}, 1 where both are empty", "")
    if rule != "undefined":
        raise RatingsError(f"unknown rule {rule!r}: undefined or perfect")
    return MaskMeasure(None, name, "", BOTH_EMPTY)


def _distance(
    a: ArrayLike,
    b: ArrayLike,
    spacing_mm: ArrayLike,
    measure: Callable[[SurfaceDistances], float],
    name: str,
    unit: str,
) -> MaskMeasure:
    first, second = masks_of(a, b)
    if not first.any() or not second.any():
        reason = ONE_EMPTY if first.any() or second.any() else BOTH_EMPTY
        return MaskMeasure(None, name, unit, reason)
    return MaskMeasure(measure(surface_distances(first, second, spacing_mm)), name, unit)
