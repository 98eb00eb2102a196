"""Published and independently computed values, read from the gold tables."""

from __future__ import annotations

import re

import numpy as np
import pytest

from annotations.agreement import cohen_kappa, kappa_of_counts


@pytest.mark.parametrize(
    ("a", "b", "value", "se"),
    [
        ("U1", "U2", 0.8278644432491, 0.0301668675208),
        ("U1", "U3", 0.6369824163358, 0.0958505368479),
        ("U2", "U4", 0.824285714286, 0.036359948598),
        ("U3", "U5", 0.5479967733262, 0.0563552193922),
        ("U4", "U5", 0.66951161688, 0.0814097784674),
        ("A1", "A2", 0.8271889400922, 0.0541008492008),
        ("A3", "A4", 0.652173913043, 0.124588839541),
        ("A4", "A5", 0.725674091442, 0.0355459688358),
        ("U1", "ref", 0.8301245753114, 0.0471292515969),
        ("U3", "ref", 0.652738565782, 0.076803726481),
    ],
)
def test_quadratic_kappa_clustered_by_patient(
    mini_example: dict[str, np.ndarray], a: str, b: str, value: float, se: float
) -> None:
    data = mini_example
    found = cohen_kappa(
        data[a], data[b], cluster=data["patient"], n_categories=4, weights="quadratic"
    )
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.se == pytest.approx(se, rel=1e-9)


@pytest.mark.parametrize(
    ("weights", "column", "value", "se"),
    [
        ("linear", 2, 0.846153846154, 0.0713286888454),
        ("linear", 4, 0.943965517241, 0.0529147022302),
        ("linear", 6, 0.755555555556, 0.108375796258),
    ],
)
def test_dependent_kappas_on_multilevel_data(
    fees: np.ndarray, weights: str, column: int, value: float, se: float
) -> None:
    """Example P7, pairwise deletion (Vanbelle 2017)."""
    rows = fees
    found = cohen_kappa(
        rows[:, column], rows[:, column + 1], cluster=rows[:, 0], n_categories=3, weights=weights
    )
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.se == pytest.approx(se, rel=1e-9)


@pytest.mark.parametrize(
    ("weights", "values", "errors"),
    [
        (
            "nominal",
            [0.695817490494, 0.921568627451, 0.755102040816],
            [0.1337289094096, 0.0749509818462, 0.1318990938762],
        ),
        (
            "linear",
            [0.75, 0.935483870968, 0.793103448276],
            [0.1183571436861, 0.0611458473808, 0.1112228790672],
        ),
        (
            "quadratic",
            [0.815668202765, 0.952380952381, 0.842105263158],
            [0.0961372556248, 0.0448537135285, 0.0851750919749],
        ),
    ],
)
def test_dependent_kappas_of_the_rows_that_all_rated(
    fees: np.ndarray, weights: str, values: list[float], errors: list[float]
) -> None:
    """Example P7, complete rows; the influences give the correlation of the kappas too."""
    rows = fees
    rows = rows[(rows[:, 2:] >= 0).all(axis=1)]
    found = [
        cohen_kappa(
            rows[:, column],
            rows[:, column + 1],
            cluster=rows[:, 0],
            n_categories=3,
            weights=weights,
        )
        for column in (2, 4, 6)
    ]
    assert [one.value for one in found] == pytest.approx(values, rel=1e-9)
    assert [one.se for one in found] == pytest.approx(errors, rel=1e-9)
    assert found[0].n_clusters == 14
    if weights == "linear":
        influences = [one.influence for one in found if one.influence is not None]
        joint = np.atleast_2d(np.corrcoef(np.stack(influences)))
        assert joint[np.triu_indices(3, 1)] == pytest.approx(
            [0.313272713373, 0.428738416815, 0.442695402858], rel=1e-9
        )


def test_clustered_kappa_of_a_binary_table(gold: str) -> None:
    """Example P8: 29 clusters."""
    block = gold[gold.index("## P8") : gold.index("## P9")]
    cells = re.findall(r"\b(\d+)-(\d+)-(\d+)-(\d+)\b", block)[:29]
    counts = np.array([[[int(d), int(c)], [int(b), int(a)]] for a, b, c, d in cells])
    found = kappa_of_counts(counts, weights="nominal")
    assert found.value == pytest.approx(-0.01589825119, abs=1e-11)
    assert found.se == pytest.approx(0.09277421898, rel=1e-9)


COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
FLEISS = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
LANDIS_KOCH = [[38, 5, 0, 1], [33, 11, 3, 0], [10, 14, 5, 6], [3, 7, 3, 10]]


@pytest.mark.parametrize(
    ("table", "weights", "value", "se"),
    [
        (COHEN, "nominal", 0.491525423729, 0.0510018156),
        (FLEISS, "nominal", 0.428571428571, 0.0537110049),
        (LANDIS_KOCH, "nominal", 0.207942464042, 0.0504553652409),
        (LANDIS_KOCH, "linear", 0.379730547987, 0.0516668262183),
        (LANDIS_KOCH, "quadratic", 0.524576464332, 0.0600550988318),
    ],
)
def test_published_tables_with_one_item_a_patient(
    table: list[list[int]], weights: str, value: float, se: float
) -> None:
    """Cohen 1968; Fleiss, Cohen, Everitt 1969; Landis, Koch 1977: the simple SE, but P / (P-1)."""
    counts = np.array(table)
    n, k = counts.sum(), len(counts)
    a, b = np.repeat(np.indices((k, k)).reshape(2, -1), counts.ravel(), axis=1)
    found = cohen_kappa(a, b, cluster=np.arange(n), n_categories=k, weights=weights)
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.se == pytest.approx(se * np.sqrt(n / (n - 1)), rel=1e-8)


def test_categories_that_nobody_used_still_count() -> None:
    """Example P19: linear kappa on a 0..3 scale where nobody said 2."""
    a, b = [0, 1, 3, 3, 0, 1], [0, 3, 3, 1, 0, 1]
    found = cohen_kappa(a, b, cluster=range(6), n_categories=4, weights="linear")
    assert found.value == pytest.approx(0.5, rel=1e-12)
