"""Whatever comes in: an estimate with a reason, or an error that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    Estimate,
    RatingsError,
    SignificanceTest,
    bhapkar,
    bias_index,
    bland_altman,
    bootstrap_pairs,
    brennan_prediger,
    by_stratum,
    cohen_kappa,
    conger_kappa,
    disagreement_weights,
    draw_patients,
    fleiss_kappa,
    fleiss_null_test,
    gwet_ac,
    icc,
    kappa_matrix,
    kappa_max,
    kappa_null_test,
    krippendorff_alpha,
    light_kappa,
    mean_absolute_difference,
    mean_difference,
    measurement_error,
    observed_agreement,
    pabak,
    percent_agreement,
    prevalence_index,
    specific_agreement,
    stuart_maxwell,
    within_agreement,
)

pytestmark = pytest.mark.filterwarnings("error")
TWO: dict[str, Callable[..., Any]] = {
    "cohen": cohen_kappa,
    "percent": percent_agreement,
    "pabak": pabak,
    "max": kappa_max,
    "specific": lambda a, b, **o: specific_agreement(a, b, category=0, **o),
    "within": within_agreement,
    "absolute": mean_absolute_difference,
    "shift": mean_difference,
    "stuart": stuart_maxwell,
    "bhapkar": bhapkar,
    "null": kappa_null_test,
    "prevalence": prevalence_index,
    "bias": bias_index,
}
MANY: dict[str, Callable[..., Any]] = {
    "fleiss": fleiss_kappa,
    "conger": conger_kappa,
    "gwet": gwet_ac,
    "brennan": brennan_prediger,
    "krippendorff": krippendorff_alpha,
    "light": light_kappa,
    "observed": observed_agreement,
    "null": fleiss_null_test,
}
two_readers = pytest.mark.parametrize("function", TWO.values(), ids=TWO.keys())
several_raters = pytest.mark.parametrize("function", MANY.values(), ids=MANY.keys())


def is_reasoned(found: Estimate | SignificanceTest) -> bool:
    """No number that isn't finite, and a reason wherever something is lacking."""
    if isinstance(found, SignificanceTest):
        numbers: list[float | None] = [found.statistic, found.p]
        lacks = found.p is None
    else:
        numbers = [found.value, found.se, found.low, found.high]
        lacks = found.value is None or found.low is None
    assert np.isfinite([one for one in numbers if one is not None]).all()
    return not lacks or bool(found.undefined)


SHAPES: list[list[list[int]]] = [
    [],
    [[0, 0]],
    [[0, 1]],
    [[-1, -1]],
    [[-1, 0], [1, -1]],
    [[0, 0], [0, 0], [0, 0]],
    [[0, 0], [0, 1], [0, 0]],
    [[0, 1], [0, 1]],
    [[0, 1], [1, 0]],
    [[0, 0], [1, 1]],
    [[0, -1], [-1, 1], [0, 0]],
]


@two_readers
@pytest.mark.parametrize("rows", SHAPES, ids=str)
def test_two_readers(function: Callable[..., Any], rows: list[list[int]]) -> None:
    a, b = np.array(rows, dtype=int).reshape(-1, 2).T
    assert is_reasoned(function(a, b, n_categories=2))


@several_raters
@pytest.mark.parametrize("rows", SHAPES, ids=str)
def test_several_raters(function: Callable[..., Any], rows: list[list[int]]) -> None:
    ratings = np.array(rows, dtype=int).reshape(-1, 2)
    assert is_reasoned(function(ratings, n_categories=2))
    assert is_reasoned(function(np.column_stack([ratings, ratings[:, :1]]), n_categories=2))
    assert is_reasoned(
        function(np.pad(ratings, ((0, 0), (0, 2)), constant_values=-1), n_categories=2)
    )


