"""Dependent statistics of patients with several levels: examples P7 and P14 of the gold tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annotations.agreement import (
    Estimate,
    cohen_kappa,
    conger_kappa,
    covariance,
    difference,
    fleiss_kappa,
    gwet_ac,
    hotelling,
    krippendorff_alpha,
    light_kappa,
    observed_agreement,
    p_value,
)

pytestmark = pytest.mark.filterwarnings("error")
Codes = NDArray[np.int64]
Columns = dict[str, Codes]


@pytest.mark.parametrize(
    ("weights", "t2", "p"),
    [
        ("unweighted", 3.79257499279, 0.215256530019),
        ("linear", 3.4189767675, 0.246367594858),
        ("quadratic", 3.0687502653, 0.280393219263),
    ],
)
def test_three_dependent_kappas_by_hotelling(
    fees: Codes, weights: str, t2: float, p: float
) -> None:
    rows = fees[(fees[:, 2:] >= 0).all(axis=1)]
    kappas = [
        cohen_kappa(
            rows[:, place],
            rows[:, place + 1],
            n_categories=3,
            weights=weights,
            cluster=rows[:, 0],
        )
        for place in (2, 4, 6)
    ]
    test = hotelling(kappas)
    assert (test.df, test.df2) == (2, 12)
    assert test.statistic is not None
    assert test.statistic * 2 * 13 / 12 == pytest.approx(t2, rel=1e-9)
    assert test.p == pytest.approx(p, rel=1e-9)


def test_the_covariance_of_dependent_kappas(fees: Codes) -> None:
    rows = fees[(fees[:, 2:] >= 0).all(axis=1)]
    kappas = [
        cohen_kappa(
            rows[:, place], rows[:, place + 1], n_categories=3, weights="linear", cluster=rows[:, 0]
        )
        for place in (2, 4, 6)
    ]
    spread = covariance(kappas)
    errors = np.sqrt(np.diag(spread))
    assert errors == pytest.approx([0.1183571436861, 0.0611458473808, 0.1112228790672], rel=1e-9)
    correlation = spread / np.outer(errors, errors)
    assert correlation[np.triu_indices(3, 1)] == pytest.approx(
        [0.313272713373, 0.428738416815, 0.442695402858], rel=1e-9
    )


@pytest.mark.parametrize(
    ("arm", "reader", "value", "se"),
    [
        ("U", 1, 0.8301245753114, 0.0471292515969),
        ("U", 2, 0.8783382789318, 0.0335333063793),
        ("U", 3, 0.652738565782, 0.076803726481),
        ("U", 4, 0.846671652954, 0.055194464083),
        ("U", 5, 0.7713147410359, 0.0499309548583),
        ("A", 1, 3256 / 3789, None),  # exact; the gold table prints one digit else, .859359638427
        ("A", 2, 0.8747651847214, None),
        ("A", 3, 0.8422610239716, None),
        ("A", 4, 0.765625, None),
        ("A", 5, 0.8309178743961, None),
    ],
)
def test_each_reader_against_the_reference(
    mini_example: Columns, arm: str, reader: int, value: float, se: float | None
) -> None:
    data = mini_example
    found = cohen_kappa(
        data[f"{arm}{reader}"],
        data["ref"],
        n_categories=4,
        weights="quadratic",
        cluster=data["patient"],
    )
    assert found.value == pytest.approx(value, rel=1e-11)
    if se is not None:
        assert found.se == pytest.approx(se, rel=1e-9)


@pytest.mark.parametrize(
    ("reader", "gap", "se", "t2", "p"),
    [
        (1, 0.0388710578763, 0.0473825628723, 0.6730008692, 0.4267942269),
        (2, -0.0135653568755, 0.0392015521307, 0.1197445957, 0.7348478024),
        (3, 0.18952245819, 0.0664364537453, 8.137827437, 0.0135867735),
        (4, -0.0891467842324, 0.0676983249688, 1.734025647, 0.2106395432),
        (5, 0.0663438833647, 0.0529038203902, 1.572634168, 0.2319064866),
    ],
)
def test_aided_minus_unaided_of_one_reader(
    mini_example: Columns, reader: int, gap: float, se: float, t2: float, p: float
) -> None:
    """Rows that this reader graded in both arms."""
    data = mini_example
    both = (data[f"U{reader}"] >= 0) & (data[f"A{reader}"] >= 0)
    arms = [
        cohen_kappa(
            data[f"{arm}{reader}"][both],
            data["ref"][both],
            n_categories=4,
            weights="quadratic",
            cluster=data["patient"][both],
        )
        for arm in "AU"
    ]
    found = difference(*arms)
    assert found.value == pytest.approx(gap, rel=1e-8)
    assert found.se == pytest.approx(se, rel=1e-9)
    assert p_value(found) == pytest.approx(p, rel=1e-8)
    test = hotelling(arms)
    assert test.statistic == pytest.approx(t2, rel=1e-8)
    assert test.p == pytest.approx(p, rel=1e-8)


def arm_of(data: Columns, arm: str) -> Codes:
    return np.column_stack([data[f"{arm}{reader}"] for reader in range(1, 6)])


@pytest.mark.parametrize(
    ("arm", "estimator", "weights", "value"),
    [
        ("U", gwet_ac, "unweighted", 0.36376),
        ("U", fleiss_kappa, "unweighted", 0.34121),
        ("U", conger_kappa, "unweighted", 0.3421),
        ("U", gwet_ac, "quadratic", 0.73096),
        ("U", fleiss_kappa, "quadratic", 0.69434),
        ("U", conger_kappa, "quadratic", 0.69368),
        ("A", gwet_ac, "unweighted", 0.48985),
        ("A", fleiss_kappa, "unweighted", 0.45625),
        ("A", conger_kappa, "unweighted", 0.45834),
        ("A", gwet_ac, "quadratic", 0.81804),
        ("A", fleiss_kappa, "quadratic", 0.75977),
        ("A", conger_kappa, "quadratic", 0.76093),
    ],
)
def test_five_readers_with_missing_grades(
    mini_example: Columns, arm: str, estimator: Any, weights: str, value: float
) -> None:
    found: Estimate = estimator(
        arm_of(mini_example, arm),
        n_categories=4,
        weights=weights,
        cluster=mini_example["patient"],
    )
    assert found.value == pytest.approx(value, abs=5.1e-6)
    assert found.n_clusters == 14


@pytest.mark.parametrize(
    ("arm", "metric", "value"),
    [
        ("U", "nominal", 0.346188877184),
        ("U", "ordinal", 0.700883660924),
        ("U", "interval", 0.697346464232),
        ("A", "nominal", 0.460787671233),
        ("A", "ordinal", 0.7615424217),
        ("A", "interval", 0.761549412197),
    ],
)
def test_alpha_of_five_readers(mini_example: Columns, arm: str, metric: Any, value: float) -> None:
    found = krippendorff_alpha(arm_of(mini_example, arm), n_categories=4, metric=metric)
    assert found.value == pytest.approx(value, rel=1e-9)


def test_observed_agreement_of_five_readers(mini_example: Columns) -> None:
    found = observed_agreement(arm_of(mini_example, "U"), n_categories=4)
    assert found.value == pytest.approx(0.518699186992, rel=1e-11)


def test_mean_pairwise_kappa_aided_minus_unaided_with_readers_fixed(
    mini_example: Columns,
) -> None:
    """Of the 37 rows that all graded in both arms."""
    complete = (np.hstack([arm_of(mini_example, arm) for arm in "UA"]) >= 0).all(axis=1)
    assert complete.sum() == 37
    aided, unaided = (
        light_kappa(
            arm_of(mini_example, arm)[complete],
            n_categories=4,
            weights="quadratic",
            cluster=mini_example["patient"][complete],
        )
        for arm in "AU"
    )
    found = difference(aided, unaided)
    assert found.value == pytest.approx(0.08467976985, rel=1e-9)
    assert found.se == pytest.approx(0.03669803381, rel=1e-9)
