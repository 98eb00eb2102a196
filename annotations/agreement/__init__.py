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
from annotations.agreement.estimate import Estimate, from_influence, not_estimable
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
    mean_difference,
    reliance,
    switches,
    time_ratio,
)
from annotations.agreement.kappa import cohen_kappa, kappa_of_counts
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
from annotations.agreement.mrmc import obuchowski_rockette
from annotations.agreement.mrmc_model import MrmcComponents
from annotations.agreement.mrmc_result import MrmcResult
from annotations.agreement.multiclass import MulticlassTable, multiclass_table, one_vs_rest_auc
from annotations.agreement.multiplicity import adjust_p
from annotations.agreement.pairs import PairEstimate, kappa_matrix
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
from annotations.agreement.roc_points import RocCurve, roc_curve
from annotations.agreement.sequential import SequentialBounds, sequential_bounds, spent_alpha
from annotations.agreement.significance import SignificanceTest
from annotations.agreement.sums import PatientSums, estimate_of_sums, sum_by_cluster
from annotations.agreement.tables import cluster_confusion, confusion
from annotations.agreement.weights import disagreement_weights

__all__ = [
    "Calibration",
    "Estimate",
    "ExpertModelAgreement",
    "FeatureRow",
    "FoldSummary",
    "FrocCurve",
    "FrocRead",
    "MaskMeasure",
    "Matches",
    "MrmcComponents",
    "MrmcPower",
    "MrmcResult",
    "MulticlassTable",
    "OrdinalConformal",
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
    "adjust_p",
    "afroc",
    "assd_mm",
    "auc",
    "box_iou",
    "brier_score",
    "calibration",
    "clopper_pearson_interval",
    "cluster_confusion",
    "clustered_auc",
    "cohen_kappa",
    "confusion",
    "contrast",
    "covariance",
    "delong",
    "design_effect",
    "dice",
    "difference",
    "disagreement_weights",
    "estimate_of_sums",
    "expert_model_agreement",
    "f1_at_threshold",
    "feature_table",
    "froc_curve",
    "froc_figures",
    "from_influence",
    "hanley_mcneil_se",
    "hausdorff_mm",
    "hd95_mm",
    "hotelling",
    "iou",
    "kappa_matrix",
    "kappa_of_counts",
    "lesion_sensitivity",
    "majority_vote",
    "match_marks",
    "mcnemar_clustered",
    "mcnemar_exact",
    "mcnemar_of_counts",
    "mean_difference",
    "mean_measure",
    "mean_of",
    "mean_value",
    "mrmc_power",
    "mrmc_sample_size",
    "multiclass_brier",
    "multiclass_table",
    "n_for_kappa_interval",
    "n_for_kappa_test",
    "n_for_two_readers",
    "not_estimable",
    "obuchowski_rockette",
    "one_vs_rest_auc",
    "order_effect",
    "ordinal_conformal",
    "p_value",
    "percent_agreement",
    "precision_recall",
    "recalibration",
    "reliance",
    "roc_curve",
    "sequential_bounds",
    "set_quality",
    "share",
    "simulate_power",
    "spent_alpha",
    "staple",
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
]
