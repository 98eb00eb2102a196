"""AI on its own: probabilities against the reference, conformal sets."""

from __future__ import annotations

import numpy as np

from annotations.agreement import (
    RatingsError,
    brier_score,
    calibration,
    multiclass_brier,
    ordinal_conformal,
    recalibration,
    set_quality,
)
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number
from annotations.reporting.final_report.ratings import MISSING, BoolArray, ItemRatings
from annotations.reporting.final_report.result import Block, Cell, Figure, Section, Table, Text

ALPHA = 0.1


def calibration_section(analysis: Analysis) -> Section:
    """Reliability of the probabilities of every AI that gave any."""
    title = "Calibration of AI"
    found = [
        (pipeline, rated)
        for pipeline in analysis.pipelines()
        for rated in analysis.ratings.values()
        if usable(rated, pipeline).any()
    ]
    if not found:
        text = "No cell has both probabilities of AI and a reference, so calibration can't be told."
        return Section("calibration", title, (Text(text),))
    blocks: list[Block] = [_table(found)]
    blocks += [_figure(pipeline, rated) for pipeline, rated in found if rated is analysis.focus]
    blocks.append(_conformal(analysis, found))
    return Section("calibration", title, tuple(blocks))


def usable(rated: ItemRatings, pipeline: str) -> BoolArray:
    """(n,) cells with probabilities and a reference."""
    shares = rated.probabilities.get(pipeline)
    if shares is None:
        return np.zeros(len(rated.cells), dtype=bool)
    found: BoolArray = np.isfinite(shares).all(axis=1) & (rated.reference != MISSING)
    return found


def _binary(rated: ItemRatings, pipeline: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keep = usable(rated, pipeline)
    chance = rated.probabilities[pipeline][keep][:, rated.cut :].sum(axis=1)
    truth = rated.positive(rated.reference)[keep]
    return np.clip(chance, 0.0, 1.0), truth, rated.patients[keep]


def _table(found: list[tuple[str, ItemRatings]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for pipeline, rated in found:
        chance, truth, patients = _binary(rated, pipeline)
        bins = calibration(chance, truth)
        keep = usable(rated, pipeline)
        try:
            fit = recalibration(chance, truth, cluster=patients)
            slopes: tuple[Cell, ...] = (number(fit.slope), number(fit.in_the_large))
        except RatingsError as error:
            slopes = (f"not estimable: {error}", "")
        whole = multiclass_brier(
            rated.probabilities[pipeline][keep], rated.reference[keep], cluster=patients
        )
        rows.append(
            (
                pipeline,
                rated.item.name,
                number(brier_score(chance, truth, cluster=patients)),
                number(whole),
                bins.ece,
                *slopes,
            )
        )
    heads = (
        "AI",
        "Item",
        "Brier score at the cut",
        "Brier score of all grades",
        "ECE",
        "Slope",
        "In the large",
    )
    note = (
        "At the cut: probability of the middle of the scale or more. ECE: 10 bins of equal width, "
        "biased upwards, without interval. Ideal are slope 1 and calibration in the large 0."
    )
    return Table("calibration", "Calibration", heads, tuple(rows), "exploratory", note)


def _figure(pipeline: str, rated: ItemRatings) -> Figure:
    chance, truth, _ = _binary(rated, pipeline)
    bins = calibration(chance, truth)
    return Figure(
        f"reliability-{rated.item.code}-{pipeline}".replace("_", "-").replace("@", "-"),
        f"{rated.item.name}, {pipeline}: reliability",
        "reliability",
        {
            "x": [float(one) for one in bins.mean_probability],
            "y": [float(one) for one in bins.share_positive],
            "n": [int(one) for one in bins.counts],
        },
        "exploratory",
        f"Probability of {rated.cut_words}; {bins.binning.replace('_', ' ')}.",
    )


def _conformal(analysis: Analysis, found: list[tuple[str, ItemRatings]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for pipeline, rated in found:
        if rated.item.scale_type != "ordinal":
            continue
        keep = np.flatnonzero(usable(rated, pipeline))
        patients = rated.patients[keep]
        order = np.random.default_rng(analysis.data.report_seed).permutation(np.unique(patients))
        first = np.isin(patients, order[: len(order) // 2])
        shares, truth = rated.probabilities[pipeline][keep], rated.reference[keep]
        shares = shares / shares.sum(axis=1, keepdims=True)
        if not first.any() or first.all():
            rows.append((pipeline, rated.item.name, "too few patients to split", "", 0, 0))
            continue
        rule = ordinal_conformal(shares[first], truth[first], alpha=ALPHA)
        quality = set_quality(rule.sets(shares[~first]), truth[~first], cluster=patients[~first])
        rows.append(
            (
                pipeline,
                rated.item.name,
                number(quality.coverage),
                number(quality.size),
                int(first.sum()),
                int((~first).sum()),
            )
        )
    return Table(
        "conformal",
        "Prediction sets of neighbouring grades, 90 % promised",
        ("AI", "Item", "Coverage", "Mean number of grades", "Cells to set it", "Cells to test it"),
        tuple(rows),
        "exploratory",
        f"Half of the patients, drawn by seed {analysis.data.report_seed}, set the threshold; the "
        "other half tests it.",
    )
