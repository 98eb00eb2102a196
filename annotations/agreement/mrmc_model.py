"""Mean squares, error terms and degrees of freedom of Obuchowski and Rockette's model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.agreement.estimate import FloatArray
from annotations.agreement.mrmc_covariance import ErrorCovariances

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class MrmcComponents:
    """What the test is made of; components are reported as estimated, below 0 too.

    var_error, cov1, cov2, cov3: see `ErrorCovariances`. ms_arm, ms_reader, ms_arm_reader: mean
    squares of theta; where each reader reads in one arm, ms_arm_reader is that of readers within
    arms and ms_reader is None. var_reader, var_arm_reader: of readers and of their response to
    the arm (Hillis SL 2014, Stat Med 33:330).
    """

    var_error: float
    cov1: float
    cov2: float
    cov3: float
    ms_arm: float
    ms_reader: float | None
    ms_arm_reader: float
    var_reader: float | None
    var_arm_reader: float | None

    def dbm_mean_squares(self, n_arms: int, n_readers: int, n_cases: int) -> dict[str, float]:
        """Mean squares of the equivalent analysis of pseudo-values, for crossed designs.

        Dorfman DD, Berbaum KS, Metz CE 1992, Invest Radiol 27:723; equivalence: Hillis SL et al.
        2005, Stat Med 24:1579. Keys: T, R, TR, C, TC, RC, TRC.
        """
        other = n_arms - 1
        c1, c2, c3 = self.cov1, self.cov2, self.cov3
        parts = {
            "T": self.ms_arm,
            "R": self.ms_reader or 0.0,
            "TR": self.ms_arm_reader,
            "C": self.var_error + other * c1 + (n_readers - 1) * (c2 + other * c3),
            "TC": self.var_error - c1 + (n_readers - 1) * (c2 - c3),
            "RC": self.var_error + other * c1 - c2 - other * c3,
            "TRC": self.var_error - c1 - c2 + c3,
        }
        return {name: n_cases * part for name, part in parts.items()}


@dataclass(frozen=True)
class ErrorTerm:
    """Variance of a difference of arm means: own (1/J_a + 1/J_b) + 2 shared.

    own: mean square of what readers vary by; shared: max(Cov2 - Cov3, 0), what they have in
    common through the cases. own_df: of the mean square, inf where it isn't one.
    """

    own: float
    shared: float
    own_df: float

    def variance(self, readers_a: float, readers_b: float) -> float:
        """Of the difference of two arm means over that many readers."""
        return self.own * (1 / readers_a + 1 / readers_b) + 2 * self.shared

    def denominator(self, readers: float) -> float:
        """Of the F or chi-square test, J readers an arm."""
        return self.own + readers * self.shared

    def df(self, readers: float) -> float:
        """Hillis' degrees of freedom (Hillis SL 2007, Stat Med 26:596)."""
        if self.own <= 0 or np.isinf(self.own_df):
            return float("inf")
        return float(self.own_df * (self.denominator(readers) / self.own) ** 2)


def components_of(theta: FloatArray, errors: ErrorCovariances) -> MrmcComponents:
    """Every reader in every arm: (I, J) theta, I >= 2 and J >= 2 for all but ms_arm."""
    arms, readers = theta.shape
    arm, reader, grand = theta.mean(axis=1), theta.mean(axis=0), theta.mean()
    rest = theta - arm[:, None] - reader[None, :] + grand
    ms_arm = readers * float(np.sum((arm - grand) ** 2)) / max(arms - 1, 1)
    ms_reader = arms * float(np.sum((reader - grand) ** 2)) / max(readers - 1, 1)
    ms_rest = float(np.sum(rest**2)) / max((arms - 1) * (readers - 1), 1)
    return MrmcComponents(
        var_error=errors.variance,
        cov1=errors.cov1,
        cov2=errors.cov2,
        cov3=errors.cov3,
        ms_arm=ms_arm,
        ms_reader=ms_reader,
        ms_arm_reader=ms_rest,
        var_reader=(ms_reader - ms_rest) / arms - errors.cov1 + errors.cov3,
        var_arm_reader=ms_rest - errors.variance + errors.cov1 + errors.cov2 - errors.cov3,
    )


def nested_components_of(
    theta: FloatArray, read: BoolArray, errors: ErrorCovariances
) -> MrmcComponents:
    """Each reader in one arm: (I, J) theta, NaN where not read."""
    counts = read.sum(axis=1)
    arm = np.where(read, theta, 0.0).sum(axis=1) / counts
    spread = np.where(read, (theta - arm[:, None]) ** 2, 0.0).sum()
    within = float(spread) / max(int(counts.sum()) - len(arm), 1)
    typical = harmonic_mean(counts)
    return MrmcComponents(
        var_error=errors.variance,
        cov1=0.0,
        cov2=errors.cov2,
        cov3=errors.cov3,
        ms_arm=typical * float(np.sum((arm - arm.mean()) ** 2)) / max(len(arm) - 1, 1),
        ms_reader=None,
        ms_arm_reader=within,
        var_reader=within - errors.variance + errors.cov2,
        var_arm_reader=None,
    )


def harmonic_mean(counts: NDArray[np.int64]) -> float:
    """The number of readers an arm that unequal numbers are worth."""
    return float(len(counts) / np.sum(1 / counts))


def error_term(
    parts: MrmcComponents, n_arms: int, n_readers: int, *, readers: str, cases: str
) -> ErrorTerm:
    """Crossed readers; n_readers in each arm.

    Random readers and cases: MS(TR) + J max(Cov2 - Cov3, 0) (Hillis 2014). Fixed
    readers: Var - Cov1 + (J - 1) max(Cov2 - Cov3, 0). Fixed cases: MS(TR).
    """
    shared = max(parts.cov2 - parts.cov3, 0.0)
    df = float((n_arms - 1) * (n_readers - 1))
    if readers == "fixed":
        return ErrorTerm(parts.var_error - parts.cov1 - shared, shared, float("inf"))
    return ErrorTerm(parts.ms_arm_reader, 0.0 if cases == "fixed" else shared, df)


def nested_error_term(
    parts: MrmcComponents, counts: NDArray[np.int64], *, readers: str, cases: str
) -> ErrorTerm:
    """Readers within arms: MS(R(T)) in the place of MS(TR), Var - Cov2 where they are fixed."""
    shared = max(parts.cov2 - parts.cov3, 0.0)
    if readers == "fixed":
        return ErrorTerm(parts.var_error - parts.cov2, shared, float("inf"))
    df = float(counts.sum() - len(counts))
    return ErrorTerm(parts.ms_arm_reader, 0.0 if cases == "fixed" else shared, df)
