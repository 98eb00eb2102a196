"""Whether the primary result rests on one choice: other coefficients, cells, readers, resamples."""

from __future__ import annotations

from typing import Literal

import numpy as np

from annotations.agreement import (
    Estimate,
    RatingsError,
    bootstrap_pairs,
    cluster_confusion,
)
from annotations.agreement.kappa import kappa_statistic
from annotations.agreement.weights import disagreement_weights
from annotations.reporting.final_report.analysis import Analysis, Pair
from annotations.reporting.final_report.numbers import number, refused
from annotations.reporting.final_report.primary import Primary, against_reference, minus
from annotations.reporting.final_report.ratings import MISSING, FloatArray, ItemRatings
from annotations.reporting.final_report.result import Cell, Number, Section, Table, Text
from annotations.reporting.final_report.sections.agreement import coefficients

RESAMPLES = 2000
Row = tuple[Cell, ...]


def sensitivity_section(analysis: Analysis, primary: Primary | None) -> Section:
    """The primary difference under other choices, intervals only."""
    title = "Sensitivity analyses"
    if primary is None or not primary.comparisons:
        text = "Without a primary endpoint that compares arms there is nothing to vary."
        return Section("sensitivity", title, (Text(text),))
    rows: list[Row] = [
        (
            "as in the protocol",
            *(number(one) for one in primary.arms),
            *(number(one) for one in primary.differences),
        )
    ]
    if primary.kind == "pairs":
        rows += _other_weights(analysis, primary)
        rows += _other_coefficients(analysis)
        rows.append(_complete_cells(analysis, primary))
        rows += _bootstrap(analysis, primary)
    else:
        rows += _other_models(analysis, primary)
    heads = ("Analysis", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in primary.comparisons)
    note = f"Resampling and exchanging by seed {analysis.data.report_seed}, {RESAMPLES} times."
    tables = [
        Table(
            "sensitivity",
            "The primary result under other choices",
            heads,
            tuple(rows),
            "exploratory",
            note,
        )
    ]
    if primary.kind == "pairs":
        tables.append(exchange_table(analysis, primary))
    return Section("sensitivity", title, tuple(tables))


def _row(analysis: Analysis, name: str, arms: list[Estimate], pairs: tuple[Pair, ...]) -> Row:
    gaps = [number(minus(arms[one], arms[two])) for one, two in pairs]
    return (name, *(number(one) for one in arms), *gaps)


def _other_weights(analysis: Analysis, primary: Primary) -> list[Row]:
    rated, pairs = analysis.focus, _pairs(analysis)
    found = []
    for weights in ("quadratic", "linear", "nominal"):
        if weights != primary.weights and rated.item.scale_type == "ordinal":
            arms = [
                analysis.pair_mean(rated, arm, pairs, weights=weights)
                for arm in range(len(analysis.arms))
            ]
            words = "unweighted" if weights == "nominal" else f"{weights} weights"
            found.append(_row(analysis, f"mean pairwise kappa, {words}", arms, primary.comparisons))
    return found


def _pairs(analysis: Analysis) -> tuple[Pair, ...]:
    endpoint = analysis.endpoint
    return analysis.pairs_of(analysis.focus, endpoint.reader_pairs if endpoint else "all")


def _other_coefficients(analysis: Analysis) -> list[Row]:
    """Over the readers who stand in the endpoint's pairs."""
    rated = analysis.focus
    members = sorted({reader for pair in _pairs(analysis) for reader in pair})
    found = []
    for name, coefficient in coefficients(rated).items():
        try:
            arms = [coefficient(codes[members], rated) for codes in rated.codes]
        except RatingsError as error:
            arms = [refused(error, name)] * len(analysis.arms)
        found.append(_row(analysis, f"{name}, the same readers", arms, analysis.comparisons))
    return found


def _complete_cells(analysis: Analysis, primary: Primary) -> Row:
    rated, pairs = analysis.focus, _pairs(analysis)
    members = sorted({reader for pair in pairs for reader in pair})
    keep = (rated.codes[:, members] != MISSING).all(axis=(0, 1))
    arms = [
        analysis.pair_mean(rated, arm, pairs, weights=primary.weights, keep=keep)
        for arm in range(len(analysis.arms))
    ]
    words = f"cells that all these readers graded in all arms ({int(keep.sum())} cells)"
    return _row(analysis, words, arms, primary.comparisons)


def _bootstrap(analysis: Analysis, primary: Primary) -> list[Row]:
    """Percentile interval of the mean difference, patients drawn with all they have."""
    rated, pairs = analysis.focus, _pairs(analysis)
    name = "bootstrap of patients, percentile interval"
    members = sorted({reader for pair in pairs for reader in pair})
    if len(members) < 2 or len(np.unique(rated.patients)) < 2:
        blank: Row = ("",) * (len(analysis.arms) + len(primary.comparisons))
        return [(f"{name}: too few readers or patients", *blank)]
    found = bootstrap_pairs(
        rated.codes[:, members],
        n_categories=rated.k,
        weights=primary.weights,
        cluster=rated.patients,
        n_resamples=RESAMPLES,
        seed=analysis.data.report_seed,
    )
    wanted = {(members.index(one), members.index(two)) for one, two in pairs}
    wanted |= {(two, one) for one, two in wanted}
    chosen = [
        place
        for place, pair in enumerate(zip(found.first.tolist(), found.second.tolist(), strict=True))
        if pair in wanted
    ]
    sizes = {"n_items": primary.arms[0].n_items, "n_patients": primary.arms[0].n_clusters}
    means = found.resampled[:, :, chosen].filled(np.nan).mean(axis=2)
    values = found.values[:, chosen].filled(np.nan).mean(axis=1)
    cells = [_limits(float(values[arm]), means[arm], **sizes) for arm in range(len(analysis.arms))]
    gaps = [
        _limits(float(values[a] - values[b]), means[a] - means[b], **sizes)
        for a, b in primary.comparisons
    ]
    return [(name, *cells, *gaps)]


