"""The result of an analysis of several readers and cases."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import Estimate, FloatArray, not_estimable
from annotations.agreement.mrmc_model import ErrorTerm, MrmcComponents
from annotations.agreement.significance import SignificanceTest, no_test
from annotations.agreement.wald import wald_estimate, wald_test


@dataclass(frozen=True)
class MrmcResult:
    """Figures of merit by arm, their differences, and the test that all arms are equal.

    theta: (I, J) by arm and reader, NaN nowhere but in cells that were not read.
    arm_means: (I,) Estimates; test: all arms equal; components: None where there is no test.
    generalises_to: in words, whom the result speaks of. covariance: (I, J, I, J) of theta.
    undefined: why there is no test. difference(i, j): arm i minus arm j.
    """

    theta: FloatArray
    arm_means: tuple[Estimate, ...]
    test: SignificanceTest
    components: MrmcComponents | None
    design: str
    readers: str
    cases: str
    method: str
    generalises_to: str
    n_items: int
    n_cases: int
    n_missing: int
    undefined: str | None = None
    covariance: FloatArray | None = field(default=None, repr=False, compare=False)
    error: ErrorTerm | None = field(default=None, repr=False)
    bounds: tuple[float, float] | None = None

    def difference(self, first: int, second: int) -> Estimate:
        """Mean of arm `first` minus that of arm `second`, with the interval of the test."""
        self._check(first, second)
        method = f"difference of arm means, {self.method}"
        sizes = {
            "n_items": self.n_items,
            "n_clusters": self.n_cases,
            "n_missing": self.n_missing,
        }
        a, b = self.arm_means[first].value, self.arm_means[second].value
        if a is None or b is None:
            return not_estimable(method, str(self.undefined), **sizes)
        if self.error is None:
            return wald_estimate(
                a - b,
                None,
                method=method,
                reason=str(self.undefined),
                n_items=self.n_items,
                n_clusters=self.n_cases,
                n_missing=self.n_missing,
            )
        variance = self.error.variance(*self._readers(first, second))
        return wald_estimate(
            a - b,
            float(np.sqrt(variance)) if variance > 0 else None,
            method=method,
            df=self._df(first, second),
            reason="the error variance is not above 0: no interval",
            n_items=self.n_items,
            n_clusters=self.n_cases,
            n_missing=self.n_missing,
        )

    def difference_test(self, first: int, second: int) -> SignificanceTest:
        """Is the difference of two arms 0? Two-sided."""
        found = self.difference(first, second)
        if found.value is None or found.se is None:
            return no_test(found.method, str(found.undefined), distribution="t")
        df = self._df(first, second)
        return wald_test(found.value, found.se, method=found.method, df=df, n_clusters=self.n_cases)

    def not_inferior(self, new: int, old: int, *, margin: float) -> SignificanceTest:
        """Is arm `new` worse than arm `old` by `margin` or more? One-sided null, by t.

        margin: above 0, in units of the figure, where higher is better. p is of that one-sided
        test: reject at half the two-sided level, which is when the interval of the difference
        lies above -margin (Chen W et al. 2012, Acad Radiol 19:1158, is on MRMC non-inferiority).
        """
        if not margin > 0:
            raise RatingsError("a margin of non-inferiority is above 0")
        found = self.difference(new, old)
        method = f"one-sided non-inferiority by {margin:g}, {self.method}"
        if found.value is None or found.se is None:
            return no_test(method, str(found.undefined), distribution="t")
        ratio, df = (found.value + margin) / found.se, found.df
        p = float(stats.norm.sf(ratio) if df is None else stats.t.sf(ratio, df))
        return SignificanceTest(
            ratio, p, "z" if df is None else "t", method, df=df, n_clusters=self.n_cases
        )

    def reader_differences(self, first: int, second: int) -> tuple[Estimate, ...]:
        """Each reader's arm `first` minus arm `second`, over cases alone, normal intervals."""
        self._check(first, second)
        found = []
        for j in range(self.theta.shape[1]):
            method = f"difference of arms, reader {j}, {self.method}"
            gap = float(self.theta[first, j] - self.theta[second, j])
            if not np.isfinite(gap):
                found.append(not_estimable(method, "not read in both arms"))
                continue
            se = None
            if self.covariance is not None:
                cov = self.covariance[:, j, :, j]
                variance = cov[first, first] + cov[second, second] - 2 * cov[first, second]
                se = float(np.sqrt(variance)) if variance > 0 else None
            found.append(
                wald_estimate(gap, se, method=method, n_items=self.n_items, n_clusters=self.n_cases)
            )
        return tuple(found)

    def _check(self, first: int, second: int) -> None:
        arms = len(self.arm_means)
        if not (0 <= first < arms and 0 <= second < arms) or first == second:
            raise RatingsError(f"a difference needs two of the arms 0..{arms - 1}")

    def _readers(self, first: int, second: int) -> tuple[float, float]:
        counts: NDArray[np.int64] = np.sum(~np.isnan(self.theta), axis=1)
        return float(counts[first]), float(counts[second])

    def _df(self, first: int, second: int) -> float | None:
        """None: normal."""
        if self.error is None:
            return None
        a, b = self._readers(first, second)
        df = self.error.df(2 / (1 / a + 1 / b))
        return None if np.isinf(df) else df
