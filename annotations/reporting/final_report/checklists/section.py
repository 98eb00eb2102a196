"""The checklists as tables; a link stands only where its target is in this report."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from annotations.reporting.final_report.checklists.claim import CLAIM
from annotations.reporting.final_report.checklists.decide_ai import DECIDE_AI
from annotations.reporting.final_report.checklists.grras import GRRAS
from annotations.reporting.final_report.checklists.items import Checklist, Item
from annotations.reporting.final_report.checklists.stard import STARD_AI
from annotations.reporting.final_report.result import Cell, Link, Section, Table, Text

CHECKLISTS: Final = (GRRAS, CLAIM, STARD_AI, DECIDE_AI)
MANUSCRIPT: Final = "say in the manuscript"


def checklists_section(known: Collection[str]) -> Section:
    """known: keys of sections, tables and figures of the report."""
    words = (
        "What each item asks is told in our own words; read the published lists before you hand a "
        "checklist in. A link says where the report holds what is asked, not that it suffices."
    )
    tables = tuple(_table(one, known) for one in CHECKLISTS)
    return Section("checklists", "Reporting checklists", (Text(words), *tables))


def _table(checklist: Checklist, known: Collection[str]) -> Table:
    width = max(len([key for key in item.targets if key in known]) for item in checklist.items)
    heads = ("No.", "Asks for", "Here", *("Also",) * max(width - 1, 0))
    rows = tuple(_row(item, known, len(heads) - 2) for item in checklist.items)
    return Table(
        f"checklist-{checklist.key}", checklist.name, heads, rows, note=checklist.numbering
    )


def _row(item: Item, known: Collection[str], width: int) -> tuple[Cell, ...]:
    found: list[Cell] = [Link(words_of(key), key) for key in item.targets if key in known]
    found = found or [MANUSCRIPT]
    return (item.number, item.asks, *found, *("",) * (width - len(found)))


def words_of(key: str) -> str:
    """A key as words."""
    return key.replace("-", " ")
