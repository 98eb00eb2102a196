"""The one result object: sections of texts, tables and figures. Every renderer reads only this.

A table keeps numbers as numbers; how many digits are shown is the renderer's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["primary", "secondary", "exploratory", "descriptive"]
STATUS_WORDS: Mapping[Status, str] = {
    "primary": "primary",
    "secondary": "secondary",
    "exploratory": "exploratory, no p",
    "descriptive": "",
}


@dataclass(frozen=True)
class Number:
    """A statistic with its 95 % interval, or the reason why it (or its interval) isn't there."""

    value: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    n_items: int = 0
    n_patients: int = 0
    reason: str = ""


@dataclass(frozen=True)
class PValue:
    """A p value; printed to three digits, never as 0."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True)
class Link:
    """Words that lead to a section or table of the report by its key."""

    text: str
    target: str


Cell = str | int | float | None | Number | PValue | Link


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Table:
    """columns: heads; rows: as many cells. key: unique in the report, also the CSV's name."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    status: Status = "descriptive"
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """kind says how data is drawn; data: plain values only."""

    key: str
    title: str
    kind: Literal["flow", "slopes", "curves", "reliability", "intervals"]
    data: Mapping[str, Any]
    status: Status = "descriptive"
    note: str = ""


Block = Text | Table | Figure


@dataclass(frozen=True)
class Section:
    """A part of the report with a heading."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """title, subtitle and sections in order; facts: what stands on every page's foot."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    facts: Mapping[str, str] = field(default_factory=dict)

    def table(self, key: str) -> Table:
        """The table of that key; KeyError if there is none."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table) and block.key == key:
                    return block
        raise KeyError(key)

    def keys(self) -> frozenset[str]:
        """Every key that a link may lead to."""
        return frozenset(
            key
            for section in self.sections
            for key in (
                section.key,
                *(block.key for block in section.blocks if not isinstance(block, Text)),
            )
        )
