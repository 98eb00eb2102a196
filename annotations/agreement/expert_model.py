"""Models trained on one expert each, and whom they agree with."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from annotations.agreement.combine import contrast, covariance, hotelling
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.kappa import cohen_kappa
from annotations.agreement.significance import SignificanceTest
from annotations.agreement.tables import MISSING, codes_of
from annotations.agreement.weights import Weights


@dataclass(frozen=True)
class ExpertModelAgreement:
    """kappas[e][m]: expert e with model m, on the items that all have.

    own_minus_cross: mean agreement of models with their own expert minus that with the others.
    equality: Hotelling's test that all agreements are equal. covariance: (E M, E M), experts
    slowest; None where a kappa has no influence.
    """

    kappas: tuple[tuple[Estimate, ...], ...]
    own_minus_cross: Estimate
    equality: SignificanceTest
    covariance: FloatArray | None = field(repr=False, compare=False)


def expert_model_agreement(
    experts: ArrayLike,
    models: ArrayLike,
    *,
    n_categories: int,
    cluster: ArrayLike,
    weights: Weights = "quadratic",
) -> ExpertModelAgreement:
    """Kappa of every expert with every model, jointly, model m being trained on expert m.

    Parameters
    ----------
    experts, models
        (E, items) and (E, items) codes 0..n_categories-1, -1 missing; items that one lacks are
        left out of all, so that all kappas rest on the same patients.
    n_categories, weights, cluster
        As in `cohen_kappa`.

    Notes
    -----
    The question is that of Won D et al. 2020, Spine 45:804, on models of two readers of lumbar
    stenosis; the joint covariance is the delta method of Vanbelle S 2017, Biom J 59:1016.
    """
    people, machines = codes_of(experts, n_categories), codes_of(models, n_categories)
    if people.ndim != 2 or people.shape != machines.shape or len(people) < 2:
        raise RatingsError("experts and models have the shape (2 or more, items), alike")
    both = np.concatenate([people, machines])
    both = np.where(np.any(both == MISSING, axis=0), MISSING, both)
    size = len(people)
    kappas = tuple(
        tuple(
            cohen_kappa(
                both[e],
                both[size + m],
                n_categories=n_categories,
                weights=weights,
                cluster=cluster,
            )
            for m in range(size)
        )
        for e in range(size)
    )
    flat = [one for row in kappas for one in row]
    sign = np.where(np.eye(size, dtype=bool), 1 / size, -1 / (size * (size - 1)))
    is_usable = all(one.influence is not None for one in flat) and flat[0].n_clusters > 1
    return ExpertModelAgreement(
        kappas,
        contrast(sign.ravel(), flat, method="kappa with own expert minus with others"),
        hotelling(flat),
        covariance(flat) if is_usable else None,
    )
