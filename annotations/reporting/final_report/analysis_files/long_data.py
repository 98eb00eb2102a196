"""The data of the report in long form, without texts and clocks of people. One row an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from annotations.reporting.final_report.data import CellKey, ReportData
from annotations.reporting.final_report.ratings import counted
from annotations.reporting.readings_table import GradeRow
from spinestudy.common.csv import csv_text

COLUMNS: Final = {
    "patient": "key of the patient in this reader study; the unit of all intervals",
    "case": "blinded number of the case",
    "reader": "code of the reader",
    "seniority": "senior, junior, or empty where not said",
    "arm": "how the case was read",
    "shows_ai": "whether the arm shows AI",
    "period": "reading period, in time order",
    "position": "place in this reader's order of the session",
    "item": "what was graded",
    "disc_level": "disc, or vertebra of items of vertebrae",
    "side": "right, left, or empty",
    "score": "the grade as the scale has it; empty where none was given",
    "code": "place of the grade on the scale, from 0; empty where none was given",
    "not_gradable": "the reader could not grade it",
    "confidence": "1 to 5; empty where not asked",
    "is_repeat": "a hidden second reading",
    "counted": "enters the statistics: submitted, asked, no repeat, earliest session of the arm",
    "active_s": "work on the whole case in seconds",
    "time_plausible": "whether the work fits between the server's stamps",
    "reference_score": "the reference; empty where there is none or it isn't gradable",
    "reference_code": "its place on the scale, from 0",
    "ai_score": "what the AI of an aided arm says; empty in arms without AI",
    "ai_code": "its place on the scale, from 0",
}
"""Column -> what it means."""


def long_csv(data: ReportData) -> str:
    """Every asked cell of every pivotal reading."""
    return csv_text(list(COLUMNS), _rows(data))


def columns_csv() -> str:
    """What the columns mean."""
    return csv_text(("column", "meaning"), COLUMNS.items())


def _rows(data: ReportData) -> Iterator[list[object]]:
    places = {item.code: {score: at for at, score in enumerate(item.scores)} for item in data.items}
    seniority = {reader.code: reader.seniority for reader in data.readers}
    arms = {arm.label: arm for arm in data.arms}
    earliest: dict[tuple[object, ...], int] = {}
    for row in data.rows:
        if counted(row) and not row.is_repeat:
            key = _key(row)
            earliest[key] = min(row.period, earliest.get(key, row.period))
    for row in data.rows:
        if row.phase != "pivotal" or not row.asked:
            continue
        cell = CellKey(row.case, row.item, row.disc_level, row.side)
        code = places[row.item]
        known = data.references.get(cell)
        said = data.predictions.get(arms[row.arm].pipeline, {}).get(cell)
        enters = counted(row) and not row.is_repeat and earliest[_key(row)] == row.period
        yield [
            row.patient_key,
            row.case,
            row.reader,
            seniority[row.reader],
            row.arm,
            arms[row.arm].shows_ai,
            row.period,
            row.case_position,
            row.item,
            row.disc_level,
            row.side,
            row.score,
            None if row.score is None else code[row.score],
            row.not_gradable,
            row.confidence,
            row.is_repeat,
            enters,
            row.active_s,
            row.time_plausible,
            known.score if known else None,
            code[known.score] if known and known.score is not None else None,
            said.score if said else None,
            code.get(said.score) if said else None,
        ]


def _key(row: GradeRow) -> tuple[object, ...]:
    return row.case, row.item, row.disc_level, row.side, row.reader, row.arm