@two_readers
@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([0, 2], [0, 1], "codes must lie in"),
        ([0, -2], [0, 1], "codes must lie in"),
        ([0.0, 1.0], [0, 1], "whole numbers"),
        ([0.0, np.nan], [0, 1], "whole numbers"),
        (["0", "1"], [0, 1], "whole numbers"),
        ([None, 1], [0, 1], "whole numbers"),
        ([0, 1, 1], [0, 1], "same items"),
        ([[0, 1]], [[0, 1]], "same items"),
        (0, 1, "same items"),
    ],
)
def test_what_no_code_can_be_is_refused(
    function: Callable[..., Any], a: Any, b: Any, message: str
) -> None:
    with pytest.raises(RatingsError, match=message):
        function(a, b, n_categories=2)


@several_raters
@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ([[0, 2]], "codes must lie in"),
        ([[0.0, np.nan]], "whole numbers"),
        ([0, 1], "shape"),
        ([[0], [1]], "shape"),
        ([[[0, 1]]], "shape"),
    ],
)
def test_what_no_ratings_can_be_is_refused(
    function: Callable[..., Any], ratings: Any, message: str
) -> None:
    with pytest.raises(RatingsError, match=message):
        function(ratings, n_categories=2)


@pytest.mark.parametrize("n_categories", [1, 0, -3, 2.5, True])
def test_a_scale_has_two_categories_or_more(n_categories: Any) -> None:
    for two in (cohen_kappa, kappa_max, kappa_null_test):
        with pytest.raises(RatingsError, match="two categories"):
            two([0, 0], [0, 0], n_categories=n_categories)
    for many in (fleiss_kappa, conger_kappa, gwet_ac, krippendorff_alpha, brennan_prediger):
        with pytest.raises(RatingsError, match="two categories"):
            many([[0, 0]], n_categories=n_categories)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("square", "unknown weights"),
        ([[0, 1, 2], [1, 0, 1]], "3 x 3"),
        ([[0, 1], [1, 0]], "3 x 3"),
        (np.eye(3) * np.nan, "finite"),
        (np.zeros((3, 3)), "tell at least two"),
        (np.ones((3, 3)), "tell at least two"),
        ([[0, 1, 2], [1, 0, -1], [2, 1, 0]], "diagonal 0"),
        ([[0, 1, 2], [1, 0.5, 1], [2, 1, 0]], "diagonal 0"),
        ([[1, 2, 0], [2, 1, 0], [0, 0, 1]], "diagonal 0"),
        ([["a", "b", "c"]] * 3, "numbers"),
    ],
)
def test_own_weights_are_checked(weights: Any, message: str) -> None:
    with pytest.raises(RatingsError, match=message):
        disagreement_weights(3, weights)


def test_exchangeable_raters_need_symmetric_weights() -> None:
    lopsided = [[0, 1, 2], [1, 0, 1], [9, 1, 0]]
    assert cohen_kappa([0, 1, 2], [1, 1, 0], n_categories=3, weights=lopsided).value is not None
    for function in (fleiss_kappa, conger_kappa, gwet_ac, brennan_prediger):
        with pytest.raises(RatingsError, match="symmetric"):
            function([[0, 1], [2, 2]], n_categories=3, weights=lopsided)


@pytest.mark.parametrize(
    "cluster",
    [[0, 1], [[0, 1, 2]], [0.0, 1.0, np.nan], ["a", None, "b"], [0, "a", None]],
    ids=["too few", "two axes", "NaN", "None", "mixture"],
)
def test_patients_need_names(cluster: Any) -> None:
    for function in (cohen_kappa, percent_agreement):
        with pytest.raises(RatingsError, match="cluster"):
            function([0, 1, 1], [0, 1, 0], n_categories=2, cluster=cluster)
    with pytest.raises(RatingsError, match="cluster"):
        fleiss_kappa([[0, 1], [1, 1], [0, 0]], n_categories=2, cluster=cluster)
    with pytest.raises(RatingsError, match="cluster"):
        list(kappa_matrix([[0, 1, 1], [0, 1, 0]], n_categories=2, cluster=cluster))


