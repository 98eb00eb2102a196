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
from annotations.agreement.estimate import (
    Estimate,
    disagreement_bound,
    from_influence,
    not_estimable,
)
from annotations.agreement.icc import icc
from annotations.agreement.kappa import cohen_kappa, kappa_of_counts
from annotations.agreement.krippendorff import krippendorff_alpha
from annotations.agreement.light import between_kappa, light_kappa, mean_pair_kappa, within_kappa
from annotations.agreement.live import LivePairCounts
from annotations.agreement.margins import bhapkar, stuart_maxwell
from annotations.agreement.measurement_error import (
    LimitsOfAgreement,
    MeasurementError,
    bland_altman,
    measurement_error,
)
from annotations.agreement.multirater import (
    brennan_prediger,
    conger_kappa,
    fleiss_category_kappas,
    fleiss_kappa,
    gwet_ac,
    observed_agreement,
)
from annotations.agreement.null_tests import fleiss_null_test, kappa_null_test
from annotations.agreement.ordinal import (
    mean_absolute_difference,
    mean_difference,
    within_agreement,
)
from annotations.agreement.pair_bootstrap import PairBootstrap, bootstrap_pairs
from annotations.agreement.pair_tables import all_pairs_confusion, pair_kappas
from annotations.agreement.pairs import PairEstimate, kappa_matrix
from annotations.agreement.paradox import (
    bias_index,
    kappa_max,
    negative_agreement,
    pabak,
    positive_agreement,
    prevalence_index,
    specific_agreement,
)
from annotations.agreement.percent import percent_agreement
from annotations.agreement.resampling import (
    bootstrap_estimate,
    draw_patients,
    on_same_patients,
    resample,
    with_bootstrap_interval,
)
from annotations.agreement.significance import SignificanceTest
from annotations.agreement.strata import by_stratum
from annotations.agreement.sums import PatientSums, estimate_of_sums, sum_by_cluster
from annotations.agreement.tables import cluster_confusion, confusion, pair_sums
from annotations.agreement.weights import disagreement_weights

__all__ = [
    "Estimate",
    "LimitsOfAgreement",
    "LivePairCounts",
    "MeasurementError",
    "PairBootstrap",
    "PairEstimate",
    "PatientSums",
    "RatingsError",
    "SignificanceTest",
    "all_pairs_confusion",
    "between_kappa",
    "bhapkar",
    "bias_index",
    "bland_altman",
    "bootstrap_estimate",
    "bootstrap_pairs",
    "brennan_prediger",
    "by_stratum",
    "cluster_confusion",
    "cohen_kappa",
    "confusion",
    "conger_kappa",
    "contrast",
    "covariance",
    "difference",
    "disagreement_bound",
    "disagreement_weights",
    "draw_patients",
    "estimate_of_sums",
    "fleiss_category_kappas",
    "fleiss_kappa",
    "fleiss_null_test",
    "from_influence",
    "gwet_ac",
    "hotelling",
    "icc",
    "kappa_matrix",
    "kappa_max",
    "kappa_null_test",
    "kappa_of_counts",
    "krippendorff_alpha",
    "light_kappa",
    "mean_absolute_difference",
    "mean_difference",
    "mean_of",
    "mean_pair_kappa",
    "measurement_error",
    "negative_agreement",
    "not_estimable",
    "observed_agreement",
    "on_same_patients",
    "p_value",
    "pabak",
    "pair_kappas",
    "pair_sums",
    "percent_agreement",
    "positive_agreement",
    "prevalence_index",
    "resample",
    "specific_agreement",
    "stuart_maxwell",
    "sum_by_cluster",
    "wald_interval",
    "with_bootstrap_interval",
    "within_agreement",
    "within_kappa",
]
