"""The statistics of agreement. Pure: numpy and scipy, no input or output, no global state."""

from annotations.agreement.combine import (
    contrast,
    covariance,
    difference,
    hotelling,
    mean_of,
    p_value,
    wald_interval,
)
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, from_influence, not_estimable
from annotations.agreement.kappa import cohen_kappa, kappa_of_counts
from annotations.agreement.pairs import PairEstimate, kappa_matrix
from annotations.agreement.percent import percent_agreement
from annotations.agreement.significance import SignificanceTest
from annotations.agreement.sums import PatientSums, estimate_of_sums, sum_by_cluster
from annotations.agreement.tables import cluster_confusion, confusion
from annotations.agreement.weights import disagreement_weights

__all__ = [
    "Estimate",
    "PairEstimate",
    "PatientSums",
    "RatingsError",
    "SignificanceTest",
    "cluster_confusion",
    "cohen_kappa",
    "confusion",
    "contrast",
    "covariance",
    "difference",
    "disagreement_weights",
    "estimate_of_sums",
    "from_influence",
    "hotelling",
    "kappa_matrix",
    "kappa_of_counts",
    "mean_of",
    "not_estimable",
    "p_value",
    "percent_agreement",
    "sum_by_cluster",
    "wald_interval",
]
