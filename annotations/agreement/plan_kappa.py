"""How many patients a reader study of agreement needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.optimize import brentq

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray


def n_for_kappa_test(
    *,
    kappa_null: float,
    kappa: float,
    shares: ArrayLike,
    n_readers: int = 2,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int:
    """Patients so that the goodness-of-fit test rejects kappa_null where kappa is true.

    Parameters
    ----------
    kappa_null, kappa
        Both strictly between 0 and 1; nominal kappa, one item a patient.
    shares
        (K,) expected shares of the categories, summing to 1.
    n_readers
        Interchangeable readers, 2 or more.
    alpha, power
        Two-sided level, and the chance to reject.

    Notes
    -----
    n = lambda / sum((P_l(kappa) - P_l(kappa_null))^2 / P_l(kappa_null)), lambda the noncentrality
    of chi-square with 1 degree of freedom. Two categories: all outcomes by number of positive
    answers (Donner A, Eliasziw M 1992, Stat Med 11:1511; Altaye M et al. 2001, Biometrics 57:584).
    More: all readers agree on category l, or they don't (Donner A, Rotondi MA 2010, Int J Biostat
    6:31). For several items a patient multiply by `design_effect`.
    """
    _between(kappa_null, "kappa_null")
    _between(kappa, "kappa")
    _between(alpha, "alpha")
    _between(power, "power")
    if kappa == kappa_null:
        raise RatingsError("kappa and kappa_null differ")
    before, after = (_outcomes(k, shares, n_readers) for k in (kappa_null, kappa))
    needed = _noncentrality(alpha, power) / float(np.sum((after - before) ** 2 / before))
    return int(np.ceil(needed - 1e-9))


def n_for_kappa_interval(
    *,
    kappa: float,
    lowest: float,
    shares: ArrayLike,
    highest: float | None = None,
    n_readers: int = 2,
    alpha: float = 0.05,
    fewest: int = 11,
) -> int:
    """Patients so that the expected goodness-of-fit limits of kappa lie within lowest..highest.

    kappa, shares, n_readers: as in `n_for_kappa_test`. lowest, highest: limits that shall not be
    passed; with lowest alone the limit is one-sided at alpha, with both two-sided. fewest: the
    answer is never below it, as chi-square isn't to be trusted there (the program kappaSize starts
    its search there too, and never tells).

    Donner A, Rotondi MA 2010, Int J Biostat 6:31.
    """
    if not lowest < kappa or (highest is not None and not kappa < highest):
        raise RatingsError("kappa lies between lowest and highest")
    _between(alpha / 2, "half of alpha")
    limits = [lowest] if highest is None else [lowest, highest]
    for one in (kappa, *limits):
        _between(one, "kappa and its limits")
    level = 1 - 2 * alpha if highest is None else 1 - alpha
    found = _outcomes(kappa, shares, n_readers)
    needed = 0.0
    for limit in limits:
        edge = _outcomes(limit, shares, n_readers)
        needed = max(needed, stats.chi2.ppf(level, 1) / float(np.sum((found - edge) ** 2 / edge)))
    return max(int(np.ceil(needed - 1e-9)), fewest)


def n_for_two_readers(
    *,
    share_first: float,
    share_second: float,
    kappa_null: float,
    kappa: float,
    alpha: float = 0.05,
    power: float = 0.8,
    sided: int = 1,
) -> int:
    """Patients for a test of binary kappa by its large-sample variance, readers' shares apart.

    Cantor AB 1996, Psychol Methods 1:150: n = ((z_alpha sqrt(Q0) + z_power sqrt(Q1)) / (kappa -
    kappa_null))^2, Q the variance of Fleiss, Cohen, Everitt 1969 times n.
    """
    if sided not in (1, 2):
        raise RatingsError("a test is one-sided (1) or two-sided (2)")
    if kappa == kappa_null:
        raise RatingsError("kappa and kappa_null differ")
    for one in (share_first, share_second, alpha, power):
        _between(one, "shares, alpha and power")
    q0, q1 = (_kappa_variance(share_first, share_second, k) for k in (kappa_null, kappa))
    z_alpha, z_power = stats.norm.ppf(1 - alpha / sided), stats.norm.ppf(power)
    root = (z_alpha * np.sqrt(q0) + z_power * np.sqrt(q1)) / (kappa - kappa_null)
    return int(np.ceil(float(root) ** 2 - 1e-9))


def design_effect(cluster_sizes: ArrayLike, correlation: float) -> float:
    """Factor by which items of one patient inflate the variance of a mean.

    1 + (sum m^2 / sum m - 1) rho; with m items in each it is 1 + (m - 1) rho (Kish L 1965, Survey
    sampling; unequal sizes: Kerry SM, Bland JM 2001, Stat Med 20:377). cluster_sizes: (patients,)
    numbers of items.
    """
    sizes = np.asarray(cluster_sizes, dtype=float)
    if sizes.ndim != 1 or not sizes.size or np.any(sizes < 1) or not np.isfinite(sizes).all():
        raise RatingsError("cluster sizes are numbers of items, at least 1")
    if not -1 <= correlation <= 1:
        raise RatingsError("a correlation lies in -1..1")
    return float(1 + (np.sum(sizes**2) / sizes.sum() - 1) * correlation)


def _outcomes(kappa: float, shares: ArrayLike, n_readers: int) -> FloatArray:
    """Probabilities of what the test counts; sum to 1."""
    share = np.asarray(shares, dtype=float)
    if share.ndim != 1 or len(share) < 2 or np.any(share <= 0) or abs(share.sum() - 1) > 1e-9:
        raise RatingsError("shares of two categories or more, above 0, sum to 1")
    if n_readers < 2:
        raise RatingsError("agreement needs two readers or more")
    if len(share) == 2:
        # With chance kappa all say the same, otherwise each answers by himself.
        found = (1 - kappa) * stats.binom.pmf(np.arange(n_readers + 1), n_readers, share[1])
        found[0] += kappa * share[0]
        found[-1] += kappa * share[1]
        return np.asarray(found, dtype=float)
    # Dirichlet-multinomial answers: all on one category.
    steps = np.arange(1, n_readers)[:, None]
    rise = (share * (1 - kappa) + steps * kappa) / (1 + (steps - 1) * kappa)
    agree = share * np.prod(rise, axis=0)
    return np.append(agree, 1 - agree.sum())


def _kappa_variance(first: float, second: float, kappa: float) -> float:
    """Patients times the large-sample variance of binary kappa (Fleiss, Cohen, Everitt 1969)."""
    rows, columns = np.array([1 - first, first]), np.array([1 - second, second])
    expected = float(rows @ columns)
    observed = expected + kappa * (1 - expected)
    both = (observed - 1 + first + second) / 2
    p = np.array([[1 - first - second + both, second - both], [first - both, both]])
    if np.any(p < -1e-12):
        raise RatingsError(f"kappa {kappa:g} is impossible with these shares")
    diagonal, total = np.diag(p), columns[:, None] + rows[None, :]
    own = np.sum(diagonal * ((1 - expected) - (rows + columns) * (1 - observed)) ** 2)
    off = np.sum((p * (total**2))[~np.eye(2, dtype=bool)])
    rest = (observed * expected - 2 * expected + observed) ** 2
    return float((own + (1 - observed) ** 2 * off - rest) / (1 - expected) ** 4)


def _noncentrality(alpha: float, power: float) -> float:
    """Of chi-square with 1 degree of freedom, both tails counted."""
    limit = stats.chi2.ppf(1 - alpha, 1)
    if power <= alpha:
        raise RatingsError("the power is above alpha")
    return float(brentq(lambda x: stats.ncx2.sf(limit, 1, x) - power, 1e-9, 1e3))


def _between(value: float, name: str) -> None:
    if not 0 < value < 1:
        raise RatingsError(f"{name} must lie strictly between 0 and 1")
