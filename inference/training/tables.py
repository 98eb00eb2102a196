"""The figures as lines of text, for the terminal and `results.txt`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference.training.evaluation import LEVEL_TOLERANCE_MM


def table(figures: Mapping[str, Any]) -> str:
    """Everything: levels, overlap, then each item overall, by level, and its confusion matrix."""
    levels = figures["disc_levels"]
    lines = [
        f"exams {figures['exams']} of {figures['patients']} patients, "
        f"{figures['seconds_per_exam']} s per exam (median)",
        f"disc levels within {LEVEL_TOLERANCE_MM:g} mm: {levels['within_5_mm']} of "
        f"{levels['expected']}, median error {levels['median_error_mm']} mm",
    ]
    lines += [f"Dice {name:<22} {value}" for name, value in figures["dice"].items()]
    graded = {code: row for code, row in figures["grades"].items() if row["discs"]}
    for code in figures["grades"]:
        if code not in graded:
            lines.append(f"{code}: no cell has both a grade and a label")
    if graded:
        lines += ["", *overall(graded), "", *by_level(graded)]
    for code, row in graded.items():
        lines += ["", *_confusion(code, row)]
    if graded:
        lines += [
            "",
            f"Intervals in brackets: {figures['intervals']}, seed "
            f"{figures['interval_seed']}. A dash: undefined, or too few patients.",
        ]
    return "\n".join(lines)


def overall(graded: Mapping[str, Any]) -> list[str]:
    """One line an item."""
    rows = [
        ("item", "n", "quadratic kappa", "accuracy", "class acc.", "AUROC (from)", "calib. error")
    ]
    for code, row in graded.items():
        binary = row["binary"]
        rows.append(
            (
                code,
                str(row["discs"]),
                _with_interval(row["quadratic_kappa"], row["quadratic_kappa_interval"]),
                _number(row["accuracy"]),
                _number(row["class_accuracy"]),
                f"{_with_interval(binary['auroc'], binary['auroc_interval'])} "
                f"(>= {binary['at_least']})",
                _number(row["calibration_error"]),
            )
        )
    return aligned(rows)


def by_level(graded: Mapping[str, Any], figure: str = "class_accuracy") -> list[str]:
    """Items down, levels across, as multi-task papers print them; n in brackets."""
    levels = sorted({level for row in graded.values() for level in row["levels"]})
    rows = [(figure.replace("_", " "), *levels, "all levels")]
    for code, row in graded.items():
        cells = [row["levels"].get(level) for level in levels]
        rows.append(
            (
                code,
                *(f"{_number(c[figure])} ({c['n']})" if c else "-" for c in cells),
                f"{_number(row[figure])} ({row['discs']})",
            )
        )
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, the others to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _confusion(code: str, row: Mapping[str, Any]) -> list[str]:
    scores = [str(score) for score in row["scores"]]
    rows = [(f"{code}: true \\ found", *scores)]
    rows += [
        (score, *(str(n) for n in counts))
        for score, counts in zip(scores, row["confusion"], strict=True)
    ]
    return aligned(rows)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _with_interval(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None or interval is None:
        return _number(value)
    return f"{value:.3f} [{interval[0]:.3f}, {interval[1]:.3f}]"
