"""Detection: boxes of AI against the reference by level, and graded levels as marks of readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.agreement import (
    Estimate,
    FrocRead,
    RatingsError,
    f1_at_threshold,
    froc_curve,
    froc_figures,
    obuchowski_rockette,
    precision_recall,
)
from annotations.agreement.estimate import not_estimable
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.data import AiDetection
from annotations.reporting.final_report.numbers import number, refused
from annotations.reporting.final_report.ratings import (
    MISSING,
    BoolArray,
    FloatArray,
    IntArray,
    ItemRatings,
)
from annotations.reporting.final_report.result import Block, Cell, Figure, Section, Table, Text
from annotations.reporting.final_report.sections.accuracy import referenced

F1_AT = 0.5


@dataclass(frozen=True)
class Boxes:
    """Boxes of one AI for one item on some cases, matched by level and side.

    hit: (n,) the reference has at_least or more there, one box a cell; patient: (n,) of each box.
    lesions: (patients,) number of cells with at_least or more.
    """

    scores: FloatArray
    hit: BoolArray
    patient: IntArray
    lesion_patients: IntArray
    lesions: IntArray
    n_cases: int
    at_least: int

    @property
    def n_lesions(self) -> int:
        """All of them, found or not."""
        return int(self.lesions.sum())


def boxes_of(
    rated: ItemRatings, detections: tuple[AiDetection, ...], cases: frozenset[str]
) -> Boxes | None:
    """The boxes on these cases; None where there is none or no reference."""
    own = [one for one in detections if one.item == rated.item.code and one.case in cases]
    if not own:
        return None
    at_least = min(one.at_least for one in own)
    cut = rated.item.scores.index(at_least)
    known = {
        (cell.case, cell.disc_level, cell.side): int(code)
        for cell, code in zip(rated.cells, rated.reference, strict=True)
        if code != MISSING and cell.case in cases
    }
    patient_of = {
        cell.case: int(patient) for cell, patient in zip(rated.cells, rated.patients, strict=True)
    }
    ordered = sorted(
        (one for one in own if one.case in patient_of and one.at_least == at_least),
        key=lambda one: (-one.score, one.case, one.disc_level, one.side),
    )
    taken: set[tuple[str, str, str]] = set()
    scores, hits, patients = [], [], []
    for one in ordered:
        cell = one.case, one.disc_level, one.side
        if cell in taken:
            continue  # a second box on a cell is neither a hit nor a false alarm
        taken.add(cell)
        scores.append(one.score)
        hits.append(known.get(cell, -1) >= cut)
        patients.append(patient_of[one.case])
    members = sorted({patient_of[case] for case in cases if case in patient_of})
    counts = dict.fromkeys(members, 0)
    for (case, _, _), code in known.items():
        counts[patient_of[case]] += code >= cut
    if not known or not scores:
        return None
    return Boxes(
        np.array(scores),
        np.array(hits, dtype=bool),
        np.array(patients, dtype=np.int64),
        np.array(members, dtype=np.int64),
        np.array([counts[one] for one in members], dtype=np.int64),
        len(cases & set(patient_of)),
        at_least,
    )


def box_row(name: tuple[str, ...], boxes: Boxes) -> tuple[Cell, ...]:
    """Lesions, boxes, F1 at 0.5, average precision, share found at one false box a case."""
    if not boxes.n_lesions:
        reason = "no cell of the reference is positive"
        return (*name, 0, len(boxes.scores), number(not_estimable("F1", reason)), None, None)
    curve = precision_recall(boxes.scores, boxes.hit, n_lesions=boxes.n_lesions)
    f1: Estimate = f1_at_threshold(
        boxes.scores,
        boxes.hit,
        boxes.patient,
        boxes.lesions,
        boxes.lesion_patients,
        threshold=F1_AT,
    )
    found = froc_of(boxes)
    return (
        *name,
        boxes.n_lesions,
        len(boxes.scores),
        number(f1),
        curve.average_precision(),
        found.sensitivity_at(1.0) if found else None,
    )


BOX_HEADS = (
    "Lesions",
    "Boxes",
    "F1 at 0.5",
    "Average precision",
    "Found at 1 false box a case",
)
BOX_NOTE = (
    "A box is a hit where the reference has the box's least grade or more at its level and side; "
    "where it lies is not judged. The threshold 0.5 is the program's, not the protocol's. Average "
    "precision: step sum."
)


def froc_of(boxes: Boxes) -> Any:
    """The FROC curve of boxes; None without a lesion."""
    if not boxes.n_lesions:
        return None
    rating = np.full(boxes.n_lesions, -np.inf)
    hits = boxes.scores[boxes.hit]
    rating[: len(hits)] = hits
    read = FrocRead(rating, boxes.patient[~boxes.hit], boxes.scores[~boxes.hit])
    return froc_curve(read, n_cases=max(boxes.n_cases, 1))


def detection_section(analysis: Analysis) -> Section:
    """AI's boxes where there are any, and readers' graded levels as marks."""
    title = "Detection"
    if not referenced(analysis):
        text = "There is no reference on an ordinal scale, so nothing can count as found or missed."
        return Section("detection", title, (Text(text),))
    blocks: list[Block] = []
    everywhere = frozenset(case.number for case in analysis.data.cases)
    rows: list[tuple[Cell, ...]] = []
    curves = []
    for pipeline in analysis.pipelines():
        own = tuple(one for one in analysis.data.detections if one.pipeline == pipeline)
        for rated in referenced(analysis):
            boxes = boxes_of(rated, own, everywhere)
            if boxes is None:
                continue
            rows.append(box_row((pipeline, rated.item.name), boxes))
            curve = froc_of(boxes)
            if curve is not None:
                curves.append(
                    {
                        "name": f"{rated.item.short_name}, {pipeline}",
                        "x": [0.0, *(float(one) for one in curve.false_marks_per_case)],
                        "y": [0.0, *(float(one) for one in curve.lesion_fraction)],
                    }
                )
    if rows:
        heads = ("AI", "Item", *BOX_HEADS)
        blocks.append(Table("boxes", "Boxes of AI", heads, tuple(rows), "exploratory", BOX_NOTE))
        blocks += [froc_figure("froc", "FROC curves of AI", curves)] if curves else []
    else:
        blocks.append(Text("AI gave no boxes on these cases, so there is no FROC curve of AI."))
    blocks.append(wafroc_table(analysis))
    return Section("detection", title, tuple(blocks))


def froc_figure(key: str, title: str, curves: list[dict[str, Any]]) -> Figure:
    """Curves of lesions found against false boxes a case."""
    most = max([1.0, *(one["x"][-1] for one in curves)])
    return Figure(
        key,
        title,
        "curves",
        {
            "x_label": "false boxes a case",
            "y_label": "share of lesions found",
            "x_max": float(most),
            "diagonal": False,
            "curves": curves,
        },
        "exploratory",
    )


def wafroc_table(analysis: Analysis) -> Table:
    """Graded levels as marks: rating is the grade, a level below the lowest grade is unmarked."""
    rows: list[tuple[Cell, ...]] = []
    for rated in referenced(analysis):
        try:
            figures = froc_figures(
                [[_read(rated, codes) for codes in arm] for arm in rated.codes],
                lesion_case=_cases(rated)[_lesions(rated)],
                normal_cases=_normal(rated),
            )
            result = obuchowski_rockette(
                theta=figures.theta, jackknife=figures.without, bounds=(0.0, 1.0)
            )
            cells = [number(one) for one in result.arm_means]
            gaps = [number(result.difference(a, b)) for a, b in analysis.comparisons]
        except RatingsError as error:
            cells = [number(refused(error, "wAFROC"))] * len(analysis.arms)
            gaps = [number(refused(error, "wAFROC"))] * len(analysis.comparisons)
        rows.append((rated.item.name, *cells, *gaps))
    heads = ("Item", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in analysis.comparisons)
    note = (
        "Weighted AFROC area, readers and cases random. Lesions: cells of the reference from the "
        "middle of the scale upwards; a reader's mark is a cell graded above the lowest grade, its "
        "rating the grade. Missing answers count as unmarked."
    )
    return Table(
        "wafroc", "Graded levels as marks of readers", heads, tuple(rows), "exploratory", note
    )


def _known(rated: ItemRatings) -> BoolArray:
    known: BoolArray = rated.reference != MISSING
    return known


def _cases(rated: ItemRatings) -> np.ndarray:
    return np.array([cell.case for cell in rated.cells])


def _lesions(rated: ItemRatings) -> BoolArray:
    return _known(rated) & (rated.reference >= rated.cut)


def _normal(rated: ItemRatings) -> np.ndarray:
    cases = _cases(rated)
    return np.setdiff1d(cases[_known(rated)], cases[_lesions(rated)])


def _read(rated: ItemRatings, codes: IntArray) -> FrocRead:
    lesions = _lesions(rated)
    marked = codes > 0
    rating = np.where(marked[lesions], codes[lesions].astype(float), -np.inf)
    false = _known(rated) & ~lesions & marked
    return FrocRead(rating, _cases(rated)[false], codes[false].astype(float))
