"""The primary endpoint, as the protocol fixes it, with its one test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from annotations.agreement import (
    Estimate,
    MrmcResult,
    RatingsError,
    SignificanceTest,
    cohen_kappa,
    contrast,
    covariance,
    difference,
    hotelling,
    obuchowski_rockette,
    p_value,
)
from annotations.agreement.mrmc import Design
from annotations.agreement.significance import f_test, no_test
from annotations.reporting.final_report.analysis import Analysis, Pair
from annotations.reporting.final_report.numbers import refused
from annotations.reporting.final_report.ratings import MISSING, ItemRatings

REFERENCE = "reference"
FIXED = "These readers only (readers fixed), on patients like these."


@dataclass(frozen=True)
class Component:
    """A variance component or mean square by name, None with a reason."""

    name: str
    value: float | None
    reason: str = ""


@dataclass(frozen=True)
class Primary:
    """kind: "pairs" (agreement of readers) or "reference" (each reader with the reference).

    arms: figure of merit of each arm; comparisons, differences: aligned. test: the only p.
    readers: (arm x reader) figures; reader_differences: (comparison x reader).
    """

    kind: Literal["pairs", "reference"]
    figure: str
    weights: str
    arms: tuple[Estimate, ...]
    comparisons: tuple[Pair, ...]
    differences: tuple[Estimate, ...]
    test: SignificanceTest
    components: tuple[Component, ...]
    speaks_of: str
    readers: tuple[tuple[Estimate, ...], ...]
    reader_differences: tuple[tuple[Estimate, ...], ...]
    n_pairs: int = 0
    n_pairs_apart: int = 0
    design: str = ""


def primary_of(analysis: Analysis) -> Primary | None:
    """None where the protocol names no endpoint."""
    endpoint = analysis.endpoint
    if endpoint is None:
        return None
    if endpoint.reader_pairs == REFERENCE:
        return against_reference(analysis, analysis.focus, endpoint.weights)
    return between_readers(analysis, analysis.focus, endpoint.weights, endpoint.reader_pairs)


def between_readers(
    analysis: Analysis, rated: ItemRatings, weights: str, reader_pairs: str
) -> Primary:
    """Mean kappa over pairs of readers in each arm, and its differences, patients as units.

    One comparison: t of the difference squared, F(1, P - 1); more arms: Hotelling's T2.
    """
    pairs = analysis.pairs_of(rated, reader_pairs)
    arms = tuple(
        analysis.pair_mean(rated, arm, pairs, weights=weights) for arm in range(len(analysis.arms))
    )
    differences = tuple(minus(arms[one], arms[two]) for one, two in analysis.comparisons)
    readers = tuple(
        tuple(
            analysis.pair_mean(
                rated, arm, [pair for pair in pairs if reader in pair], weights=weights
            )
            for reader in range(len(analysis.readers))
        )
        for arm in range(len(analysis.arms))
    )
    return Primary(
        "pairs",
        "mean kappa over pairs of readers",
        weights,
        arms,
        analysis.comparisons,
        differences,
        _pairs_test(arms, differences),
        _pairs_components(arms),
        FIXED,
        readers,
        _by_reader(analysis, readers),
        len(pairs),
        len(analysis.wanted_pairs(reader_pairs)) - len(pairs),
    )


def minus(one: Estimate, two: Estimate) -> Estimate:
    """First minus second; the reason of whichever lacks a value."""
    if one.value is None or two.value is None:
        return contrast([1.0, -1.0], [one, two], method="difference")
    return difference(one, two)


def _by_reader(
    analysis: Analysis, readers: tuple[tuple[Estimate, ...], ...]
) -> tuple[tuple[Estimate, ...], ...]:
    return tuple(
        tuple(minus(a, b) for a, b in zip(readers[one], readers[two], strict=True))
        for one, two in analysis.comparisons
    )


def _pairs_test(arms: tuple[Estimate, ...], differences: tuple[Estimate, ...]) -> SignificanceTest:
    method = "equality of arms, patients as units, readers fixed"
    if not differences:
        return no_test(method, "one arm: no comparison", distribution="F")
    if len(differences) > 1:
        return hotelling(arms)
    gap = differences[0]
    p = p_value(gap)
    if gap.value is None or gap.se is None or p is None:
        return no_test(method, str(gap.undefined), distribution="F")
    return f_test(
        (gap.value / gap.se) ** 2,
        1,
        gap.n_clusters - 1,
        method=method,
        n_items=gap.n_items,
        n_clusters=gap.n_clusters,
    )


def _pairs_components(arms: tuple[Estimate, ...]) -> tuple[Component, ...]:
    lacking = [one for one in arms if one.influence is None or one.value is None]
    if lacking:
        reason = str(lacking[0].undefined)
        return (Component("variances of the arms over patients", None, reason),)
    try:
        spread = covariance(list(arms))
    except RatingsError as error:
        return (Component("variances of the arms over patients", None, str(error)),)
    found = [
        Component(f"variance over patients, arm {arm + 1}", float(spread[arm, arm]))
        for arm in range(len(arms))
    ]
    found += [
        Component(
            f"covariance over patients, arms {one + 1} and {two + 1}", float(spread[one, two])
        )
        for one in range(len(arms))
        for two in range(one + 1, len(arms))
    ]
    reason = "readers are fixed: there is no accepted test of pairwise kappa with random readers"
    return (*found, Component("variance of readers", None, reason))


def design_for(analysis: Analysis, rated: ItemRatings) -> Design:
    """How the engine calls the design, by who has read what."""
    if analysis.data.design == "split_plot":
        return "split_plot"
    read = rated.codes != MISSING
    shared = bool(read.all(axis=(0, 1)).any()) if read.size else False
    has_limits = any(reader.case_limit for reader in analysis.data.readers)
    return "partial" if has_limits or not shared else "crossed"


def against_reference(
    analysis: Analysis,
    rated: ItemRatings,
    weights: str,
    *,
    readers: Literal["random", "fixed"] = "random",
    cases: Literal["random", "fixed"] = "random",
    design: Design | None = None,
) -> Primary:
    """Kappa of each reader with the reference, by Obuchowski and Rockette's analysis."""
    chosen = design or design_for(analysis, rated)
    each = tuple(
        tuple(
            cohen_kappa(
                rated.codes[arm, reader],
                rated.reference,
                n_categories=rated.k,
                weights=weights,
                cluster=rated.patients,
            )
            for reader in range(len(analysis.readers))
        )
        for arm in range(len(analysis.arms))
    )
    figure = "kappa of readers with the reference"
    try:
        result = obuchowski_rockette(
            figure="kappa",
            ratings=rated.codes,
            truth=rated.reference,
            cluster=rated.patients,
            n_categories=rated.k,
            weights=weights,
            design=chosen,
            readers=readers,
            cases=cases,
        )
    except RatingsError as error:
        none = refused(error, figure)
        return Primary(
            "reference",
            figure,
            weights,
            (none,) * len(analysis.arms),
            analysis.comparisons,
            (none,) * len(analysis.comparisons),
            no_test(figure, str(error), distribution="F"),
            (Component("variance components", None, str(error)),),
            "",
            each,
            _by_reader(analysis, each),
            design=chosen,
        )
    return Primary(
        "reference",
        figure,
        weights,
        result.arm_means,
        analysis.comparisons,
        tuple(result.difference(one, two) for one, two in analysis.comparisons),
        result.test,
        components_of(result),
        f"{result.generalises_to[0].upper()}{result.generalises_to[1:]}.",
        each,
        _by_reader(analysis, each),
        design=chosen,
    )


def components_of(result: MrmcResult) -> tuple[Component, ...]:
    """Mean squares and variance components as estimated, below 0 too."""
    parts = result.components
    if parts is None:
        return (Component("variance components", None, str(result.undefined)),)
    named = {
        "mean square of arms": parts.ms_arm,
        "mean square of readers": parts.ms_reader,
        "mean square of arms by readers": parts.ms_arm_reader,
        "variance of readers": parts.var_reader,
        "variance of arms by readers": parts.var_arm_reader,
        "error variance": parts.var_error,
        "Cov1 (same reader, two arms)": parts.cov1,
        "Cov2 (two readers, same arm)": parts.cov2,
        "Cov3 (two readers, two arms)": parts.cov3,
    }
    return tuple(
        Component(name, value, "" if value is not None else "not part of this design")
        for name, value in named.items()
        if value is None or np.isfinite(value)
    )
