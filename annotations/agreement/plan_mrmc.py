"""How many readers and cases a reader study needs, from a pilot's components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from annotations.agreement.errors import RatingsError
from annotations.agreement.mrmc_result import MrmcResult


@dataclass(frozen=True)
class PilotComponents:
    """What a pilot or the literature says of the variances, for a crossed design of two arms.

    var_arm_reader: of readers' response to the arm; var_error, cov1, cov2, cov3: of errors over
    n_cases cases (patients).
    """

    var_arm_reader: float
    var_error: float
    cov1: float
    cov2: float
    cov3: float
    n_cases: int

    @classmethod
    def of(cls, pilot: MrmcResult) -> PilotComponents:
        """From an analysis with random readers and cases; RatingsError where it has no test."""
        parts = pilot.components
        if parts is None or parts.var_arm_reader is None or pilot.n_cases < 2:
            raise RatingsError(f"the pilot has no components: {pilot.undefined or pilot.design}")
        return cls(
            parts.var_arm_reader, parts.var_error, parts.cov1, parts.cov2, parts.cov3, pilot.n_cases
        )


@dataclass(frozen=True)
class MrmcPower:
    """power: chance to reject; ncp: noncentrality of F; df1, df2: its degrees of freedom."""

    power: float
    ncp: float
    df1: float
    df2: float
    n_readers: int
    n_cases: int


def mrmc_power(
    pilot: PilotComponents,
    *,
    effect: float,
    n_readers: int,
    n_cases: int,
    alpha: float = 0.05,
) -> MrmcPower:
    """Power of the two-sided test of two arms, readers and cases random, crossed.

    Parameters
    ----------
    pilot
        Its covariances are taken to shrink as 1 / cases; components below 0 count as 0.
    effect
        Difference of the figure of merit between the arms.
    n_readers, n_cases
        Of the reader study to come; two readers and two cases or more.
    alpha
        Two-sided level.

    Notes
    -----
    Hillis SL, Obuchowski NA, Berbaum KS 2011, Acad Radiol 18:129: ncp = J effect^2 / 2
    over var_TR + s (Var - Cov1 + (J - 1) max(Cov2 - Cov3, 0)), s = pilot cases / cases; df2 =
    (MS(TR) + J s max(Cov2 - Cov3, 0))^2 (J - 1) / MS(TR)^2 with the mean square to be expected.
    """
    if n_readers < 2 or n_cases < 2:
        raise RatingsError("the test needs two readers and two cases or more")
    if not 0 < alpha < 1 or not np.isfinite(effect):
        raise RatingsError("alpha lies between 0 and 1, and the effect is a number")
    shrink = pilot.n_cases / n_cases
    shared = max(pilot.cov2 - pilot.cov3, 0.0) * shrink
    own = max((pilot.var_error - pilot.cov1) * shrink - shared, 0.0)
    mean_square = max(pilot.var_arm_reader, 0.0) + own
    total = mean_square + n_readers * shared
    if total <= 0:
        raise RatingsError("the components say that nothing varies: no power can be computed")
    ncp = n_readers * effect**2 / 2 / total
    if mean_square > 0:
        df2 = (total / mean_square) ** 2 * (n_readers - 1)
        power = stats.ncf.sf(stats.f.isf(alpha, 1, df2), 1, df2, ncp)
    else:
        df2 = 1e9
        power = stats.ncx2.sf(stats.chi2.isf(alpha, 1), 1, ncp)
    power = alpha if effect == 0 else float(power)
    return MrmcPower(power, float(ncp), 1.0, float(df2), n_readers, n_cases)


def mrmc_sample_size(
    pilot: PilotComponents,
    *,
    effect: float,
    n_readers: int,
    power: float = 0.8,
    alpha: float = 0.05,
    most_cases: int = 20_000,
) -> MrmcPower | None:
    """The fewest cases that give the power with so many readers; None beyond `most_cases`.

    None means that these readers are too few whatever the cases, or that the effect is too small.
    """
    if not alpha < power < 1 or effect == 0:
        raise RatingsError("power lies between alpha and 1, and the effect isn't 0")

    def at(n_cases: int) -> MrmcPower:
        return mrmc_power(pilot, effect=effect, n_readers=n_readers, n_cases=n_cases, alpha=alpha)

    if at(most_cases).power < power:
        return None
    low, high = 1, most_cases
    while high - low > 1:
        middle = (low + high) // 2
        if at(middle).power >= power:
            high = middle
        else:
            low = middle
    return at(high)
