"""Marks and lesions: wAFROC, AFROC, FROC."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.agreement import (
    FrocRead,
    RatingsError,
    afroc,
    auc,
    froc_curve,
    froc_figures,
    lesion_sensitivity,
    obuchowski_rockette,
    wafroc,
)
from tests.agreement.accuracy.conftest import FrocExample

pytestmark = pytest.mark.filterwarnings("error")
WEIGHTED = [[0.8666666667, 0.68, 0.5466666667], [0.5466666667, 0.5466666667, 0.63]]
EQUAL = [[7 / 9, 7 / 9, 5 / 9], [5 / 9, 5 / 9, 0.6111111111]]


def test_six_reads_of_eight_cases(froc_example: FrocExample) -> None:
    for arm, reader in np.ndindex(2, 3):
        arguments = froc_example.arguments(arm, reader)
        weighted = wafroc(**arguments, lesion_weight=froc_example.lesion_weight)
        assert weighted.value == pytest.approx(WEIGHTED[arm][reader], rel=1e-9)
        assert afroc(**arguments).value == pytest.approx(EQUAL[arm][reader], rel=1e-9)


def test_the_readers_together(froc_example: FrocExample) -> None:
    """Theta and values without a case are those of wafroc, one read at a time."""
    figures = froc_figures(
        froc_example.reads,
        lesion_case=froc_example.lesion_case,
        normal_cases=froc_example.normal_cases,
        lesion_weight=froc_example.lesion_weight,
    )
    assert figures.theta == pytest.approx(np.array(WEIGHTED), rel=1e-9)
    cases = [1, 2, 3, 70, 71, 72, 73, 74]
    for arm, reader in np.ndindex(2, 3):
        read = froc_example.reads[arm][reader]
        for place, gone in enumerate(cases):
            keep = np.array(froc_example.lesion_case) != gone
            held = np.array(read.false_case) != gone
            left = wafroc(
                lesion_rating=np.array(read.lesion_rating)[keep],
                lesion_case=np.array(froc_example.lesion_case)[keep],
                lesion_weight=np.array(froc_example.lesion_weight)[keep],
                false_rating=np.array(read.false_rating)[held],
                false_case=np.array(read.false_case)[held],
                normal_cases=[one for one in froc_example.normal_cases if one != gone],
            )
            assert figures.without[arm, reader, place] == pytest.approx(left.value, abs=1e-12)
    result = obuchowski_rockette(theta=figures.theta, jackknife=figures.without)
    assert result.test.p is not None
    assert result.n_cases == 8


def brute(
    lesions: list[tuple[int, float, float]], alarms: list[tuple[int, float]], normals: list[int]
) -> float:
    """Double loop over normal cases and lesions."""
    cases = sorted({case for case, _, _ in lesions})
    total = 0.0
    for normal in normals:
        top = max([rating for case, rating in alarms if case == normal], default=-np.inf)
        for _, rating, weight in lesions:
            total += weight * (1.0 if rating > top else 0.5 if rating == top else 0.0)
    return total / (len(cases) * len(normals))


@given(st.data())
@settings(max_examples=100, deadline=None, print_blob=True)
def test_wafroc_is_that_of_the_double_loop(data: Any) -> None:
    rating = st.sampled_from([-np.inf, 1.0, 2.0, 3.0])
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    lesions = [
        (10 + case, data.draw(rating), 1 / size)
        for case, size in enumerate(sizes)
        for _ in range(size)
    ]
    normals = list(range(data.draw(st.integers(1, 4))))
    known = st.sampled_from(normals + [10 + case for case in range(len(sizes))])
    alarms = data.draw(st.lists(st.tuples(known, st.sampled_from([1.0, 2.0, 3.0])), max_size=6))
    found = wafroc(
        lesion_rating=[one for _, one, _ in lesions],
        lesion_case=[case for case, _, _ in lesions],
        false_rating=[one for _, one in alarms],
        false_case=[case for case, _ in alarms],
        normal_cases=normals,
    )
    assert found.value == pytest.approx(brute(lesions, alarms, normals), abs=1e-12)
    assert found.undefined is not None or found.se is not None


def test_with_one_lesion_a_case_it_is_the_area_of_the_highest_ratings() -> None:
    rng = np.random.default_rng(4)
    lesion, alarm = rng.normal(1, 1, 12), rng.normal(0, 1, 15)
    found = wafroc(
        lesion_rating=lesion,
        lesion_case=np.arange(100, 112),
        false_rating=np.concatenate([alarm, alarm - 1]),
        false_case=np.tile(np.arange(15), 2),
        normal_cases=np.arange(15),
    )
    plain = auc(np.concatenate([lesion, alarm]), np.repeat([1, 0], [12, 15]))
    assert (found.value, found.se) == pytest.approx((plain.value, plain.se), rel=1e-12)


def test_marks_on_cases_with_lesions_do_not_count() -> None:
    base: dict[str, Any] = {
        "lesion_rating": [2.0, 1.0],
        "lesion_case": ["c", "d"],
        "normal_cases": ["a", "b"],
    }
    plain = wafroc(**base, false_rating=[1.5], false_case=["a"])
    more = wafroc(**base, false_rating=[1.5, 9.0], false_case=["a", "c"])
    assert plain.value == more.value == 0.75


def test_nan_and_minus_infinity_both_mean_unmarked() -> None:
    base: dict[str, Any] = {
        "lesion_case": [5, 6],
        "normal_cases": [1, 2],
        "false_rating": [1.0],
        "false_case": [1],
    }
    unmarked = wafroc(**base, lesion_rating=[-np.inf, 2.0])
    assert unmarked == wafroc(**base, lesion_rating=[np.nan, 2.0])
    assert unmarked.value == pytest.approx((0 + 0.5 + 1 + 1) / 4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"normal_cases": [1, 5]}, "normal and has a lesion"),
        ({"normal_cases": [1, 1]}, "listed twice"),
        ({"false_case": [99]}, "isn't listed"),
        ({"lesion_weight": [0.5, 1.0]}, "sum to 1"),
        ({"lesion_weight": [-1.0, 1.0]}, "none below 0"),
        ({"lesion_rating": [np.inf, 1.0]}, "-inf"),
        ({"lesion_rating": [1.0]}, "each lesion needs a rating"),
        ({"false_rating": [np.nan]}, "finite rating"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], words: str) -> None:
    base: dict[str, Any] = {
        "lesion_rating": [1.0, 2.0],
        "lesion_case": [5, 6],
        "normal_cases": [1, 2],
        "false_rating": [1.0],
        "false_case": [1],
    }
    with pytest.raises(RatingsError, match=words):
        wafroc(**{**base, **change})


def test_without_normals_or_lesions_there_is_a_reason() -> None:
    nothing: dict[str, Any] = {"false_rating": [], "false_case": []}
    no_normal = wafroc(lesion_rating=[1.0], lesion_case=[5], normal_cases=[], **nothing)
    no_lesion = wafroc(lesion_rating=[], lesion_case=[], normal_cases=[1], **nothing)
    assert (no_normal.value, no_normal.undefined) == (None, "no normal case")
    assert (no_lesion.value, no_lesion.undefined) == (None, "no case with a lesion")


def test_froc_points_count_false_marks_of_all_cases() -> None:
    read = FrocRead([3.0, 1.0, -np.inf], [1, 5, 5], [2.0, 1.0, 3.0])
    curve = froc_curve(read, n_cases=4)
    assert curve.thresholds.tolist() == [3, 2, 1]
    assert curve.false_marks_per_case.tolist() == [0.25, 0.5, 0.75]
    assert curve.lesion_fraction == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert curve.sensitivity_at(0.6) == pytest.approx(1 / 3)
    assert curve.sensitivity_at(0.1) == 0.0
    at_two = lesion_sensitivity(read, [5, 5, 6], threshold=2.0)
    assert at_two.value == pytest.approx(1 / 3)
    assert at_two.n_clusters == 2
