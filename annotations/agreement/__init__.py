"""The statistics of agreement. Pure: numpy and scipy, no input or output, no global state."""

from annotations.agreement.estimate import Estimate
from annotations.agreement.kappa import (
    PairEstimate,
    cohen_kappa,
    kappa_matrix,
    kappa_of_counts,
    percent_agreement,
)
from annotations.agreement.tables import cluster_confusion, confusion, disagreement_weights

__all__ = [
    "Estimate",
    "PairEstimate",
    "cluster_confusion",
    "cohen_kappa",
    "confusion",
    "disagreement_weights",
    "kappa_matrix",
    "kappa_of_counts",
    "percent_agreement",
]
