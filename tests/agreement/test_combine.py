"""Differences, means and contrasts of dependent statistics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from annotations.agreement import (
    Estimate,
    RatingsError,
    by_stratum,
    cohen_kappa,
    contrast,
    covariance,
    difference,
    hotelling,
    light_kappa,
    mean_of,
    p_value,
)

pytestmark = pytest.mark.filterwarnings("error")


def kappas(seed: int = 1, n_patients: int = 30, *, clustered: bool = True) -> list[Estimate]:
    """Of three readers with one reference; each reader misses some items."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_patients), 3)
    reference = rng.integers(0, 4, len(cluster))
    found = []
    for share in (0.8, 0.7, 0.5):
        codes = np.where(
            rng.random(len(cluster)) < share, reference, rng.integers(0, 4, len(cluster))
        )
        codes[rng.random(len(cluster)) < 0.3] = -1
        found.append(
            cohen_kappa(codes, reference, n_categories=4, cluster=cluster if clustered else None)
        )
    return found


def test_a_difference_knows_that_the_patients_are_the_same() -> None:
    one, other, _ = kappas()
    gap = difference(one, other)
    spread = covariance([one, other])
    assert gap.value == pytest.approx(float(one.value or 0) - float(other.value or 0))
    assert gap.se == pytest.approx(np.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]))
    assert gap.n_clusters == len(set(one.clusters) | set(other.clusters))  # type: ignore[arg-type]


def test_patients_are_aligned_by_name_and_not_by_place() -> None:
    rng = np.random.default_rng(3)
    a, b, c = rng.integers(0, 3, (3, 40))
    cluster = np.repeat(np.arange(10), 4)
    names = np.array([f"p{9 - number}" for number in cluster])
    backwards = np.arange(40)[::-1]
    one = cohen_kappa(a, b, n_categories=3, cluster=names)
    other = cohen_kappa(a[backwards], c[backwards], n_categories=3, cluster=names[backwards])
    plain = difference(
        cohen_kappa(a, b, n_categories=3, cluster=cluster),
        cohen_kappa(a, c, n_categories=3, cluster=cluster),
    )
    assert difference(one, other).se == pytest.approx(plain.se, rel=1e-12)


def test_no_difference_from_itself_has_no_interval_of_no_width() -> None:
    one = kappas()[0]
    found = difference(one, one)
    assert (found.value, found.se, found.ci) == (0.0, None, None)
    assert found.undefined is not None


def test_items_without_patients_are_aligned_by_their_number() -> None:
    one, other, _ = kappas(clustered=False)
    gap = difference(one, other)
    spread = covariance([one, other])
    assert gap.se == pytest.approx(np.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]))
    assert not gap.is_clustered


def test_clustered_and_unclustered_statistics_are_not_combined() -> None:
    with pytest.raises(RatingsError, match="some are not"):
        difference(kappas()[0], kappas(clustered=False)[0])


def test_patients_named_by_numbers_and_by_text_are_not_combined() -> None:
    a, b = [0, 1, 1, 0, 1], [0, 1, 0, 0, 1]
    one = cohen_kappa(a, b, n_categories=2, cluster=[1, 2, 3, 4, 5])
    other = cohen_kappa(a, b, n_categories=2, cluster=["1", "2", "3", "4", "5"])
    with pytest.raises(RatingsError, match="labels are numbers in one"):
        difference(one, other)


def test_a_mean_and_a_contrast_are_sums_of_influences() -> None:
    three = kappas()
    mean = mean_of(three)
    assert mean.value == pytest.approx(np.mean([one.value for one in three]))
    spread = covariance(three)
    assert mean.se == pytest.approx(np.sqrt(spread.sum()) / 3)
    weights = np.array([1.0, -0.5, -0.5])
    found = contrast(weights, three)
    assert found.se == pytest.approx(np.sqrt(weights @ spread @ weights))


def test_hotelling_of_two_is_the_square_of_the_t_of_the_difference() -> None:
    one, other, _ = kappas()
    gap, test = difference(one, other), hotelling([one, other])
    assert gap.value is not None
    assert gap.se is not None
    assert test.statistic == pytest.approx((gap.value / gap.se) ** 2, rel=1e-10)
    assert test.p == pytest.approx(p_value(gap), rel=1e-10)


