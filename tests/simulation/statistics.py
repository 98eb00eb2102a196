"""The intervals whose coverage is simulated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from annotations.agreement import (
    Estimate,
    bootstrap_estimate,
    cohen_kappa,
    conger_kappa,
    difference,
    draw_patients,
    fleiss_kappa,
    gwet_ac,
    icc,
    krippendorff_alpha,
    light_kappa,
    observed_agreement,
    pair_sums,
    percent_agreement,
)
from annotations.agreement.kappa import kappa_statistic
from annotations.agreement.weights import disagreement_weights
from tests.simulation.readers import Readings

K: Final = 4
Interval = Callable[[Readings], Estimate]


def kappa(data: Readings, a: int = 0, b: int = 1, **options: Any) -> Estimate:
    """Quadratic kappa of two readers."""
    chosen: dict[str, Any] = {"weights": "quadratic", "cluster": data.cluster, **options}
    return cohen_kappa(data.codes[:, a], data.codes[:, b], n_categories=K, **chosen)


def bootstrap(data: Readings, kind: Any) -> Estimate:
    """Quadratic kappa of two readers with an interval of 1,000 resamples."""
    sums = pair_sums(data.codes[:, 0], data.codes[:, 1], data.cluster, K)
    draws = draw_patients(len(sums.sums), 1000, seed=int(data.codes.sum()))
    statistic = kappa_statistic(disagreement_weights(K, "quadratic"))
    return bootstrap_estimate(kappa(data), statistic, sums, draws, kind=kind)


def several(function: Callable[..., Estimate], **options: Any) -> Interval:
    """A coefficient of all readers."""
    return lambda data: function(data.codes, n_categories=K, cluster=data.cluster, **options)


CLUSTERED: Final[dict[str, Interval]] = {
    "quadratic kappa, delta": kappa,
    "quadratic kappa, jackknife": lambda data: kappa(data, uncertainty="jackknife"),
    "unweighted kappa, delta": lambda data: kappa(data, weights="unweighted"),
    "unweighted kappa, jackknife": lambda data: kappa(
        data, weights="unweighted", uncertainty="jackknife"
    ),
    "difference of two quadratic kappas": lambda data: difference(
        kappa(data, 0, 1), kappa(data, 0, 3)
    ),
    "percent agreement": lambda data: percent_agreement(
        data.codes[:, 0], data.codes[:, 1], n_categories=K, cluster=data.cluster
    ),
    "observed agreement of 4 readers": several(observed_agreement),
    "Fleiss kappa, quadratic": several(fleiss_kappa, weights="quadratic"),
    "Conger kappa, quadratic": several(conger_kappa, weights="quadratic"),
    "Gwet AC2, quadratic": several(gwet_ac, weights="quadratic"),
    "Krippendorff alpha, ordinal": several(krippendorff_alpha, metric="ordinal"),
    "Light kappa, quadratic": several(light_kappa, weights="quadratic"),
    "ICC(A,1) of 2 readers": lambda data: icc(
        data.severities[:, :2], form="A,1", cluster=data.cluster
    ),
    "ICC(C,1) of 4 readers": lambda data: icc(data.severities, form="C,1", cluster=data.cluster),
}
BOOTSTRAPPED: Final[dict[str, Interval]] = {
    "quadratic kappa, percentile bootstrap": lambda data: bootstrap(data, "percentile"),
    "quadratic kappa, BCa bootstrap": lambda data: bootstrap(data, "bca"),
}
NAIVE: Final[dict[str, Interval]] = {
    "quadratic kappa, patients ignored": lambda data: kappa(
        data, cluster=np.arange(len(data.cluster))
    )
}
