"""Readers by seniority against the model, and a table of features by the reference."""

from __future__ import annotations

import numpy as np

from annotations.agreement import SignificanceTest, feature_table, two_by_two
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number
from annotations.reporting.final_report.ratings import MISSING, IntArray, ItemRatings
from annotations.reporting.final_report.result import Block, Cell, Section, Table, Text

TITLE = "Readers by seniority against the model"
SOURCE = (
    "In the form of Yeh et al., Eur Spine J 2022 (readers of different experience, a model, "
    "features)."
)
Found = tuple[Section, tuple[tuple[str, SignificanceTest], ...]]


def yeh(analysis: Analysis) -> Found:
    """Accuracy in the arm without AI by seniority and of AI; features with Holm's adjustment."""
    rated = analysis.focus
    if not rated.has_reference or (rated.item.scale_type != "ordinal" and rated.k > 2):
        text = (
            f"{SOURCE} It needs a reference for {rated.item.name.lower()}, on an ordinal scale or "
            "one of two grades."
        )
        return Section("preset", TITLE, (Text(text),)), ()
    blocks: list[Block] = [Text(SOURCE), _accuracy(analysis, rated)]
    table, tests = _features(analysis, rated)
    return Section("preset", TITLE, (*blocks, table)), tests


def _unaided(analysis: Analysis) -> int:
    return next((place for place, one in enumerate(analysis.data.arms) if not one.shows_ai), 0)


def _accuracy(analysis: Analysis, rated: ItemRatings) -> Table:
    arm = _unaided(analysis)
    truth = rated.positive(rated.reference)
    groups: list[tuple[str, IntArray, int]] = []
    for words, seniority in (("seniors", "senior"), ("juniors", "junior"), ("others", "")):
        members = list(analysis.group(seniority))
        if members:
            codes = rated.codes[arm, members].ravel()
            groups.append((f"{len(members)} {words} together", codes, len(members)))
    for place, reader in enumerate(analysis.data.readers):
        groups.append((f"{reader.code} {reader.seniority}", rated.codes[arm, place], 1))
    for name, codes in rated.ai.items():
        if (codes != MISSING).any():
            groups.append((f"AI {name}", codes, 1))
    rows: list[tuple[Cell, ...]] = []
    for words, codes, times in groups:
        table = two_by_two(
            rated.positive(codes), np.tile(truth, times), cluster=np.tile(rated.patients, times)
        )
        measures = table.accuracy(), table.sensitivity(), table.specificity()
        rows.append((words, *(number(one) for one in measures)))
    return Table(
        "preset-model-readers",
        f"{rated.item.name}: {analysis.arms[arm]} readers and AI against the reference",
        ("Who", "Accuracy", "Sensitivity", "Specificity"),
        tuple(rows),
        "exploratory",
        f"Positive: {rated.cut_words}. Clustered by patient; readers fixed.",
    )


def patient_codes(rated: ItemRatings, codes: IntArray, n_patients: int) -> IntArray:
    """(patients,) the highest code of each patient's cells, -1 where none."""
    found = np.full(n_patients, MISSING, dtype=np.int64)
    np.maximum.at(found, rated.patients, codes)
    return found


def median_codes(codes: IntArray) -> IntArray:
    """(n,) the lower median of the readers' (R, n) codes, -1 where none graded."""
    ordered = np.sort(codes, axis=0)
    n_missing = (ordered == MISSING).sum(axis=0)
    n_known = len(codes) - n_missing
    place = n_missing + np.maximum(n_known - 1, 0) // 2
    place = np.minimum(place, len(codes) - 1)
    found: IntArray = ordered[place, np.arange(codes.shape[1])]
    return found


def _features(
    analysis: Analysis, rated: ItemRatings
) -> tuple[Block, tuple[tuple[str, SignificanceTest], ...]]:
    others = [one for one in analysis.ratings.values() if one is not rated]
    if not others:
        return Text("The reader study has one item only, so there is no table of features."), ()
    arm, n = _unaided(analysis), len({case.patient_key for case in analysis.data.cases})
    group = rated.positive(patient_codes(rated, rated.reference, n))
    found = feature_table(
        {one.item.name: patient_codes(one, median_codes(one.codes[arm]), n) for one in others},
        group,
        n_groups=2,
        n_categories={one.item.name: one.k for one in others},
    )
    rows: list[tuple[Cell, ...]] = []
    for one, feature in zip(others, found, strict=True):
        for place, label in enumerate(one.item.labels):
            negative, positive = (int(count) for count in feature.counts[:, place])
            rows.append((feature.name, f"{one.item.scores[place]} {label}", negative, positive))
    tests = tuple(
        (f"{feature.name} doesn't differ between patients", feature.test) for feature in found
    )
    table = Table(
        "preset-features",
        f"Features by {rated.item.name.lower()}, one row a grade, patients",
        ("Feature", "Grade", "Reference negative", "Reference positive"),
        tuple(rows),
        "secondary",
        f"A patient is positive with a cell of {rated.cut_words}. Of each feature the patient's "
        f"highest grade counts, of the readers' median in the arm {analysis.arms[arm]}. Fisher's "
        "exact test where an expected count is below 5, else Pearson's; the tests stand under "
        "Several tests.",
    )
    return table, tests
