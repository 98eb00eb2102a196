"""Detection by centre: FROC, precision and recall, F1."""

from __future__ import annotations

from annotations.agreement import SignificanceTest, precision_recall
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.result import Block, Cell, Figure, Section, Table, Text
from annotations.reporting.final_report.sections.accuracy import referenced
from annotations.reporting.final_report.sections.detection import (
    BOX_HEADS,
    BOX_NOTE,
    box_row,
    boxes_of,
    froc_figure,
    froc_of,
)

TITLE = "Detection by centre"
SOURCE = (
    "In the form of Yi et al., Eur Spine J 2023;32:3807 (F1, precision and recall, FROC at several "
    "centres). A centre is the cohort that an exam was brought in with."
)


def yi(analysis: Analysis) -> tuple[Section, tuple[tuple[str, SignificanceTest], ...]]:
    """One row a centre, item and AI, and curves by centre."""
    centres: dict[str, set[str]] = {}
    for case in analysis.data.cases:
        centres.setdefault(case.centre or "not said", set()).add(case.number)
    rows: list[tuple[Cell, ...]] = []
    figures: list[Figure] = []
    for pipeline in analysis.pipelines():
        own = tuple(one for one in analysis.data.detections if one.pipeline == pipeline)
        for rated in referenced(analysis):
            froc, recall = [], []
            for name, cases in sorted(centres.items()):
                boxes = boxes_of(rated, own, frozenset(cases))
                if boxes is None:
                    continue
                rows.append(box_row((name, pipeline, rated.item.name), boxes))
                curve = froc_of(boxes)
                if curve is None:
                    continue
                froc.append(
                    {
                        "name": name,
                        "x": [0.0, *(float(one) for one in curve.false_marks_per_case)],
                        "y": [0.0, *(float(one) for one in curve.lesion_fraction)],
                    }
                )
                points = precision_recall(boxes.scores, boxes.hit, n_lesions=boxes.n_lesions)
                recall.append(
                    {
                        "name": name,
                        "x": [float(one) for one in points.recall],
                        "y": [float(one) for one in points.precision],
                    }
                )
            place = len(figures) // 2 + 1
            if froc:
                title = f"{rated.item.name}, {pipeline}"
                figures.append(
                    froc_figure(f"preset-froc-{place}", f"{title}: FROC by centre", froc)
                )
                figures.append(
                    Figure(
                        f"preset-pr-{place}",
                        f"{title}: precision and recall by centre",
                        "curves",
                        {
                            "x_label": "recall",
                            "y_label": "precision",
                            "x_max": 1.0,
                            "diagonal": False,
                            "curves": recall,
                        },
                        "exploratory",
                    )
                )
    if not rows:
        text = f"{SOURCE} There are no boxes of AI with a reference, so nothing can be counted."
        return Section("preset", TITLE, (Text(text),)), ()
    heads = ("Centre", "AI", "Item", *BOX_HEADS)
    table = Table(
        "preset-centres", "Boxes of AI by centre", heads, tuple(rows), "exploratory", BOX_NOTE
    )
    blocks: tuple[Block, ...] = (Text(SOURCE), table, *figures)
    return Section("preset", TITLE, blocks), ()
