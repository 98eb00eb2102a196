"""Published and independently computed values, read from the gold tables."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from annotations.agreement import cohen_kappa, kappa_of_counts


@pytest.fixture(scope="module")
def gold(shared_data: Path) -> str:
    return (shared_data.parent / "gold" / "gold.md").read_text()


@pytest.fixture(scope="module")
def mini_study_a(gold: str) -> dict[str, np.ndarray]:
    """Example P14: 14 patients, 41 levels, grades 0-3, five readers, two arms."""
    block = gold[gold.index("patient,level,ref,U1") :]
    lines = block[: block.index("```")].strip().splitlines()
    table = np.array([[int(x) for x in line.split(",")] for line in lines[1:]])
    return dict(zip(lines[0].split(","), table.T, strict=True))


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
    mini_study_a: dict[str, np.ndarray], a: str, b: str, value: float, se: float
) -> None:
    data = mini_study_a
    found = cohen_kappa(data[a], data[b], cluster=data["patient"], n_categories=4)
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
    gold: str, weights: str, column: int, value: float, se: float
) -> None:
    """Example P7, pairwise deletion (Vanbelle 2017)."""
    block = gold[gold.index("## P7") : gold.index("## P8")]
    rows = np.array(
        [[int(x) for x in row.split("/")] for row in re.findall(r"\d+(?:/-?\d+){7}", block)]
    )
    found = cohen_kappa(
        rows[:, column], rows[:, column + 1], cluster=rows[:, 0], n_categories=3, weights=weights
    )
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.se == pytest.approx(se, rel=1e-9)


def test_clustered_kappa_of_a_binary_table(gold: str) -> None:
    """Example P8: 29 clusters."""
    block = gold[gold.index("## P8") : gold.index("## P9")]
    cells = re.findall(r"\b(\d+)-(\d+)-(\d+)-(\d+)\b", block)[:29]
    counts = np.array([[[int(d), int(c)], [int(b), int(a)]] for a, b, c, d in cells])
    found = kappa_of_counts(counts, weights="nominal")
    assert found.value == pytest.approx(-0.01589825119, abs=1e-11)
    assert found.se == pytest.approx(0.09277421898, rel=1e-9)


def test_published_weighted_example_without_clusters() -> None:
    """Cohen 1968, table 1: kappa .492; one item a cluster makes the clustered SE the simple one."""
    counts = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    a, b = np.repeat(np.indices((3, 3)).reshape(2, -1), counts.ravel(), axis=1)
    found = cohen_kappa(a, b, cluster=np.arange(200), n_categories=3, weights="nominal")
    assert found.value == pytest.approx(0.491525423729, rel=1e-9)
    assert found.se == pytest.approx(0.0510018156 * np.sqrt(200 / 199), rel=1e-8)


def test_categories_that_nobody_used_still_count() -> None:
    """Example P19: linear kappa on a 0..3 scale where nobody said 2."""
    a, b = [0, 1, 3, 3, 0, 1], [0, 3, 3, 1, 0, 1]
    found = cohen_kappa(a, b, cluster=range(6), n_categories=4, weights="linear")
    assert found.value == pytest.approx(0.5, rel=1e-12)
