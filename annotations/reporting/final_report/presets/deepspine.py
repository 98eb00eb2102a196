"""Every task and level over all classes: the model and the readers against the reference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotations.agreement import SignificanceTest, multiclass_table, one_vs_rest_auc
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number
from annotations.reporting.final_report.ratings import MISSING, IntArray, ItemRatings
from annotations.reporting.final_report.result import Block, Cell, Section, Table, Text
from annotations.vocabulary import ALL_LEVELS

TITLE = "Each task and level, all classes"
SOURCE = (
    "In the form of DeepSPINE (Lu et al. 2018, arXiv 1807.10215): class accuracy of each task, and "
    "of each level."
)


def deepspine(analysis: Analysis) -> tuple[Section, tuple[tuple[str, SignificanceTest], ...]]:
    """Tables by task, by level, and class against class."""
    items = [one for one in analysis.ratings.values() if one.has_reference]
    if not items:
        text = f"{SOURCE} There is no reference, so no class can be right."
        return Section("preset", TITLE, (Text(text),)), ()
    blocks: list[Block] = [Text(SOURCE), _tasks(analysis, items), _levels(analysis, items)]
    blocks += [_classes(analysis, rated) for rated in items]
    blocks += [_areas(items)]
    return Section("preset", TITLE, tuple(blocks)), ()


def _who(analysis: Analysis, rated: ItemRatings) -> Iterator[tuple[str, IntArray]]:
    """AI, and the readers of each arm together, as (times n,) codes."""
    for name, codes in rated.ai.items():
        if (codes != MISSING).any():
            yield f"AI {name}", codes
    for arm, label in enumerate(analysis.arms):
        yield f"readers, {label}", rated.codes[arm].ravel()


def _row(rated: ItemRatings, codes: IntArray, keep: np.ndarray) -> tuple[Cell, ...]:
    times = len(codes) // len(rated.cells)
    chosen = np.tile(keep, times)
    table = multiclass_table(
        codes[chosen],
        np.tile(rated.reference, times)[chosen],
        n_categories=rated.k,
        cluster=np.tile(rated.patients, times)[chosen],
    )
    macro = number(table.macro("sensitivity")), number(table.macro("f1"))
    return int(table.counts.sum()), number(table.accuracy()), *macro


HEADS = ("Answers", "Same class", "Mean class accuracy", "Macro F1")
NOTE = (
    "Mean class accuracy: macro sensitivity; not told where a class doesn't occur. All readers of "
    "an arm together, clustered by patient."
)


def _tasks(analysis: Analysis, items: list[ItemRatings]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for rated in items:
        everything = np.ones(len(rated.cells), dtype=bool)
        rows += [
            (rated.item.name, who, *_row(rated, codes, everything))
            for who, codes in _who(analysis, rated)
        ]
    heads = ("Task", "Who", *HEADS)
    return Table("preset-tasks", "By task", heads, tuple(rows), "exploratory", NOTE)


def _levels(analysis: Analysis, items: list[ItemRatings]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for rated in items:
        levels = np.array(rated.levels)
        for level in ALL_LEVELS:
            if (levels == level).any():
                rows += [
                    (rated.item.name, level, who, *_row(rated, codes, levels == level))
                    for who, codes in _who(analysis, rated)
                ]
    heads = ("Task", "Level", "Who", *HEADS)
    return Table("preset-levels", "By task and level", heads, tuple(rows), "exploratory", NOTE)


def _classes(analysis: Analysis, rated: ItemRatings) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for who, codes in _who(analysis, rated):
        times = len(codes) // len(rated.cells)
        table = multiclass_table(
            codes,
            np.tile(rated.reference, times),
            n_categories=rated.k,
            cluster=np.tile(rated.patients, times),
        )
        for place, label in enumerate(rated.item.labels):
            one = table.one_vs_rest[place]
            rows.append(
                (
                    who,
                    f"{rated.item.scores[place]} {label}",
                    *(int(count) for count in table.counts[place]),
                    number(one.sensitivity()),
                    number(one.ppv()),
                )
            )
    truth = tuple(f"reference {score}" for score in rated.item.scores)
    return Table(
        f"preset-classes-{rated.item.code}".replace("_", "-"),
        f"{rated.item.name}: answers (rows) by reference (columns)",
        ("Who", "Answer", *truth, "Sensitivity of the class", "PPV of the class"),
        tuple(rows),
        "exploratory",
    )


def _areas(items: list[ItemRatings]) -> Block:
    rows: list[tuple[Cell, ...]] = []
    for rated in items:
        for name, shares in rated.probabilities.items():
            if not np.isfinite(shares).any():
                continue
            each, mean = one_vs_rest_auc(shares, rated.reference, cluster=rated.patients)
            rows += [
                (rated.item.name, name, f"{rated.item.scores[place]} {label}", number(each[place]))
                for place, label in enumerate(rated.item.labels)
            ]
            rows.append((rated.item.name, name, "mean of the classes", number(mean)))
    if not rows:
        return Text("AI gave no probabilities for these cells, so there are no areas by class.")
    return Table(
        "preset-class-areas",
        "AI: area under the ROC curve, each class against the rest",
        ("Task", "AI", "Class", "Area"),
        tuple(rows),
        "exploratory",
    )
