"""The statistics of agreement. Pure: numpy and scipy, no input or output, no global state."""

from annotations.agreement.accuracy import TwoByTwo, two_by_two
from annotations.agreement.areas import PairedAucs, auc, clustered_auc, delong, hanley_mcneil_se
from annotations.agreement.combine import (
    contrast,
    covariance,
    difference,
    hotelling,
    mean_of,
    p_value,
    wald_interval,
)
from annotations.agreement.conformal import OrdinalConformal, ordinal_conformal, set_quality
from annotations.agreement.detection import PrecisionRecall, f1_at_threshold, precision_recall
from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import (
    Estimate,
    disagreement_bound,
    from_influence,
    not_estimable,
)
from annotations.agreement.expert_model import ExpertModelAgreement, expert_model_agreement
from annotations.agreement.features import FeatureRow, feature_table, table_test
from annotations.agreement.folds import FoldSummary, summarise_folds
from annotations.agreement.froc import (
    FrocCurve,
    FrocRead,
    afroc,
    froc_curve,
    froc_figures,
    lesion_sensitivity,
    wafroc,
)
from annotations.agreement.fusion import Staple, majority_vote, staple
from annotations.agreement.human_factors import (
    Reliance,
    Switches,
    TimeRatio,
    mean_change,
    reliance,
    switches,
    time_ratio,
)
from annotations.agreement.icc import icc
from annotations.agreement.kappa import cohen_kappa, kappa_of_counts
from annotations.agreement.krippendorff import krippendorff_alpha
from annotations.agreement.light import between_kappa, light_kappa, mean_pair_kappa, within_kappa
from annotations.agreement.live import LivePairCounts
from annotations.agreement.live_kappas import LiveKappas
from annotations.agreement.margins import bhapkar, stuart_maxwell
from annotations.agreement.masks import (
    MaskMeasure,
    assd_mm,
    dice,
    hausdorff_mm,
    hd95_mm,
    iou,
    mean_measure,
    surface_dice,
)
from annotations.agreement.matching import Matches, box_iou, match_marks
from annotations.agreement.mcnemar import (
    PairedTable,
    mcnemar_clustered,
    mcnemar_exact,
    mcnemar_of_counts,
)
from annotations.agreement.means import mean_value
from annotations.agreement.measurement_error import (
    LimitsOfAgreement,
    MeasurementError,
    bland_altman,
    measurement_error,
)
from annotations.agreement.mrmc import obuchowski_rockette
from annotations.agreement.mrmc_model import MrmcComponents
from annotations.agreement.mrmc_result import MrmcResult
from annotations.agreement.multiclass import MulticlassTable, multiclass_table, one_vs_rest_auc
from annotations.agreement.multiplicity import adjust_p
from annotations.agreement.multirater import (
    brennan_prediger,
    conger_kappa,
    fleiss_category_kappas,
    fleiss_kappa,
    gwet_ac,
    observed_agreement,
)
from annotations.agreement.null_tests import fleiss_null_test, kappa_null_test
from annotations.agreement.of_tables import ac1_of_tables, pabak_of_tables, prevalence_of_tables
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
from annotations.agreement.plan_kappa import (
    design_effect,
    n_for_kappa_interval,
    n_for_kappa_test,
    n_for_two_readers,
)
from annotations.agreement.plan_mrmc import MrmcPower, PilotComponents, mrmc_power, mrmc_sample_size
from annotations.agreement.plan_power import SimulatedPower, simulate_power
from annotations.agreement.proportions import clopper_pearson_interval, share, wilson_interval
from annotations.agreement.reading_order import order_effect
from annotations.agreement.reliability import (
    Calibration,
    Recalibration,
    brier_score,
    calibration,
    multiclass_brier,
    recalibration,
)
from annotations.agreement.resampling import (
    bootstrap_estimate,
    draw_patients,
    on_same_patients,
    resample,
    with_bootstrap_interval,
)
from annotations.agreement.roc_points import RocCurve, roc_curve
from annotations.agreement.sequential import SequentialBounds, sequential_bounds, spent_alpha
from annotations.agreement.significance import SignificanceTest
from annotations.agreement.strata import by_stratum
from annotations.agreement.sums import PatientSums, estimate_of_sums, sum_by_cluster
from annotations.agreement.tables import cluster_confusion, confusion, pair_sums
from annotations.agreement.weights import disagreement_weights

