"""Masks of two readers, and one mask out of several."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import (
    MaskMeasure,
    RatingsError,
    assd_mm,
    dice,
    hausdorff_mm,
    hd95_mm,
    iou,
    majority_vote,
    mean_measure,
    staple,
    surface_dice,
)
from annotations.agreement.surfaces import surface

pytestmark = pytest.mark.filterwarnings("error")
SPACING = (4.0, 1.0, 0.5)


def boxes() -> tuple[np.ndarray, np.ndarray]:
    a, b = np.zeros((2, 12, 40, 60), dtype=bool)
    a[3:8, 10:25, 12:40] = True
    b[3:9, 12:27, 12:44] = True
    return a, b


def test_two_boxes_by_every_definition() -> None:
    a, b = boxes()
    assert (a.sum(), b.sum(), (a & b).sum()) == (2100, 2880, 1820)
    assert (surface(a).sum(), surface(b).sum()) == (1086, 1320)
    expected = [
        (dice(a, b), 0.730923694779),
        (iou(a, b), 0.575949367089),
        (hausdorff_mm(a, b, spacing_mm=SPACING), 4.898979485566),
        (hd95_mm(a, b, spacing_mm=SPACING), 4.123105625618),
        (hd95_mm(a, b, spacing_mm=SPACING, definition="pooled"), 4.0),
        (assd_mm(a, b, spacing_mm=SPACING), 1.704304141072),
        (surface_dice(a, b, spacing_mm=SPACING, tolerance_mm=1.0), 0.453034081463),
    ]
    for found, value in expected:
        assert found.value == pytest.approx(value, rel=1e-11)
        assert found.undefined is None
    names = [found.definition for found, _ in expected]
    assert len(set(names)) == len(names)


MASKS = st.integers(0, 2**27 - 1)


@given(MASKS, MASKS)
@settings(max_examples=60, deadline=None, print_blob=True)
def test_distances_are_those_between_all_pairs_of_surface_voxels(first: int, second: int) -> None:
    a, b = (
        np.array([(bits >> k) & 1 for k in range(27)], dtype=bool).reshape(3, 3, 3)
        for bits in (first, second)
    )
    found = assd_mm(a, b, spacing_mm=SPACING)
    if not a.any() or not b.any():
        assert found.value is None
        assert found.undefined
        return

    def edge(mask: np.ndarray) -> np.ndarray:
        padded = np.pad(mask, 1)
        kept = []
        for place in np.argwhere(padded):
            steps = [np.eye(3, dtype=int)[axis] * sign for axis in range(3) for sign in (1, -1)]
            if not all(padded[tuple(place + step)] for step in steps):
                kept.append((place - 1) * SPACING)
        return np.array(kept)

    gaps = np.linalg.norm(edge(a)[:, None] - edge(b)[None], axis=2)
    there, back = gaps.min(axis=1), gaps.min(axis=0)
    both = np.concatenate([there, back])
    directed = assd_mm(a, b, spacing_mm=SPACING, definition="mean_of_directed")
    near = surface_dice(a, b, spacing_mm=SPACING, tolerance_mm=1.0)
    assert found.value == pytest.approx(both.mean(), abs=1e-12)
    assert directed.value == pytest.approx((there.mean() + back.mean()) / 2, abs=1e-12)
    assert hausdorff_mm(a, b, spacing_mm=SPACING).value == pytest.approx(both.max(), abs=1e-12)
    assert near.value == pytest.approx(np.mean(both <= 1.0), abs=1e-12)
    swapped = hd95_mm(b, a, spacing_mm=SPACING)
    assert swapped.value == pytest.approx(hd95_mm(a, b, spacing_mm=SPACING).value, abs=1e-12)


def test_a_slice_of_a_slice_is_measured_too() -> None:
    """Two dimensions; shifted by two pixels of 0.5 mm."""
    a, b = np.zeros((2, 8, 8), dtype=int)
    a[2:6, 1:4] = 1
    b[2:6, 3:6] = 1
    assert hausdorff_mm(a, b, spacing_mm=(1.0, 0.5)).value == pytest.approx(1.0)
    assert dice(a, b).value == pytest.approx(2 * 4 / 24)


def test_empty_masks_follow_a_rule() -> None:
    a, empty = boxes()[0], np.zeros((12, 40, 60), dtype=bool)
    assert dice(a, empty).value == iou(a, empty).value == 0.0
    assert dice(empty, empty) == MaskMeasure(None, "Dice", "", "both masks are empty")
    assert dice(empty, empty, both_empty="perfect").value == 1.0
    assert "1 where both are empty" in dice(empty, empty, both_empty="perfect").definition
    for measure in (hausdorff_mm, hd95_mm, assd_mm):
        assert "one of the masks" in str(measure(a, empty, spacing_mm=SPACING).undefined)
        assert "both masks" in str(measure(empty, empty, spacing_mm=SPACING).undefined)
    assert surface_dice(a, empty, spacing_mm=SPACING, tolerance_mm=1).value == 0.0
    assert surface_dice(empty, empty, spacing_mm=SPACING, tolerance_mm=1).value is None


def test_a_mean_of_masks_counts_what_is_undefined() -> None:
    a, b = boxes()
    empty = np.zeros_like(a)
    found = mean_measure([dice(a, b), dice(a, a), dice(empty, empty)], cluster=[1, 2, 3])
    assert found.value == pytest.approx((0.730923694779 + 1) / 2)
    assert (found.n_items, found.n_missing, found.n_clusters) == (2, 1, 2)
    lengths = mean_measure([hd95_mm(a, b, spacing_mm=SPACING), hd95_mm(a, a, spacing_mm=SPACING)])
    assert lengths.low is not None
    assert lengths.low > 0
    zero = mean_measure([hd95_mm(a, a, spacing_mm=SPACING)] * 2)
    assert (zero.value, zero.ci) == (0.0, None)
    with pytest.raises(RatingsError, match="one definition"):
        mean_measure([dice(a, b), iou(a, b)])
    with pytest.raises(RatingsError, match="one definition"):
        mean_measure(
            [
                hd95_mm(a, b, spacing_mm=SPACING),
                hd95_mm(a, b, spacing_mm=SPACING, definition="pooled"),
            ]
        )


@pytest.mark.parametrize(
    ("a", "b", "spacing", "words"),
    [
        ([[0, 2]], [[0, 1]], (1, 1), "0 and 1"),
        ([[0, 1]], [[0, 1, 1]], (1, 1), "different grids"),
        ([[0, 1]], [[0, 1]], (1,), "one length"),
        ([[0, 1]], [[0, 1]], (1, 0), "one length"),
        ([["x"]], [["y"]], (1, 1), "0 and 1"),
    ],
)
def test_bad_masks_are_refused_with_words(a: Any, b: Any, spacing: Any, words: str) -> None:
    with pytest.raises(RatingsError, match=words):
        hausdorff_mm(a, b, spacing_mm=spacing)


def readers(
    seed: int, sensitivity: list[float], specificity: list[float]
) -> tuple[np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    truth = np.zeros((10, 40, 40), dtype=bool)
    truth[2:8, 10:30, 12:28] = True
    masks = [
        np.where(truth, rng.random(truth.shape) < p, rng.random(truth.shape) >= q)
        for p, q in zip(sensitivity, specificity, strict=True)
    ]
    return truth, masks


def test_staple_finds_the_readers_that_were_planted() -> None:
    """Five readers who err independently, as its model says; seed 41."""
    sensitivity, specificity = [0.95, 0.9, 0.8, 0.7, 0.85], [0.97, 0.9, 0.95, 0.99, 0.8]
    truth, masks = readers(41, sensitivity, specificity)
    found = staple(masks, prior=truth.mean())
    assert found.has_converged
    hit = [mask[truth].mean() for mask in masks]
    spared = [1 - mask[~truth].mean() for mask in masks]
    assert found.sensitivity == pytest.approx(hit, abs=0.01)
    assert found.specificity == pytest.approx(spared, abs=0.01)
    # Left to itself the prior counts false marks as foreground, and the readers look worse.
    free = staple(masks)
    assert free.prior > truth.mean()
    assert free.sensitivity == pytest.approx(hit, abs=0.03)
    mask = found.mask()
    assert mask is not None
    estimated, voted = dice(mask, truth).value, dice(majority_vote(masks), truth).value
    assert estimated is not None
    assert voted is not None
    assert estimated > voted > 0.9


def test_staple_does_not_care_for_the_order_of_readers_or_axes() -> None:
    _, masks = readers(42, [0.9, 0.8, 0.85], [0.95, 0.97, 0.9])
    found = staple(masks)
    other = staple([masks[k].transpose(2, 0, 1) for k in (2, 0, 1)])
    assert found.sensitivity is not None
    assert found.probability is not None
    assert other.sensitivity == pytest.approx(found.sensitivity[[2, 0, 1]], abs=1e-9)
    assert other.probability == pytest.approx(found.probability.transpose(2, 0, 1), abs=1e-8)


def test_each_round_of_staple_makes_the_masks_more_likely() -> None:
    _, masks = readers(43, [0.9, 0.8, 0.7], [0.95, 0.97, 0.9])
    flat = np.stack(masks).reshape(3, -1).astype(float)

    def log_likelihood(rounds: int) -> float:
        found = staple(masks, max_iterations=rounds, tolerance=0.0)
        assert found.sensitivity is not None
        assert found.specificity is not None
        p, q = (
            np.clip(x, 1e-12, 1 - 1e-12)[:, None] for x in (found.sensitivity, found.specificity)
        )
        fore = np.prod(np.where(flat == 1, p, 1 - p), axis=0) * found.prior
        back = np.prod(np.where(flat == 1, 1 - q, q), axis=0) * (1 - found.prior)
        return float(np.log(fore + back).sum())

    steps = [log_likelihood(rounds) for rounds in range(1, 12)]
    assert np.all(np.diff(steps) >= -1e-6)


def test_readers_who_agree_are_all_perfect() -> None:
    mask = boxes()[0]
    found = staple([mask, mask, mask])
    assert found.sensitivity == pytest.approx([1, 1, 1])
    assert np.array_equal(found.mask(), mask)  # type: ignore[arg-type]
    assert found.dominated_by is None
    assert np.array_equal(majority_vote([mask, mask, ~mask]), mask)


def test_staple_says_when_it_trusts_one_reader_alone() -> None:
    """Three readers who hardly overlap: STAPLE becomes the first one's mask, the majority not."""
    masks = np.zeros((3, 16, 16), dtype=bool)
    masks[0, 6:12, 5:9] = True
    masks[1, 2:4, 0:2] = True
    masks[2, 1:8, 6:15] = True
    found = staple(list(masks))
    assert np.array_equal(found.mask(), masks[0])  # type: ignore[arg-type]
    assert majority_vote(list(masks)).sum() == 6
    assert found.dominated_by == 0


def test_fusion_of_nothing_has_a_reason() -> None:
    empty = np.zeros((3, 3), dtype=bool)
    found = staple([empty, empty])
    assert found.mask() is None
    assert "all masks are empty" in str(found.undefined)
    assert "all masks are full" in str(staple([~empty, ~empty]).undefined)
    with pytest.raises(RatingsError, match="two readers"):
        staple([empty])
    with pytest.raises(RatingsError, match="one grid"):
        majority_vote([empty, np.zeros((2, 2))])
    half = majority_vote([empty, ~empty])
    assert not half.any()
    assert majority_vote([empty, ~empty], tie="foreground").all()
