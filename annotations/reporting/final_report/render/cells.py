"""How a cell reads in print."""

from __future__ import annotations

from typing import NamedTuple

from annotations.reporting.final_report.numbers import interval_text, p_text
from annotations.reporting.final_report.result import Cell, Link, Number, PValue


class Shown(NamedTuple):
    """below: a small line under the text; target: where a link leads; is_number: to the right."""

    text: str
    below: str = ""
    target: str = ""
    is_number: bool = False


def shown(cell: Cell) -> Shown:
    """A cell as text."""
    if cell is None:
        return Shown("-", is_number=True)
    if isinstance(cell, Number):
        n = f"{cell.n_items} / {cell.n_patients}" if cell.n_items else ""
        return Shown(interval_text(cell), n, is_number=cell.value is not None)
    if isinstance(cell, PValue):
        return Shown(p_text(cell), is_number=cell.value is not None)
    if isinstance(cell, Link):
        return Shown(cell.text, target=cell.target)
    if isinstance(cell, float):
        return Shown(_float(cell), is_number=True)
    return Shown(str(cell), is_number=isinstance(cell, int))


def _float(value: float) -> str:
    """Three decimals, or three digits of what would be shown as nearly 0."""
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) >= 0.1 else f"{value:.3g}"


def right_columns(rows: list[list[Shown]], width: int) -> list[bool]:
    """Columns that hold nothing but numbers (and blanks) stand to the right, with their heads."""
    return [
        any(row[place].is_number for row in rows)
        and all(row[place].is_number or not row[place].text for row in rows)
        for place in range(width)
    ]
