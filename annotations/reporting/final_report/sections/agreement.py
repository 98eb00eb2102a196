"""Agreement: coefficients by arm, matrices, seniority, readers with themselves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from annotations.agreement import (
    Estimate,
    RatingsError,
    cohen_kappa,
    contrast,
    fleiss_kappa,
    gwet_ac,
    kappa_matrix,
    krippendorff_alpha,
    mean_of,
    observed_agreement,
)
from annotations.agreement.estimate import not_estimable
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number, refused
from annotations.reporting.final_report.primary import minus
from annotations.reporting.final_report.ratings import MISSING, IntArray, ItemRatings
from annotations.reporting.final_report.result import Block, Cell, Number, Section, Table, Text

MOST_COLUMNS = 12
Coefficient = Callable[[IntArray, ItemRatings], Estimate]


def _safely(coefficient: Coefficient, codes: IntArray, rated: ItemRatings, name: str) -> Estimate:
    try:
        return coefficient(codes, rated)
    except RatingsError as error:
        return refused(error, name)


def coefficients(rated: ItemRatings) -> dict[str, Coefficient]:
    """Name -> coefficient of (readers, n) codes; weights are those of the scale."""
    weights = rated.item.weights
    k = rated.k
    is_nominal = rated.item.scale_type == "nominal"
    return {
        "observed agreement": lambda codes, one: observed_agreement(
            codes.T, n_categories=k, cluster=one.patients
        ),
        "Fleiss kappa": lambda codes, one: fleiss_kappa(
            codes.T, n_categories=k, weights=weights, cluster=one.patients
        ),
        "Gwet AC": lambda codes, one: gwet_ac(
            codes.T, n_categories=k, weights=weights, cluster=one.patients
        ),
        "Krippendorff alpha": lambda codes, one: krippendorff_alpha(
            codes.T,
            n_categories=k,
            metric="nominal" if is_nominal else "ordinal",
            cluster=one.patients,
        ),
    }


def agreement_section(analysis: Analysis) -> Section:
    """All of it; with one reader there is nothing to compare."""
    if len(analysis.readers) < 2:
        text = "One reader: there is no agreement between readers to report."
        return Section("agreement", "Agreement between readers", (Text(text),))
    blocks: list[Block] = [coefficient_table(analysis)]
    for rated in analysis.ratings.values():
        blocks += matrices(analysis, rated)
    blocks.append(pair_differences(analysis))
    return Section("agreement", "Agreement between readers", tuple(blocks))


def coefficient_table(analysis: Analysis) -> Table:
    """Coefficients over all readers by item and arm, with differences of arms."""
    rows: list[tuple[Cell, ...]] = []
    for rated in analysis.ratings.values():
        pairs = analysis.pairs_of(rated, "all")
        found = [analysis.pair_mean(rated, arm, pairs) for arm in range(len(analysis.arms))]
        name = f"mean pairwise kappa, {rated.item.weights}"
        rows.append(_row(analysis, rated, name, found))
        for name, coefficient in coefficients(rated).items():
            found = [_safely(coefficient, codes, rated, name) for codes in rated.codes]
            rows.append(_row(analysis, rated, name, found))
    heads = ("Item", "Coefficient", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in analysis.comparisons)
    note = (
        "Readers fixed; patients are the units. Weights are those of the item's scale; observed "
        "agreement is unweighted; alpha is ordinal on ordinal scales."
    )
    return Table(
        "agreement-coefficients",
        "Agreement of all readers by item and arm",
        heads,
        tuple(rows),
        "exploratory",
        note,
    )


def _row(
    analysis: Analysis, rated: ItemRatings, name: str, found: list[Estimate]
) -> tuple[Cell, ...]:
    gaps = [number(minus(found[one], found[two])) for one, two in analysis.comparisons]
    return (rated.item.name, name, *(number(one) for one in found), *gaps)


def matrices(analysis: Analysis, rated: ItemRatings) -> list[Block]:
    """Readers x readers by arm; over MOST_COLUMNS readers one row a pair."""
    found = []
    for arm, label in enumerate(analysis.arms):
        cells: dict[tuple[int, int], Number] = {
            (pair.first, pair.second): number(pair.estimate)
            for pair in kappa_matrix(
                rated.codes[arm],
                cluster=rated.patients,
                n_categories=rated.k,
                weights=rated.item.weights,
            )
        }
        key = f"matrix-{rated.item.code}-{arm + 1}".replace("_", "-")
        title = f"{rated.item.name}, {label}: kappa of every pair of readers"
        note = f"{rated.item.weights.capitalize()} weights, K = {rated.k}, readers fixed."
        codes = analysis.readers
        if len(codes) > MOST_COLUMNS:
            listed: tuple[tuple[Cell, ...], ...] = tuple(
                (codes[one], codes[two], value) for (one, two), value in cells.items()
            )
            heads: tuple[str, ...] = ("Reader", "Reader 2", "Kappa")
        else:
            heads = ("", *codes[1:])
            listed = tuple(
                (code, *(cells.get((row, column), "") for column in range(1, len(codes))))
                for row, code in enumerate(codes[:-1])
            )
        found.append(Table(key, title, heads, listed, "exploratory", note))
    return list(found)


def pair_differences(analysis: Analysis) -> Table:
    """Kappa of each pair in each arm and its change, for the endpoint's item."""
    rated = analysis.focus
    rows: list[tuple[Cell, ...]] = []
    for one, two in combinations(range(len(analysis.readers)), 2):
        by_arm = [
            cohen_kappa(
                codes[one],
                codes[two],
                n_categories=rated.k,
                weights=analysis.focus_weights,
                cluster=rated.patients,
            )
            for codes in rated.codes
        ]
        gaps = [number(minus(by_arm[a], by_arm[b])) for a, b in analysis.comparisons]
        pair = f"{analysis.readers[one]} and {analysis.readers[two]}"
        rows.append((pair, *(number(value) for value in by_arm), *gaps))
    heads = ("Pair", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in analysis.comparisons)
    return Table(
        "pair-differences",
        f"{rated.item.name}: pairs of readers from arm to arm",
        heads,
        tuple(rows),
        "exploratory",
        "Intervals of differences know that both arms hold the same patients.",
    )