def test_one_patient_has_values_without_intervals() -> None:
    ratings, patient = [[0, 0, 1], [1, 1, 1], [0, 1, 0]], ["p", "p", "p"]
    for function in (fleiss_kappa, conger_kappa, gwet_ac, krippendorff_alpha, light_kappa):
        found = function(ratings, n_categories=2, cluster=patient)
        assert found.value is not None
        assert (found.se, found.ci) == (None, None)
        assert "fewer than 2 patients" in str(found.undefined)


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ([["a", "b"]], "numbers"),
        ([[1.0, np.inf], [1.0, 2.0]], "finite"),
        ([1.0, 2.0], "shape"),
        ([[1.0], [2.0]], "shape"),
        ([[True, False]], "numbers"),
        ([[None, 1.0]], "numbers"),
    ],
)
def test_what_no_measurement_can_be_is_refused(ratings: Any, message: str) -> None:
    for function in (icc, measurement_error):
        with pytest.raises(RatingsError, match=message):
            function(ratings)
    if np.ndim(ratings) != 1:
        with pytest.raises(RatingsError):
            bland_altman(ratings, ratings)


@pytest.mark.parametrize("rows", [[], [[1.0, 2.0]], [[np.nan, 1.0], [1.0, np.nan]]], ids=str)
def test_too_few_measurements_say_so(rows: list[list[float]]) -> None:
    ratings = np.array(rows, dtype=float).reshape(-1, 2)
    assert is_reasoned(icc(ratings))
    assert icc(ratings).value is None
    assert is_reasoned(measurement_error(ratings).sem)
    limits = bland_altman(ratings[:, 0], ratings[:, 1])
    assert all(is_reasoned(one) for one in (limits.bias, limits.sd, limits.lower, limits.upper))


def test_unknown_options_are_refused() -> None:
    with pytest.raises(RatingsError, match="unknown form"):
        icc([[1.0, 2.0], [2.0, 3.0]], form="2,1")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="unknown kind"):
        measurement_error([[1.0, 2.0], [2.0, 3.0]], kind="B")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="unknown metric"):
        krippendorff_alpha([[0, 1]], n_categories=2, metric="cubic")  # type: ignore[arg-type]
    with pytest.raises(RatingsError, match="needs the scores"):
        krippendorff_alpha([[0, 1]], n_categories=2, metric="ratio")
    with pytest.raises(RatingsError, match="one finite number"):
        krippendorff_alpha([[0, 1]], n_categories=2, metric="interval", scores=[1])
    with pytest.raises(RatingsError, match="yes/no"):
        prevalence_index([0, 1], [0, 1], n_categories=3)
    with pytest.raises(RatingsError, match="within"):
        within_agreement([0, 1], [0, 1], n_categories=2, within=2)
    with pytest.raises(RatingsError, match="category"):
        specific_agreement([0, 1], [0, 1], n_categories=2, category=2)


def test_resampling_and_strata_need_something_to_work_on() -> None:
    for n_clusters, n_resamples in ((1, 100), (5, 0)):
        with pytest.raises(RatingsError, match="two patients"):
            draw_patients(n_clusters, n_resamples, seed=1)
    with pytest.raises(RatingsError, match="shape"):
        bootstrap_pairs([[0, 1, 1]], n_categories=2, seed=1)
    with pytest.raises(RatingsError, match="one stratum for each item"):
        by_stratum(cohen_kappa, [0, 1], [0, 1], strata=[1], n_categories=2)
    with pytest.raises(RatingsError, match="one stratum for each item"):
        by_stratum(cohen_kappa, [0, 1], [0, 1], strata=[1, 1], cluster=[1], n_categories=2)
    with pytest.raises(RatingsError, match="without a stratum"):
        by_stratum(cohen_kappa, [0, 1], [0, 1], strata=[1.0, np.nan], n_categories=2)
