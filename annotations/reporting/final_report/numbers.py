"""From the engine's estimates to cells of tables."""

from __future__ import annotations

from annotations.agreement import Estimate, RatingsError, SignificanceTest
from annotations.agreement.estimate import not_estimable
from annotations.reporting.final_report.result import Number, PValue


def number(estimate: Estimate) -> Number:
    """A cell of an estimate."""
    return Number(
        estimate.value,
        estimate.low,
        estimate.high,
        estimate.se,
        estimate.n_items,
        estimate.n_clusters,
        estimate.undefined or "",
    )


def p_cell(test: SignificanceTest) -> PValue:
    """A cell of a test's p."""
    return PValue(test.p, test.undefined or "")


def refused(error: RatingsError, method: str) -> Estimate:
    """Data on which the engine refuses to compute, as an estimate that says why."""
    return not_estimable(method, str(error))


def share_text(part: int, whole: int) -> str:
    """As "12 (40.0 %)"; "0" where there is no whole."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else str(part)


def three(value: float | None) -> str:
    """Three decimals; a dash for none."""
    return "-" if value is None else f"{value:.3f}"


def interval_text(cell: Number) -> str:
    """As "0.123 (0.100 to 0.150)", or the value with the reason why it has no interval."""
    if cell.value is None:
        return f"not estimable: {cell.reason}"
    if cell.low is None or cell.high is None:
        why = cell.reason.removesuffix(": no interval")
        return f"{cell.value:.3f} (no interval: {why})" if why else three(cell.value)
    # The interval stays on one line: its spaces don't break.
    return f"{cell.value:.3f} ({cell.low:.3f}\u00a0to\u00a0{cell.high:.3f})"


def p_text(cell: PValue) -> str:
    """Three decimals, "< 0.001" below; the reason where there is none."""
    if cell.value is None:
        return f"not estimable: {cell.reason}"
    return "< 0.001" if cell.value < 0.001 else f"{cell.value:.3f}"