__all__ = [
    "Calibration",
    "Estimate",
    "ExpertModelAgreement",
    "FeatureRow",
    "FoldSummary",
    "FrocCurve",
    "FrocRead",
    "LimitsOfAgreement",
    "LiveKappas",
    "LivePairCounts",
    "MaskMeasure",
    "Matches",
    "MeasurementError",
    "MrmcComponents",
    "MrmcPower",
    "MrmcResult",
    "MulticlassTable",
    "OrdinalConformal",
    "PairBootstrap",
    "PairEstimate",
    "PairedAucs",
    "PairedTable",
    "PatientSums",
    "PilotComponents",
    "PrecisionRecall",
    "RatingsError",
    "Recalibration",
    "Reliance",
    "RocCurve",
    "SequentialBounds",
    "SignificanceTest",
    "SimulatedPower",
    "Staple",
    "Switches",
    "TimeRatio",
    "TwoByTwo",
    "ac1_of_tables",
    "adjust_p",
    "afroc",
    "all_pairs_confusion",
    "assd_mm",
    "auc",
    "between_kappa",
    "bhapkar",
    "bias_index",
    "bland_altman",
    "bootstrap_estimate",
    "bootstrap_pairs",
    "box_iou",
    "brennan_prediger",
    "brier_score",
    "by_stratum",
    "calibration",
    "clopper_pearson_interval",
    "cluster_confusion",
    "clustered_auc",
    "cohen_kappa",
    "confusion",
    "conger_kappa",
    "contrast",
    "covariance",
    "delong",
    "design_effect",
    "dice",
    "difference",
    "disagreement_bound",
    "disagreement_weights",
    "draw_patients",
    "estimate_of_sums",
    "expert_model_agreement",
    "f1_at_threshold",
    "feature_table",
    "fleiss_category_kappas",
    "fleiss_kappa",
    "fleiss_null_test",
    "froc_curve",
    "froc_figures",
    "from_influence",
    "gwet_ac",
    "hanley_mcneil_se",
    "hausdorff_mm",
    "hd95_mm",
    "hotelling",
    "icc",
    "iou",
    "kappa_matrix",
    "kappa_max",
    "kappa_null_test",
    "kappa_of_counts",
    "krippendorff_alpha",
    "lesion_sensitivity",
    "light_kappa",
    "majority_vote",
    "match_marks",
    "mcnemar_clustered",
    "mcnemar_exact",
    "mcnemar_of_counts",
    "mean_absolute_difference",
    "mean_change",
    "mean_difference",
    "mean_measure",
    "mean_of",
    "mean_pair_kappa",
    "mean_value",
    "measurement_error",
    "mrmc_power",
    "mrmc_sample_size",
    "multiclass_brier",
    "multiclass_table",
    "n_for_kappa_interval",
    "n_for_kappa_test",
    "n_for_two_readers",
    "negative_agreement",
    "not_estimable",
    "observed_agreement",
    "obuchowski_rockette",
    "on_same_patients",
    "one_vs_rest_auc",
    "order_effect",
    "ordinal_conformal",
    "p_value",
    "pabak",
    "pabak_of_tables",
    "pair_kappas",
    "pair_sums",
    "percent_agreement",
    "positive_agreement",
    "precision_recall",
    "prevalence_index",
    "prevalence_of_tables",
    "recalibration",
    "reliance",
    "resample",
    "roc_curve",
    "sequential_bounds",
    "set_quality",
    "share",
    "simulate_power",
    "specific_agreement",
    "spent_alpha",
    "staple",
    "stuart_maxwell",
    "sum_by_cluster",
    "summarise_folds",
    "surface_dice",
    "switches",
    "table_test",
    "time_ratio",
    "two_by_two",
    "wafroc",
    "wald_interval",
    "wilson_interval",
    "with_bootstrap_interval",
    "within_agreement",
    "within_kappa",
]
