"""One report as its page shows it: the text in parts, and labels as levels by targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from inference.models import ClinicalReport, ReportLabel, ReportReview, ReportRun
from inference.reports.identifiers import find_identifiers
from inference.selectors.clinical_reports import newest_reviews
from inference.services.clinical_reports import categories_of

COLUMNS: Final = (
    ("canal", "", "Canal"),
    ("subarticular", "right", "Recess R"),
    ("subarticular", "left", "Recess L"),
    ("foramen", "right", "Foramen R"),
    ("foramen", "left", "Foramen L"),
    ("herniation", "", "Disc"),
    ("degeneration", "", "Degeneration"),
    ("pfirrmann", "", "Pfirrmann"),
    ("modic", "", "Modic"),
    ("listhesis", "", "Slip"),
)
"""Right before left, as the radiologist faces the patient."""
ALWAYS: Final = 5
"""The first columns stand there though no label is in them."""
NAMES: Final = {
    "canal": "central canal",
    "subarticular": "subarticular recess",
    "foramen": "foramen",
    "herniation": "disc",
    "degeneration": "disc degeneration",
    "pfirrmann": "Pfirrmann",
    "modic": "Modic",
    "listhesis": "slip",
    "fracture": "fracture",
}
SHORT: Final = {"mild-moderate": "mild–mod.", "moderate-severe": "mod.–severe"}


@dataclass
class GridCell:
    """What stands in one cell, and what can be said of it."""

    target: str
    level: str
    side: str
    label: ReportLabel | None = None
    review: ReportReview | None = None
    is_contradicted: bool = False

    @property
    def key(self) -> str:
        """For addresses and forms."""
        return f"{self.target}:{self.level}:{self.side}"

    @property
    def name(self) -> str:
        """As a person says it."""
        side = f"{self.side} " if self.side else ""
        return f"{self.level}, {side}{NAMES[self.target]}"

    @property
    def counts(self) -> str:
        """The category that counts after review; "" for none."""
        if self.review is not None and self.review.verdict == ReportReview.Verdict.WRONG:
            return ""
        if self.review is not None and self.review.corrected:
            return self.review.corrected
        return self.label.category if self.label else ""

    @property
    def words(self) -> str:
        """The category in the width of a cell."""
        if self.review is not None and self.review.verdict == ReportReview.Verdict.WRONG:
            return "not this"
        return SHORT.get(self.counts, self.counts)

    @property
    def mark(self) -> str:
        """A sign beside the word, so that colour isn't all that tells."""
        if self.review is not None:
            return {"right": "✓", "wrong": "✕", "corrected": "✎"}[self.review.verdict]
        if self.is_contradicted:
            return "≠"
        return "?" if self.label is not None and self.label.is_uncertain else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """What it may be corrected to."""
        return categories_of(self.target)


@dataclass(frozen=True)
class TextPart:
    """A part of the text. sentence: its start, of a sentence that a label points at."""

    text: str
    sentence: int | None = None
    is_identifier: bool = False


@dataclass
class ReportGrid:
    """Columns, rows by level, and vertebrae with a fracture label."""

    columns: list[tuple[str, str, str]]
    rows: list[tuple[str, list[GridCell]]] = field(default_factory=list)
    vertebrae: list[GridCell] = field(default_factory=list)

    @property
    def cells(self) -> list[GridCell]:
        """All, row by row."""
        return [*(cell for _, row in self.rows for cell in row), *self.vertebrae]


def report_grid(report: ClinicalReport, run: ReportRun | None) -> ReportGrid:
    """The labels of the newest run with the reviews that count."""
    labels = list(run.labels.all()) if run else []
    reviews = {key[1:]: one for key, one in newest_reviews([report.pk]).items()}
    contradicted = {
        (one["target"], one["level"], one["side"]) for one in (run.contradictions if run else [])
    }
    by_cell = {(one.target, one.disc_level, one.side): one for one in labels}

    def cell(target: str, level: str, side: str) -> GridCell:
        key = (target, level, side)
        return GridCell(*key, by_cell.get(key), reviews.get(key), key in contradicted)

    used = {target for target, _, _ in {**by_cell, **reviews}}
    columns = [one for at, one in enumerate(COLUMNS) if at < ALWAYS or one[0] in used]
    levels = list(dict.fromkeys(level for _, level, _ in {**by_cell, **reviews}))
    grid = ReportGrid(columns)
    for level in sorted(levels, key=_place):
        if "/" in level:
            grid.rows.append((level, [cell(target, level, side) for target, side, _ in columns]))
        else:
            grid.vertebrae.append(cell("fracture", level, ""))
    return grid


def _place(level: str) -> tuple[int, int]:
    above = level.split("/")[0]
    return "TLS".index(above[0]), int(above[1:])


def text_parts(report: ClinicalReport, labels: Sequence[Any]) -> list[TextPart]:
    """The text cut at the sentences of labels, or, of a held-back report, at likely identifiers."""
    if report.state == ClinicalReport.State.HELD_BACK:
        spans = [(one.start, one.end, None) for one in find_identifiers(report.text)]
    else:
        spans = [(start, end, start) for start, end in sorted({(x.start, x.end) for x in labels})]
    parts, at = [], 0
    for start, end, sentence in spans:
        if start < at:
            continue
        parts.append(TextPart(report.text[at:start]))
        parts.append(TextPart(report.text[start:end], sentence, sentence is None))
        at = end
    return [*parts, TextPart(report.text[at:])]
