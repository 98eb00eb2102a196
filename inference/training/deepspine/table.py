"""The figures in the form of Lu et al. 2018: how much of each grade is found, task by task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference.training.evaluation import LUMBAR_DISCS
from inference.training.tables import aligned, overall


def paper_table(figures: Mapping[str, Any]) -> str:
    """Class accuracy by grade and its mean (the headline), overall accuracy, binary area."""
    levels = figures["disc_levels"]
    graded = {code: row for code, row in figures["grades"].items() if row["discs"]}
    lines = [
        f"exams {figures['exams']} of {figures['patients']} patients",
        f"disc levels within 5 mm: {levels['within_5_mm']} of {levels['expected']}, median error "
        f"{levels['median_error_mm']} mm",
    ]
    lines += [
        f"{code}: no cell has both a grade and a label"
        for code in figures["grades"]
        if code not in graded
    ]
    if not graded:
        return "\n".join(lines)
    lines += ["", "Share found of each true grade (n), and the mean of the shares"]
    for code, row in graded.items():
        lines += ["", *_of_task(code, row)]
    for figure in ("class_accuracy", "accuracy", "auroc"):
        lines += ["", *_by_level(graded, figure)]
    lines += ["", *overall(graded), "", f"Intervals in brackets: {figures['intervals']}, seed "]
    lines[-1] += f"{figures['interval_seed']}. A dash: undefined, or too few patients."
    return "\n".join(lines)


def _of_task(code: str, row: Mapping[str, Any]) -> list[str]:
    binary = row["binary"]
    head = [f"grade {score}" for score in row["scores"]]
    shares = []
    for place, counts in enumerate(row["confusion"]):
        n = sum(counts)
        shares.append(f"{counts[place] / n:.3f} ({n})" if n else "-")
    rest = (
        _number(row["class_accuracy"]),
        _number(row["accuracy"]),
        _number(binary["auroc"]),
    )
    return aligned(
        [
            (code, *head, "mean class acc.", "accuracy", f"AUROC (>= {binary['at_least']})"),
            (f"n = {row['discs']}", *shares, *rest),
        ]
    )


def _by_level(graded: Mapping[str, Any], figure: str) -> list[str]:
    """Tasks down, right and left by themselves; levels across; n in brackets."""
    rows: list[Sequence[str]] = [(f"{figure.replace('_', ' ')} by level", *LUMBAR_DISCS)]
    for code, row in graded.items():
        sides = sorted({key.partition(" ")[2] for key in row["levels"]})
        for side in sides:
            found = [row["levels"].get(f"{level} {side}".strip()) for level in LUMBAR_DISCS]
            cells = [f"{_number(c[figure])} ({c['n']})" if c else "-" for c in found]
            rows.append((f"{code} {side}".strip(), *cells))
    return aligned(rows)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