def _limits(value: float, resampled: FloatArray, *, n_items: int, n_patients: int) -> Number:
    known = resampled[np.isfinite(resampled)]
    if not np.isfinite(value):
        return Number(None, reason="a pair has no kappa")
    if len(known) < 0.95 * len(resampled):
        return Number(
            value,
            reason="undefined in over 5 % of the resamples",
            n_items=n_items,
            n_patients=n_patients,
        )
    low, high = (float(one) for one in np.quantile(known, [0.025, 0.975]))
    return Number(value, low, high, float(known.std(ddof=1)), n_items, n_patients)


def exchange_table(analysis: Analysis, primary: Primary) -> Table:
    """Where the difference lies among those with arm labels exchanged within patients."""
    rated, pairs = analysis.focus, _pairs(analysis)
    rows: list[Row] = []
    for (one, two), gap in zip(primary.comparisons, primary.differences, strict=True):
        null = exchanged(rated, pairs, one, two, primary.weights, analysis.data.report_seed)
        words = analysis.difference_words((one, two))
        if gap.value is None or null is None:
            rows.append((words, gap.value, None, None, "not estimable"))
            continue
        low, high = (float(limit) for limit in np.quantile(null, [0.025, 0.975]))
        place = "inside" if low <= gap.value <= high else "outside"
        rows.append((words, gap.value, low, high, place))
    return Table(
        "exchange",
        "The difference beside those with arm labels exchanged within patients",
        (
            "Comparison",
            "Difference",
            "2.5 % of exchanged",
            "97.5 % of exchanged",
            "The difference is",
        ),
        tuple(rows),
        "exploratory",
        "Exact under the hypothesis that arms do nothing at all to any patient; readers fixed.",
    )


def exchanged(
    rated: ItemRatings, pairs: tuple[Pair, ...], one: int, two: int, weights: str, seed: int
) -> FloatArray | None:
    """(RESAMPLES,) differences of mean pairwise kappa; None where one is undefined."""
    v = disagreement_weights(rated.k, weights)
    kappa = kappa_statistic(v)
    n_patients = int(rated.patients.max(initial=-1)) + 1
    swap = np.random.default_rng(seed).integers(0, 2, (RESAMPLES, n_patients)).astype(float)
    total = np.zeros(RESAMPLES)
    for first, second in pairs:
        a, b = (_sums(rated, arm, first, second, n_patients) for arm in (one, two))
        moved = swap @ (b - a)
        total += kappa(a.sum(axis=0) + moved) - kappa(b.sum(axis=0) - moved)
    if not pairs or not np.isfinite(total).all():
        return None
    return total / len(pairs)


def _sums(rated: ItemRatings, arm: int, first: int, second: int, n_patients: int) -> FloatArray:
    """(patients, K K) counts, patients without a common cell as zeros."""
    codes = rated.codes[arm]
    both = (codes[first] != MISSING) & (codes[second] != MISSING)
    sums = np.zeros((n_patients, rated.k**2))
    present = np.unique(rated.patients[both])
    tables = cluster_confusion(
        codes[first][both], codes[second][both], rated.patients[both], rated.k
    )
    sums[present] = np.asarray(tables, dtype=float).reshape(len(present), -1)
    return sums


def _other_models(analysis: Analysis, primary: Primary) -> list[Row]:
    """Other factors fixed, other weights, cells as available."""
    rated = analysis.focus
    variants: list[tuple[str, Primary]] = []
    models: tuple[tuple[str, Literal["random", "fixed"], Literal["random", "fixed"]], ...] = (
        ("these readers only (readers fixed)", "fixed", "random"),
        ("these cases only (cases fixed)", "random", "fixed"),
    )
    for words, readers, cases in models:
        found = against_reference(analysis, rated, primary.weights, readers=readers, cases=cases)
        variants.append((words, found))
    if primary.design == "crossed":
        partial = against_reference(analysis, rated, primary.weights, design="partial")
        variants.append(("every cell that a reader has graded", partial))
    for weights in ("quadratic", "linear", "nominal"):
        if weights != primary.weights and rated.item.scale_type == "ordinal":
            words = "unweighted" if weights == "nominal" else f"{weights} weights"
            variants.append((words, against_reference(analysis, rated, weights)))
    return [
        (
            words,
            *(number(one) for one in found.arms),
            *(number(one) for one in found.differences),
        )
        for words, found in variants
    ]