def test_hotelling_does_not_depend_on_the_order() -> None:
    three = kappas()
    found = [hotelling([three[i] for i in order]).p for order in ([0, 1, 2], [2, 0, 1], [1, 0, 2])]
    assert found == pytest.approx([found[0]] * 3, rel=1e-9)


def test_p_is_two_sided() -> None:
    one = kappas()[0]
    assert one.value is not None
    assert one.se is not None
    assert one.df is not None
    ratio = abs(one.value - 0.9) / one.se
    assert p_value(one, null=0.9) == pytest.approx(2 * stats.t.sf(ratio, one.df), rel=1e-12)


def test_what_lacks_a_value_or_an_interval_passes_its_reason_on() -> None:
    good = kappas()[0]
    none = cohen_kappa([1, 1, 1], [1, 1, 1], n_categories=4, cluster=[0, 1, 2])
    perfect = cohen_kappa([0, 1, 2], [0, 1, 2], n_categories=4, cluster=[0, 1, 2])
    gap = difference(good, none)
    assert (gap.value, gap.undefined) == (None, "both used one and the same category only")
    gap = difference(good, perfect)
    assert gap.value is not None
    assert (gap.ci, gap.undefined) == (None, "complete agreement: no interval")
    assert hotelling([good, perfect]).p is None
    assert hotelling([good, good]).undefined is not None


def test_contrasts_need_a_weight_for_each() -> None:
    for weights in ([1.0], [1.0, np.nan], []):
        with pytest.raises(RatingsError, match="one finite weight"):
            contrast(weights, kappas()[:2])
    with pytest.raises(RatingsError, match="two estimates or more"):
        hotelling(kappas()[:1])


def test_lights_kappa_is_the_mean_of_the_pairs_and_says_which_is_lacking() -> None:
    rng = np.random.default_rng(5)
    ratings = rng.integers(0, 3, (30, 3))
    pairs = [
        cohen_kappa(ratings[:, i], ratings[:, j], n_categories=3).value
        for i, j in ((0, 1), (0, 2), (1, 2))
    ]
    found = light_kappa(ratings, n_categories=3)
    assert found.value == pytest.approx(np.mean(np.array(pairs, dtype=float)))
    ratings[:15, 0], ratings[15:, 1] = -1, -1
    found = light_kappa(ratings, n_categories=3)
    assert found.value is None
    assert "1 of 3 pairs have no kappa" in str(found.undefined)


def test_strata_hold_the_estimates_of_their_items_and_reasons_where_small() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.integers(0, 3, (2, 60))
    cluster, level = np.repeat(np.arange(20), 3), np.tile(["L3/L4", "L4/L5", "L5/S1"], 20)
    options: dict[str, Any] = {"n_categories": 3, "weights": "linear"}
    found = by_stratum(cohen_kappa, a, b, strata=level, cluster=cluster, **options)
    assert list(found) == ["L3/L4", "L4/L5", "L5/S1"]
    rows = level == "L4/L5"
    own = cohen_kappa(a[rows], b[rows], cluster=cluster[rows], **options)
    assert found["L4/L5"] == own
    assert difference(found["L3/L4"], found["L4/L5"]).n_clusters == 20
    hidden = by_stratum(
        cohen_kappa, a, b, strata=np.where(cluster < 5, 0, 1), cluster=cluster, fewest=8, **options
    )
    assert hidden[0].value is None
    assert "fewer than 8 patients" in str(hidden[0].undefined)
    assert hidden[1].value is not None


def test_strata_of_items_without_patients_are_independent() -> None:
    rng = np.random.default_rng(7)
    a, b = rng.integers(0, 3, (2, 60))
    found = by_stratum(cohen_kappa, a, b, strata=np.arange(60) % 2, n_categories=3)
    spread = covariance([found[0], found[1]])
    assert spread[0, 1] == 0
    assert difference(found[0], found[1]).n_clusters == 60
