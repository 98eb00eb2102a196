"""How often the intervals hold the truth."""

from __future__ import annotations

import numpy as np

from annotations.agreement import cohen_kappa


def test_intervals_cover_the_truth_when_levels_of_a_patient_resemble_each_other() -> None:
    """95 % intervals over 400 simulated reader studies; seed 11. Ignoring patients covers less."""
    rng = np.random.default_rng(11)
    cuts = np.array([0.4, 0.9, 1.5])

    def simulate(n_patients: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        cluster = np.repeat(np.arange(n_patients), 5)
        shared = rng.normal(0, 1, n_patients)[cluster]
        truth = shared + rng.normal(0, 0.6, len(cluster))
        drift = rng.normal(0, 0.5, (2, n_patients))[:, cluster]
        reads = truth + drift + rng.normal(0, 0.4, (2, len(cluster)))
        a, b = np.searchsorted(cuts, reads)
        return a, b, cluster

    a, b, cluster = simulate(60_000)
    truth = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic").value
    assert truth is not None
    covered, naive = 0, 0
    for _ in range(400):
        a, b, cluster = simulate(60)
        ci = cohen_kappa(a, b, cluster=cluster, n_categories=4, weights="quadratic").ci
        plain = cohen_kappa(a, b, cluster=np.arange(len(a)), n_categories=4, weights="quadratic").ci
        assert ci is not None
        assert plain is not None
        covered += ci[0] <= truth <= ci[1]
        naive += plain[0] <= truth <= plain[1]
    assert 0.92 <= covered / 400 <= 0.98
    assert naive < covered
