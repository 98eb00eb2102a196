"""Several readers, several cases, several arms: the test that speaks of other readers too."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray
from annotations.agreement.mrmc_covariance import ErrorCovariances, summarise
from annotations.agreement.mrmc_figures import FigureName, OwnFigure
from annotations.agreement.mrmc_input import Cells, CovarianceMethod, cells_of
from annotations.agreement.mrmc_model import (
    ErrorTerm,
    MrmcComponents,
    components_of,
    error_term,
    harmonic_mean,
    nested_components_of,
    nested_error_term,
)
from annotations.agreement.mrmc_result import MrmcResult
from annotations.agreement.significance import (
    SignificanceTest,
    chi_square_test,
    f_test,
    no_test,
)
from annotations.agreement.wald import wald_estimate
from annotations.agreement.weights import Weights

Design = Literal[
    "crossed", "split_plot", "cases_in_readers", "cases_in_arms", "readers_in_arms", "partial"
]
Factor = Literal["random", "fixed"]
_SPEAKS_OF: Final[dict[tuple[str, str], str]] = {
    ("random", "random"): "readers and cases like these",
    ("random", "fixed"): "readers like these, on these cases only",
    ("fixed", "random"): "these readers only (readers fixed), on cases like these",
}


def obuchowski_rockette(
    *,
    theta: ArrayLike | None = None,
    jackknife: ArrayLike | None = None,
    pseudovalues: ArrayLike | None = None,
    influence: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
    figure: FigureName | OwnFigure | None = None,
    ratings: ArrayLike | None = None,
    truth: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    n_categories: int | None = None,
    weights: Weights = "quadratic",
    covariance_method: CovarianceMethod = "jackknife",
    design: Design = "crossed",
    readers: Factor = "random",
    cases: Factor = "random",
    bounds: tuple[float, float] | None = None,
) -> MrmcResult:
    """Obuchowski and Rockette's analysis with Hillis' degrees of freedom, of any figure of merit.

    I arms, J readers, P patients (cases). Give either figures of merit with what they vary by, or
    a figure of merit with the data.

    Parameters
    ----------
    theta
        (I, J) figure of merit of each reader in each arm; NaN where a reader didn't read the arm.
        With it exactly one of:
    jackknife
        (I, J, P) theta without each patient; NaN where the patient isn't in the cell.
    pseudovalues
        (I, J, P) P theta - (P - 1) (theta without the patient); NaN as above.
    influence
        (I, J, P) influence of each patient on theta, such as `Estimate.influence` aligned by
        patient; 0 or NaN where the patient isn't in the cell.
    covariance
        (I, J, I, J) or (I J, I J) covariance of the thetas, arms slowest.
    figure
        "auc", "sensitivity", "specificity", "accuracy" (ratings and truth 0/1), "kappa" (codes
        against the truth's; needs n_categories, takes weights), "mean", "log_time" (mean of the
        logarithms of times above 0), or a function of (ratings, truth) of one cell. With it:
    ratings
        (I, J, items). Missing: NaN, or -1 in whole numbers.
    truth
        (items,); not for "mean" and "log_time".
    cluster
        (items,) patient of each item; None: one item a patient.
    n_categories, weights
        For "kappa": number of categories of the scale; weights as in `cohen_kappa`.
    covariance_method
        From data: "jackknife" of patients (right for few patients too), "delong" (AUC only; with
        clusters Obuchowski 1997) or "influence" (not for one's own function).
    design
        "crossed": every reader reads all cases in all arms; with data, items that one cell lacks
        are left out of all. "split_plot": groups of readers with cases of their own, all arms.
        "cases_in_readers": each reader has cases of his own, the same in all arms.
        "cases_in_arms": each arm has cases of its own. "readers_in_arms": each reader reads in
        one arm. "partial": some cases lack in some cells; each cell uses what it has.
    readers, cases
        "random" or "fixed"; not both fixed. With fixed readers the result holds for these readers
        only, and says so.
    bounds
        Range of the figure, for the intervals of arm means; known for the named ones.

    Returns
    -------
    MrmcResult
        `test`, `arm_means`, `difference(i, j)` (arm i minus arm j), `components`.

    Raises
    ------
    RatingsError
        Shapes that don't fit, or data that aren't of the design.

    Notes
    -----
    Obuchowski NA, Rockette HE 1995, Commun Stat Simul 24:285; degrees of freedom: Hillis SL 2007,
    Stat Med 26:596; nested and unbalanced designs by the marginal-mean model of Hillis SL 2014,
    Stat Med 33:330: F = MS(T) / (MS(TR) + J max(Cov2 - Cov3, 0)), where pairs of cells that share
    no case count with covariance 0. Fixed readers: chi-square with Var - Cov1 + (J - 1)
    max(Cov2 - Cov3, 0), truncated as the Iowa programs do.
    """
    if (readers, cases) not in _SPEAKS_OF:
        raise RatingsError("readers and cases are each random or fixed, and not both fixed")
    cells = cells_of(
        theta=theta,
        jackknife=jackknife,
        pseudovalues=pseudovalues,
        influence=influence,
        covariance=covariance,
        figure=figure,
        ratings=ratings,
        truth=truth,
        cluster=cluster,
        n_categories=n_categories,
        weights=weights,
        covariance_method=covariance_method,
        design=design,
        bounds=bounds,
    )
    method = (
        f"Obuchowski-Rockette-Hillis, {cells.name}, {design} design, {readers} readers, "
        f"{cases} cases"
    )
    return _analyse(cells, design, readers, cases, method)


def _analyse(cells: Cells, design: str, readers: str, cases: str, method: str) -> MrmcResult:
    read = cells.read
    counts: NDArray[np.int64] = read.sum(axis=1)
    is_nested = design == "readers_in_arms"
    reason = cells.undefined
    if reason is None and readers == "random" and counts.min() < 2:
        reason = "fewer than 2 readers: readers can't be random"
    errors = None
    if reason is None and cells.covariance is not None:
        errors = _without_pairs(summarise(cells.covariance, read), design)
    parts: MrmcComponents | None = None
    term: ErrorTerm | None = None
    test = no_test(method, reason or "one arm: no comparison", distribution="F")
    if errors is not None and len(counts) > 1:
        if is_nested:
            parts = nested_components_of(cells.theta, read, errors)
            term = nested_error_term(parts, counts, readers=readers, cases=cases)
        else:
            arms, n_readers = read.shape
            parts = components_of(cells.theta, errors)
            term = error_term(parts, arms, n_readers, readers=readers, cases=cases)
        test = _omnibus(parts, term, counts, readers, method, cells)
        reason = test.undefined
        term = None if reason else term
    return MrmcResult(
        theta=cells.theta,
        arm_means=_arm_means(cells, errors, reason, readers, cases, method),
        test=test,
        components=parts,
        design=design,
        readers=readers,
        cases=cases,
        method=method,
        generalises_to=_SPEAKS_OF[readers, cases],
        n_items=cells.n_items,
        n_cases=cells.n_cases,
        n_missing=cells.n_missing,
        undefined=reason if len(counts) > 1 or reason else test.undefined,
        covariance=cells.covariance,
        error=term,
        bounds=cells.bounds,
    )


def _without_pairs(errors: ErrorCovariances, design: str) -> ErrorCovariances:
    """Covariances that the design makes 0: of cells without a case in common."""
    zeros = np.zeros_like(errors.cov2_by_arm)
    if design == "cases_in_readers":
        return ErrorCovariances(
            errors.variance, errors.cov1, 0.0, 0.0, zeros, errors.variance_by_arm
        )
    if design == "cases_in_arms":
        return ErrorCovariances(
            errors.variance, 0.0, errors.cov2, 0.0, errors.cov2_by_arm, errors.variance_by_arm
        )
    return errors


def _omnibus(
    parts: MrmcComponents,
    term: ErrorTerm,
    counts: NDArray[np.int64],
    readers: str,
    method: str,
    cells: Cells,
) -> SignificanceTest:
    typical, df = harmonic_mean(counts), float(len(counts) - 1)
    denominator = term.denominator(typical)
    sizes = {"n_items": cells.n_items, "n_clusters": cells.n_cases}
    # Differences of identical cells are rounding; a test of rounding would be nonsense.
    scale = max(float(np.nanmax(np.abs(cells.theta))), 1.0) ** 2
    if denominator <= 1e-20 * scale:
        reason = "the error variance is not above 0: no test"
        return no_test(method, reason, distribution="F", **sizes)
    statistic = parts.ms_arm / denominator
    df2 = term.df(typical)
    if readers == "fixed" or np.isinf(df2):
        return chi_square_test(df * statistic, df, method=method, **sizes)
    return f_test(statistic, df, df2, method=method, **sizes)


def _arm_means(
    cells: Cells,
    errors: ErrorCovariances | None,
    reason: str | None,
    readers: str,
    cases: str,
    method: str,
) -> tuple[Estimate, ...]:
    """Mean of each arm by its own readers and covariances (Hillis 2014)."""
    found = []
    for i, row in enumerate(cells.theta):
        own: FloatArray = row[cells.read[i]]
        size = len(own)
        shared = 0.0 if errors is None else max(float(errors.cov2_by_arm[i]), 0.0)
        se: float | None = None
        df: float | None = None
        if errors is not None and readers == "fixed":
            se = float(np.sqrt((errors.variance_by_arm[i] + (size - 1) * shared) / size))
        elif errors is not None and size > 1:
            spread = float(own.var(ddof=1))
            term = ErrorTerm(spread, 0.0 if cases == "fixed" else shared, size - 1.0)
            se, df = float(np.sqrt(term.denominator(size) / size)), term.df(size)
        if not np.isfinite(own).all() or not size:
            found.append(_missing_mean(cells, str(reason), method))
            continue
        found.append(
            wald_estimate(
                float(own.mean()),
                se,
                method=f"mean of the readers of an arm, {method}",
                n_items=cells.n_items,
                n_clusters=cells.n_cases,
                n_missing=cells.n_missing,
                df=df,
                bounds=cells.bounds,
                reason=reason or "the readers do not differ: no interval",
            )
        )
    return tuple(found)


def _missing_mean(cells: Cells, reason: str, method: str) -> Estimate:
    return Estimate(
        None, None, None, None, method, cells.n_items, cells.n_cases, cells.n_missing, reason
    )
