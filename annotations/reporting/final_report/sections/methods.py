"""The statistical methods as paragraphs, and the works they rest on."""

from __future__ import annotations

from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.primary import Primary
from annotations.reporting.final_report.result import Section, Table, Text

COHEN = "Cohen J. Weighted kappa. Psychol Bull 1968;70:213-220."
VANBELLE = (
    "Vanbelle S. Comparing dependent kappa coefficients obtained on multilevel data. Biom J "
    "2017;59:1016-1034."
)
LIGHT = (
    "Light RJ. Measures of response agreement for qualitative data. Psychol Bull 1971;76:365-377."
)
ROCKETTE = (
    "Obuchowski NA, Rockette HE. Hypothesis testing of diagnostic accuracy for multiple readers "
    "and multiple tests. Commun Stat Simul Comput 1995;24:285-308."
)
HILLIS = (
    "Hillis SL. A comparison of denominator degrees of freedom methods for multiple observer "
    "ROC analysis. Stat Med 2007;26:596-619."
)
FLEISS = (
    "Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull 1971;76:378-382."
)
GWET = (
    "Gwet KL. Computing inter-rater reliability and its variance in the presence of high "
    "agreement. Br J Math Stat Psychol 2008;61:29-48."
)
KRIPPENDORFF = (
    "Krippendorff K. Computing Krippendorff's alpha-reliability. University of Pennsylvania; 2011."
)
HOTELLING = "Hotelling H. The generalization of Student's ratio. Ann Math Stat 1931;2:360-378."
FIELD = "Field CA, Welsh AH. Bootstrapping clustered data. J R Stat Soc B 2007;69:369-390."
CLUSTERED_ROC = (
    "Obuchowski NA. Nonparametric analysis of clustered ROC curve data. Biometrics 1997;53:567-578."
)
RAO = (
    "Rao JNK, Scott AJ. A simple method for the analysis of clustered binary data. Biometrics "
    "1992;48:577-585."
)
WAFROC = (
    "Chakraborty DP, Zhai X. On the meaning of the weighted alternative free-response "
    "operating characteristic figure of merit. Med Phys 2016;43:2548-2557."
)
GODDARD = (
    "Goddard K, Roudsari A, Wyatt JC. Automation bias: a systematic review. J Am Med Inform "
    "Assoc 2012;19:121-127."
)
BRIER = (
    "Brier GW. Verification of forecasts expressed in terms of probability. Mon Weather Rev "
    "1950;78:1-3."
)
COX = (
    "Cox DR. Two further applications of a model for binary regression. Biometrika 1958;45:562-565."
)
CONFORMAL = (
    "Lu C, Angelopoulos AN, Pomerantz S. Improving trustworthiness of AI disease severity "
    "rating in medical imaging with ordinal conformal prediction sets. MICCAI 2022; LNCS "
    "13438:545-554."
)
HOLM = "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70."

WEIGHTED = {
    "nominal": "unweighted",
    "linear": "linearly weighted",
    "quadratic": "quadratically weighted",
}


def methods_section(analysis: Analysis, primary: Primary | None) -> Section:
    """What was computed, in words for a manuscript."""
    cited = [COHEN, VANBELLE]
    paragraphs = [_design(analysis), _primary(analysis, primary, cited)]
    paragraphs.append(
        "Agreement of all readers was also told by Fleiss' kappa, Gwet's coefficient and "
        "Krippendorff's alpha; categories that nobody used count as the scale has them."
    )
    cited += [FLEISS, GWET, KRIPPENDORFF]
    if any(rated.has_reference for rated in analysis.ratings.values()):
        paragraphs.append(
            "Sensitivity, specificity and areas under ROC curves were compared by the analysis of "
            "several readers and cases of Obuchowski and Rockette with Hillis' degrees of freedom, "
            "covariances by leaving out one patient at a time. Intervals of single readers are "
            "clustered by patient. Graded levels were also analysed as marks (weighted AFROC). "
            "Switches after AI and reliance on it are shares with intervals clustered by patient."
        )
        cited += [ROCKETTE, HILLIS, RAO, CLUSTERED_ROC, WAFROC, GODDARD]
    paragraphs.append(
        "Times were compared on the logarithm by the same analysis of several readers and cases."
    )
    cited += [ROCKETTE, HILLIS]
    if analysis.data.predictions and any(one.has_reference for one in analysis.ratings.values()):
        paragraphs.append(
            "Probabilities of AI were judged by Brier's score, reliability in bins and logistic "
            "recalibration; prediction sets hold neighbouring grades."
        )
        cited += [BRIER, COX, CONFORMAL]
    paragraphs.append(
        f"Bootstrap and exchange of arm labels draw whole patients, by seed "
        f"{analysis.data.report_seed}. Nothing was imputed. All p values are two-sided."
    )
    cited += [FIELD, HOLM]
    works = tuple((place, work) for place, work in enumerate(dict.fromkeys(cited), start=1))
    return Section(
        "methods",
        "Statistical methods",
        (
            *(Text(one) for one in paragraphs),
            Table("citations", "Works that the methods rest on", ("No.", "Work"), works),
        ),
    )


def _design(analysis: Analysis) -> str:
    data = analysis.data
    words = (
        f"{len(data.readers)} readers graded {len(data.cases)} cases of "
        f"{len({case.patient_key for case in data.cases})} patients. "
        f"Design: {data.design_words[0].lower()}{data.design_words[1:]}. Each reader's case order "
        f"was drawn by SHA-256 from seed {data.seed}."
    )
    days = data.protocol.get("washout_days")
    if days:
        words += f" At least {days} days lay between two readings of a case by the same reader."
    return words


def _primary(analysis: Analysis, primary: Primary | None, cited: list[str]) -> str:
    if primary is None:
        return "The protocol names no primary endpoint."
    item = analysis.focus.item
    weights = WEIGHTED[primary.weights]
    if primary.kind == "reference":
        cited += [ROCKETTE, HILLIS]
        return (
            f"The primary endpoint is the {weights} kappa of each reader with the reference for "
            f"{item.name.lower()} (K = {item.n_categories}). Arms were compared by Obuchowski and "
            "Rockette's analysis with Hillis' degrees of freedom, readers and cases random, error "
            "covariances by leaving out one patient at a time with all levels."
        )
    cited += [LIGHT, HOTELLING]
    return (
        f"The primary endpoint is the mean {weights} kappa over pairs of readers for "
        f"{item.name.lower()} (K = {item.n_categories}). Its standard error and that of the "
        "difference of the arms follow from each patient's influence (delta method, all levels of "
        "a patient together), so that both arms' dependence is kept; the square of the difference "
        "over its standard error was referred to F with 1 and P - 1 degrees of freedom for P "
        "patients. "
        "Readers are fixed: the test speaks of these readers."
    )
