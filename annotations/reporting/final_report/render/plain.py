"""JSON and CSV: every number as it was computed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from annotations.reporting.final_report.result import (
    STATUS_WORDS,
    Block,
    Cell,
    Figure,
    Link,
    Number,
    PValue,
    Report,
    Table,
    Text,
)
from spinestudy.common.csv import csv_text as plain_csv_text

FORM: Final = "spinestudy-final-report/1"
PARTS: Final = ("", " low", " high", " se", " cells", " patients", " reason")


def settled(value: Any) -> Any:
    """Numbers to 12 significant digits, also inside lists and objects.

    The last bits depend on how many threads a product of matrices was shared between.
    """
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {key: settled(one) for key, one in value.items()}
    return [settled(one) for one in value] if isinstance(value, list | tuple) else value


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV of settled numbers."""
    return plain_csv_text(heads, (settled(row) for row in rows))


def report_json(report: Report) -> str:
    """The whole report as one JSON object; NaN can't be in it."""
    body = {
        "form": FORM,
        "title": report.title,
        "subtitle": report.subtitle,
        "facts": dict(report.facts),
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "blocks": [_block(one) for one in section.blocks],
            }
            for section in report.sections
        ],
    }
    return json.dumps(settled(body), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Text():
            return {"kind": "text", "text": block.text}
        case Figure():
            return {
                "kind": "figure",
                "key": block.key,
                "title": block.title,
                "status": STATUS_WORDS[block.status],
                "note": block.note,
                "drawn_as": block.kind,
                "data": dict(block.data),
            }
    return {
        "kind": "table",
        "key": block.key,
        "title": block.title,
        "status": STATUS_WORDS[block.status],
        "note": block.note,
        "columns": list(block.columns),
        "rows": [[_cell(one) for one in row] for row in block.rows],
    }


def _cell(cell: Cell) -> Any:
    if isinstance(cell, Number):
        return {key: value for key, value in asdict(cell).items() if value not in ("", None)} | {
            "value": cell.value
        }
    if isinstance(cell, PValue):
        return {"p": cell.value, **({"reason": cell.reason} if cell.reason else {})}
    return {"text": cell.text, "target": cell.target} if isinstance(cell, Link) else cell


def tables_csv(report: Report) -> dict[str, str]:
    """Name of the file -> CSV of each table; index.csv lists them."""
    files = {}
    index = []
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                files[f"{block.key}.csv"] = table_csv(block)
                status = STATUS_WORDS[block.status]
                index.append((f"{block.key}.csv", section.title, block.title, status, block.note))
    files["index.csv"] = csv_text(("file", "section", "table", "status", "note"), index)
    return files


def table_csv(table: Table) -> str:
    """A column with statistics becomes one each for value, limits, standard error, n, reason."""
    wide = [
        any(isinstance(row[place], Number) for row in table.rows)
        for place in range(len(table.columns))
    ]
    heads: list[str] = []
    for name, is_wide in zip(table.columns, wide, strict=True):
        heads += [f"{name}{part}" for part in PARTS] if is_wide else [name]
    rows = [
        [
            value
            for cell, is_wide in zip(row, wide, strict=True)
            for value in (_spread(cell) if is_wide else [_plain(cell)])
        ]
        for row in table.rows
    ]
    return csv_text(heads, rows)


def _spread(cell: Cell) -> list[object]:
    if isinstance(cell, Number):
        return [
            cell.value,
            cell.low,
            cell.high,
            cell.se,
            cell.n_items,
            cell.n_patients,
            cell.reason,
        ]
    return [_plain(cell), *[""] * (len(PARTS) - 1)]


def _plain(cell: Cell) -> object:
    if isinstance(cell, PValue):
        return cell.reason if cell.value is None else cell.value
    return cell.text if isinstance(cell, Link) else cell


def numbers_csv(report: Report) -> str:
    """Every number of every table, one a row, with where it stands."""
    heads = (
        "section",
        "table",
        "status",
        "row",
        "column",
        "value",
        "low",
        "high",
        "se",
        "cells",
        "patients",
        "reason",
    )
    return csv_text(heads, _numbers(report))


def _numbers(report: Report) -> Iterator[list[object]]:
    for section in report.sections:
        for block in section.blocks:
            if not isinstance(block, Table):
                continue
            for row in block.rows:
                label = " / ".join(str(one) for one in row if isinstance(one, str) and one)
                for name, cell in zip(block.columns, row, strict=True):
                    if isinstance(cell, Number | PValue | int | float):
                        where = [section.key, block.key, STATUS_WORDS[block.status], label, name]
                        yield [*where, *_spread(cell)]
