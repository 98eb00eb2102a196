"""Marks matched to lesions, and precision and recall."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import (
    RatingsError,
    auc,
    box_iou,
    f1_at_threshold,
    match_marks,
    precision_recall,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_a_point_finds_the_box_that_it_lies_in() -> None:
    boxes = [[0, 0, 10, 10], [8, 8, 20, 20]]
    found = match_marks([[9, 9], [0, 0], [30, 1]], boxes, rule="point_in_box")
    # (9, 9) lies in both and is nearer to the centre of the first; the face counts as inside.
    assert found.lesion_of_mark.tolist() == [0, -1, -1]
    assert found.is_duplicate.tolist() == [False, True, False]
    assert (found.true_positives, found.false_positives, found.false_negatives) == (1, 1, 1)
    best = match_marks(
        [[9, 9], [0, 0], [30, 1]], boxes, rule="point_in_box", assignment="hungarian"
    )
    assert best.lesion_of_mark.tolist() == [1, 0, -1]
    assert best.true_positives == 2


def test_the_surer_mark_chooses_first() -> None:
    lesions = [[0.0, 0.0, 0.0]]
    marks = [[0.0, 0.0, 3.0], [0.0, 0.0, 1.0]]
    kwargs: dict[str, Any] = {"rule": "centre_distance_mm", "threshold": 3.0}
    by_order = match_marks(marks, lesions, **kwargs)
    by_score = match_marks(marks, lesions, scores=[0.2, 0.9], **kwargs)
    assert by_order.mark_of_lesion.tolist() == [0]
    assert by_score.mark_of_lesion.tolist() == [1]
    assert match_marks(marks, lesions, rule="centre_distance_mm", threshold=0.5).true_positives == 0


def test_overlap_of_boxes() -> None:
    assert box_iou([[0, 0, 2, 2]], [[1, 1, 3, 3], [0, 0, 2, 2], [5, 5, 6, 6]]).tolist() == [
        [pytest.approx(1 / 7), 1.0, 0.0]
    ]
    assert box_iou([[0, 0, 0, 0]], [[0, 0, 0, 0]]).tolist() == [[0.0]]
    at_threshold = match_marks([[0, 0, 2, 1]], [[0, 0, 1, 1]], rule="iou", threshold=0.5)
    assert at_threshold.true_positives == 1


@given(st.integers(0, 5), st.integers(0, 4), st.integers(0, 10_000))
@settings(max_examples=80, deadline=None, print_blob=True)
def test_hungarian_finds_the_most_matches_and_greedy_no_more(n: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    marks, lesions = rng.random((n, 2)) * 4, rng.random((m, 2)) * 4
    kwargs: dict[str, Any] = {"rule": "centre_distance_mm", "threshold": 1.5}
    greedy = match_marks(marks, lesions, scores=rng.random(n), **kwargs)
    best = match_marks(marks, lesions, assignment="hungarian", **kwargs)
    near = np.linalg.norm(marks[:, None] - lesions[None], axis=2) <= 1.5 if n and m else None
    most = 0
    if near is not None:
        size = max(n, m)
        square = np.zeros((size, size), dtype=bool)
        square[:n, :m] = near
        most = max(int(square[np.arange(size), list(p)].sum()) for p in permutations(range(size)))
    assert best.true_positives == most
    assert greedy.true_positives <= most
    for found in (greedy, best):
        used = found.lesion_of_mark[found.lesion_of_mark >= 0]
        assert len(set(used.tolist())) == len(used)
        duplicates = int(found.is_duplicate.sum())
        assert found.true_positives + found.false_positives + duplicates == n
        assert found.true_positives + found.false_negatives == m


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"rule": "touch"}, "unknown rule"),
        ({"rule": "iou"}, "takes a threshold"),
        ({"rule": "point_in_box", "threshold": 1.0}, "takes no threshold"),
        ({"rule": "iou", "threshold": 0.0}, "above 0"),
        ({"rule": "iou", "threshold": 1.5}, "at most 1"),
        ({"rule": "centre_distance_mm", "threshold": 1.0, "scores": [1.0, 2.0]}, "each mark"),
        ({"rule": "centre_distance_mm", "threshold": 1.0, "assignment": "best"}, "unknown assign"),
    ],
)
def test_rules_that_do_not_fit_are_refused(kwargs: dict[str, Any], words: str) -> None:
    with pytest.raises(RatingsError, match=words):
        match_marks([[0.0, 0.0, 1.0, 1.0]], [[0.0, 0.0, 1.0, 1.0]], **kwargs)
    with pytest.raises(RatingsError, match="below its lower"):
        box_iou([[1, 1, 0, 0]], [[0, 0, 1, 1]])
    with pytest.raises(RatingsError, match="same dimensions"):
        match_marks([[0.0, 0.0]], [[0.0, 0.0, 0.0]], rule="centre_distance_mm", threshold=1.0)


SCORES = [0.1, 0.3, 0.35, 0.4, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95]
TRUTH = [0, 0, 1, 0, 1, 0, 1, 1, 1, 1]


def test_average_precision_by_its_three_definitions() -> None:
    curve = precision_recall(SCORES, TRUTH, n_lesions=6)
    assert curve.average_precision() == pytest.approx(0.930555555556, rel=1e-11)
    assert auc(SCORES, TRUTH).value == pytest.approx(0.875)
    # Precision 1 up to recall 4/6, then 5/6 and 6/8 at best.
    interpolated = 4 / 6 + (5 / 6) / 6 + (6 / 8) / 6
    assert curve.average_precision(definition="interpolated") == pytest.approx(interpolated)
    grid = [1.0 if r <= 4 / 6 else 5 / 6 if r <= 5 / 6 else 6 / 8 for r in np.arange(101) / 100]
    assert curve.average_precision(definition="coco_101") == pytest.approx(np.mean(grid))
    with pytest.raises(RatingsError, match="unknown definition"):
        curve.average_precision(definition="area")  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=20), st.integers(0, 3))
@settings(max_examples=100, deadline=None, print_blob=True)
def test_the_curve_is_that_of_counting_at_every_score(
    marks: list[tuple[int, bool]], missed: int
) -> None:
    scores, hits = [one for one, _ in marks], [hit for _, hit in marks]
    lesions = sum(hits) + missed
    if not lesions:
        return
    curve = precision_recall(scores, hits, n_lesions=lesions)
    for threshold, precision, recall in zip(
        curve.thresholds, curve.precision, curve.recall, strict=True
    ):
        counted = [hit for score, hit in marks if score >= threshold]
        assert precision == pytest.approx(sum(counted) / len(counted))
        assert recall == pytest.approx(sum(counted) / lesions)
    for definition in ("step", "interpolated", "coco_101"):
        assert 0 <= curve.average_precision(definition=definition) <= 1 + 1e-12


def test_f1_at_a_threshold_counts_unmarked_cases_too() -> None:
    found = f1_at_threshold(
        scores=[0.9, 0.8, 0.2, 0.7],
        is_hit=[1, 0, 1, 1],
        mark_case=["a", "a", "b", "c"],
        lesions_of_case=[1, 2, 1, 0, 1],
        case=["a", "b", "c", "d", "e"],
        threshold=0.5,
    )
    # 2 hits, 3 marks, 5 lesions.
    assert found.value == pytest.approx(2 * 2 / (3 + 5))
    assert found.n_clusters == 5
    with pytest.raises(RatingsError, match="isn't listed"):
        f1_at_threshold([1.0], [1], ["z"], [1], ["a"], threshold=0.5)
    nothing = f1_at_threshold([], [], np.array([], dtype=str), [0, 0], ["a", "b"], threshold=0.5)
    assert nothing.undefined == "no lesion and no mark"


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(RatingsError, match="no fewer than were hit"):
        precision_recall([1.0, 2.0], [1, 1], n_lesions=1)
    with pytest.raises(RatingsError, match="finite"):
        precision_recall([np.nan], [1], n_lesions=1)
    assert precision_recall([], [], n_lesions=2).average_precision() == 0.0
    assert precision_recall([], [], n_lesions=2).best_f1() == (None, 0.0)
