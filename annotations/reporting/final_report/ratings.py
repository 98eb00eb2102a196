"""The rows of a reader study as arrays, one set an item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotations.reporting.final_report.data import CellKey, ItemFacts, ReportData
from annotations.reporting.readings_table import GradeRow
from annotations.vocabulary import ALL_LEVELS

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
MISSING = -1
DONE = ("submitted", "amended")


@dataclass(frozen=True)
class ItemRatings:
    """One item over A arms, R readers and n cells (case x level x side, in this order).

    codes, repeats: (A, R, n) places on the scale, -1 missing; repeats: hidden second readings.
    confidence: (A, R, n), NaN missing. asked, not_gradable: (A, R, n). patients: (n,).
    reference: (n,). ai: pipeline -> (n,); probabilities: pipeline -> (n, K), NaN missing.
    """

    item: ItemFacts
    cells: tuple[CellKey, ...]
    patients: IntArray
    codes: IntArray
    repeats: IntArray
    confidence: FloatArray
    asked: BoolArray
    not_gradable: BoolArray
    reference: IntArray
    ai: Mapping[str, IntArray]
    probabilities: Mapping[str, FloatArray]

    @property
    def k(self) -> int:
        """K of the scale."""
        return self.item.n_categories

    @property
    def cut(self) -> int:
        """Place from which a grade counts as positive: the middle of the scale."""
        return (self.k + 1) // 2

    @property
    def cut_words(self) -> str:
        """The same in words."""
        return f"{self.item.scores[self.cut]} ({self.item.labels[self.cut]}) or more"

    @property
    def levels(self) -> tuple[str, ...]:
        """Disc or vertebra of each cell."""
        return tuple(cell.disc_level for cell in self.cells)

    @property
    def has_reference(self) -> bool:
        """Whether any cell has one."""
        return bool((self.reference != MISSING).any())

    def positive(self, codes: IntArray) -> IntArray:
        """1 from the cut upwards, 0 below, -1 missing."""
        return np.where(codes == MISSING, MISSING, codes >= self.cut).astype(np.int64)


def counted(row: GradeRow) -> bool:
    """Whether a row may enter a statistic: pivotal, submitted, asked, and not withheld."""
    return row.phase == "pivotal" and row.reading_status in DONE and row.asked and not row.withheld


def item_ratings(data: ReportData) -> dict[str, ItemRatings]:
    """Arrays of every item, in the order of the items.

    Where an arm has several sessions the earliest answer counts.
    """
    by_item: dict[str, list[GradeRow]] = defaultdict(list)
    for row in data.rows:
        if counted(row):
            by_item[row.item].append(row)
    return {item.code: _ratings(data, item, by_item[item.code]) for item in data.items}


def _ratings(data: ReportData, item: ItemFacts, rows: Iterable[GradeRow]) -> ItemRatings:
    listed = sorted(rows, key=lambda row: row.period, reverse=True)  # the earliest is written last
    arm_of = {arm.label: place for place, arm in enumerate(data.arms)}
    reader_of = {reader.code: place for place, reader in enumerate(data.readers)}
    patient_of = {case.number: case.patient_key for case in data.cases}
    keys = sorted({case.patient_key for case in data.cases})
    patient = {key: place for place, key in enumerate(keys)}
    found = {CellKey(row.case, row.item, row.disc_level, row.side) for row in listed}
    found |= {cell for cell in data.references if cell.item == item.code}
    cells = tuple(sorted(found, key=_place))
    at = {cell: place for place, cell in enumerate(cells)}
    code_of = {score: place for place, score in enumerate(item.scores)}
    shape = len(data.arms), len(data.readers), len(cells)
    codes, repeats = (np.full(shape, MISSING, dtype=np.int64) for _ in range(2))
    asked, not_gradable = (np.zeros(shape, dtype=bool) for _ in range(2))
    confidence = np.full(shape, np.nan)
    for row in listed:
        where = (
            arm_of[row.arm],
            reader_of[row.reader],
            at[CellKey(row.case, row.item, row.disc_level, row.side)],
        )
        code = MISSING if row.score is None else code_of[row.score]
        if row.is_repeat:
            repeats[where] = code
            continue
        codes[where], asked[where], not_gradable[where] = code, True, row.not_gradable
        confidence[where] = np.nan if row.confidence is None else row.confidence
    reference = np.full(len(cells), MISSING, dtype=np.int64)
    for cell, known in data.references.items():
        if cell in at and known.score is not None:
            reference[at[cell]] = code_of[known.score]
    ai: dict[str, IntArray] = {}
    shares: dict[str, FloatArray] = {}
    for pipeline, told in data.predictions.items():
        ai[pipeline] = np.full(len(cells), MISSING, dtype=np.int64)
        shares[pipeline] = np.full((len(cells), len(item.scores)), np.nan)
        for cell, said in told.items():
            if cell in at and said.score in code_of:
                ai[pipeline][at[cell]] = code_of[said.score]
                shares[pipeline][at[cell]] = [
                    said.probabilities.get(score, 0.0) for score in item.scores
                ]
    return ItemRatings(
        item,
        cells,
        np.array([patient[patient_of[cell.case]] for cell in cells], dtype=np.int64),
        codes,
        repeats,
        confidence,
        asked,
        not_gradable,
        reference,
        ai,
        shares,
    )


def _place(cell: CellKey) -> tuple[str, int, str]:
    level = ALL_LEVELS.index(cell.disc_level) if cell.disc_level in ALL_LEVELS else len(ALL_LEVELS)
    return cell.case, level, cell.side