GROUPS = (
    ("senior", "within seniors"),
    ("junior", "within juniors"),
    ("mixed", "senior with junior"),
)


def seniority_estimates(
    analysis: Analysis, rated: ItemRatings, weights: str
) -> dict[str, list[Estimate]]:
    """Group of pairs -> mean kappa in each arm."""
    return {
        name: [
            analysis.pair_mean(rated, arm, analysis.pairs_of(rated, name), weights=weights)
            for arm in range(len(analysis.arms))
        ]
        for name, _ in GROUPS
    }


def seniority_section(analysis: Analysis) -> Section:
    """Agreement by seniority, and whether arms change it differently (interaction)."""
    title = "Agreement by seniority"
    if not analysis.group("senior") or not analysis.group("junior"):
        text = (
            "The protocol doesn't name both seniors and juniors, so nothing is split by seniority."
        )
        return Section("seniority", title, (Text(text),))
    return Section("seniority", title, (seniority_table(analysis, analysis.focus),))


def seniority_table(analysis: Analysis, rated: ItemRatings) -> Table:
    """Groups as rows; the last rows are interactions, senior minus junior."""
    found = seniority_estimates(analysis, rated, analysis.focus_weights)
    rows: list[tuple[Cell, ...]] = []
    for name, words in GROUPS:
        gaps = [number(minus(found[name][a], found[name][b])) for a, b in analysis.comparisons]
        rows.append((words, *(number(one) for one in found[name]), *gaps))
    interactions = []
    for a, b in analysis.comparisons:
        four = [found["senior"][a], found["senior"][b], found["junior"][a], found["junior"][b]]
        interactions.append(number(contrast([1.0, -1.0, -1.0, 1.0], four, method="interaction")))
    blanks: tuple[Cell, ...] = ("",) * len(analysis.arms)
    rows.append(("interaction: change of seniors minus change of juniors", *blanks, *interactions))
    heads = ("Pairs", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in analysis.comparisons)
    return Table(
        "seniority",
        f"{rated.item.name}: agreement by seniority",
        heads,
        tuple(rows),
        "exploratory",
        "Mean kappa over the pairs, readers fixed. The interaction compares the two changes; "
        "comparing their intervals by eye does not.",
    )


def intra_section(analysis: Analysis) -> Section:
    """Readers with themselves, on hidden repeats."""
    title = "Agreement of readers with themselves"
    if not any((rated.repeats != MISSING).any() for rated in analysis.ratings.values()):
        text = "No hidden repeats were read, so agreement of readers with themselves is unknown."
        return Section("intra-reader", title, (Text(text),))
    rows: list[tuple[Cell, ...]] = []
    for rated in analysis.ratings.values():
        each = [
            [_with_self(rated, arm, reader) for arm in range(len(analysis.arms))]
            for reader in range(len(analysis.readers))
        ]
        for reader, by_arm in enumerate(each):
            rows.append(
                (rated.item.name, analysis.readers[reader], *(number(one) for one in by_arm))
            )
        means = []
        for arm in range(len(analysis.arms)):
            usable = [by_arm[arm] for by_arm in each if by_arm[arm].n_items]
            mean = mean_of(usable) if usable else not_estimable("mean", "no repeat was read")
            means.append(number(mean))
        rows.append((rated.item.name, "mean", *means))
    table = Table(
        "intra-reader",
        "Kappa of first reading and hidden repeat",
        ("Item", "Reader", *analysis.arms),
        tuple(rows),
        "exploratory",
        "Same arm, same reader; weights of the item's scale; patients are the units.",
    )
    return Section("intra-reader", title, (table,))


def _with_self(rated: ItemRatings, arm: int, reader: int) -> Estimate:
    first, second = rated.codes[arm, reader], rated.repeats[arm, reader]
    read = np.flatnonzero(second != MISSING)
    return cohen_kappa(
        first[read],
        second[read],
        n_categories=rated.k,
        weights=rated.item.weights,
        cluster=rated.patients[read],
    )
