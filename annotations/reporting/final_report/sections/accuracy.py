"""Accuracy against the reference: 2x2 by reader, ROC, several readers and cases."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from annotations.agreement import (
    MrmcResult,
    RatingsError,
    auc,
    obuchowski_rockette,
    roc_curve,
    two_by_two,
)
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number, refused
from annotations.reporting.final_report.primary import design_for
from annotations.reporting.final_report.ratings import MISSING, FloatArray, IntArray, ItemRatings
from annotations.reporting.final_report.result import Block, Cell, Figure, Section, Table, Text

NO_REFERENCE = "There is no reference for any item, so accuracy can't be told."
Measure = Literal["sensitivity", "specificity", "auc"]


def referenced(analysis: Analysis) -> list[ItemRatings]:
    """Items with a reference and a cut: ordinal scales, and any of two grades."""
    return [
        one
        for one in analysis.ratings.values()
        if one.has_reference and (one.item.scale_type == "ordinal" or one.k == 2)
    ]


def scores(codes: IntArray) -> FloatArray:
    """Grades as scores of a ROC curve, NaN missing."""
    return np.where(codes == MISSING, np.nan, codes.astype(float))


def accuracy_section(analysis: Analysis) -> Section:
    """Sensitivity, specificity, areas and curves, at the middle of the scale."""
    items = referenced(analysis)
    title = "Accuracy against the reference"
    if not items:
        return Section("accuracy", title, (Text(NO_REFERENCE),))
    cuts = "; ".join(f"{one.item.name}: {one.cut_words}" for one in items)
    words = (
        f"A grade counts as positive from the middle of its scale upwards ({cuts}). The protocol "
        "fixes no threshold, so all of this is exploratory."
    )
    blocks: list[Block] = [Text(words), reader_table(analysis, items), arms_table(analysis, items)]
    focus = analysis.focus if analysis.focus in items else items[0]
    blocks += roc_figures(analysis, focus)
    return Section("accuracy", title, tuple(blocks))


def reader_table(analysis: Analysis, items: list[ItemRatings]) -> Table:
    """2x2 counts with sensitivity and specificity of each reader in each arm; AI too."""
    rows: list[tuple[Cell, ...]] = []
    for rated in items:
        for arm, label in enumerate(analysis.arms):
            for reader, code in enumerate(analysis.readers):
                rows.append(_two_by_two(rated, label, code, rated.codes[arm, reader]))
        for pipeline, codes in rated.ai.items():
            if (codes != MISSING).any():
                rows.append(_two_by_two(rated, "AI alone", pipeline, codes))
    heads = (
        "Item",
        "Arm",
        "Reader",
        "True positive",
        "False positive",
        "False negative",
        "True negative",
        "Sensitivity",
        "Specificity",
        "Area under the ROC curve",
    )
    note = "Cells with a reference. Shares clustered by patient; area of the ordered grades."
    return Table("two-by-two", "Calls of each reader", heads, tuple(rows), "exploratory", note)


def _two_by_two(rated: ItemRatings, arm: str, reader: str, codes: IntArray) -> tuple[Cell, ...]:
    truth = rated.positive(rated.reference)
    table = two_by_two(rated.positive(codes), truth, cluster=rated.patients)
    area = auc(scores(codes), truth, cluster=rated.patients)
    return (
        rated.item.name,
        arm,
        reader,
        table.true_positive,
        table.false_positive,
        table.false_negative,
        table.true_negative,
        number(table.sensitivity()),
        number(table.specificity()),
        number(area),
    )


def measured(analysis: Analysis, rated: ItemRatings, measure: Measure) -> MrmcResult:
    """Several readers and cases, both random, of one measure."""
    is_area = measure == "auc"
    ratings: Any = scores(rated.codes) if is_area else rated.positive(rated.codes)
    return obuchowski_rockette(
        figure=measure,
        ratings=ratings,
        truth=rated.positive(rated.reference),
        cluster=rated.patients,
        design=design_for(analysis, rated),
    )


def arms_table(analysis: Analysis, items: list[ItemRatings]) -> Table:
    """Means of the readers by arm and their differences, for readers and cases like these."""
    rows: list[tuple[Cell, ...]] = []
    names: tuple[tuple[Measure, str], ...] = (
        ("sensitivity", "sensitivity"),
        ("specificity", "specificity"),
        ("auc", "area under the ROC curve"),
    )
    for rated in items:
        for measure, name in names:
            try:
                result = measured(analysis, rated, measure)
                cells = [number(one) for one in result.arm_means]
                gaps = [number(result.difference(a, b)) for a, b in analysis.comparisons]
            except RatingsError as error:
                cells = [number(refused(error, name))] * len(analysis.arms)
                gaps = [number(refused(error, name))] * len(analysis.comparisons)
            rows.append((rated.item.name, name, *cells, *gaps))
    heads = ("Item", "Mean of the readers", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in analysis.comparisons)
    note = (
        "Obuchowski and Rockette's analysis with Hillis' degrees of freedom; readers and cases "
        "random."
    )
    return Table("accuracy-arms", "Accuracy by arm", heads, tuple(rows), "exploratory", note)


def roc_figures(analysis: Analysis, rated: ItemRatings) -> list[Block]:
    """ROC curves of the readers, one figure an arm, with AI alone where it has probabilities."""
    found: list[Block] = []
    truth = rated.positive(rated.reference)
    for arm, label in enumerate(analysis.arms):
        curves = []
        for reader, code in enumerate(analysis.readers):
            curve = _curve(scores(rated.codes[arm, reader]), truth, code)
            curves += [curve] if curve else []
        pipeline = analysis.pipeline_of(arm)
        if pipeline in rated.probabilities:
            chance = rated.probabilities[pipeline][:, rated.cut :].sum(axis=1)
            curve = _curve(chance, truth, "AI alone")
            curves += [{**curve, "strong": True}] if curve else []
        if curves:
            found.append(
                Figure(
                    f"roc-{arm + 1}",
                    f"{rated.item.name}, {label}: ROC curves",
                    "curves",
                    {
                        "x_label": "1 - specificity",
                        "y_label": "sensitivity",
                        "x_max": 1.0,
                        "diagonal": True,
                        "curves": curves,
                    },
                    "exploratory",
                    f"Positive: {rated.cut_words}.",
                )
            )
    return found or [Text("No ROC curve: the reference has only one kind of cells.")]


def _curve(values: FloatArray, truth: IntArray, name: str) -> dict[str, Any] | None:
    try:
        curve = roc_curve(values, truth)
    except RatingsError:
        return None
    return {
        "name": name,
        "x": [float(one) for one in curve.false_positive_rate],
        "y": [float(one) for one in curve.true_positive_rate],
    }
