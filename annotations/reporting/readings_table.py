"""Every reading as a long table, one row a grade, with its data dictionary. Pure.

Writers give text. A spreadsheet must not take a cell for a formula (OWASP, CSV injection), so
in CSV texts that begin like one get an apostrophe; JSON holds every text as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from annotations.vocabulary import (
    ALL_LEVELS,
    CONFIDENCE,
    LUMBAR_COUNTS,
    NOT_GRADABLE_REASONS,
    OWN_SCHEME,
    TRANSITIONS,
    Finding,
)
from spinestudy.common.csv import csv_text


@dataclass(frozen=True)
class GradeRow:
    """One cell of one reading; field names are the columns."""

    reader_study: str
    case: str
    patient_key: str
    reader: str
    arm: str
    period: int
    phase: str
    case_position: int
    reading_status: str
    lumbar_count: int
    transition: str
    item: str
    disc_level: str
    side: str
    asked: bool
    score: int | None
    label: str
    not_gradable: bool
    not_gradable_reason: str
    confidence: int | None
    comment: str
    answered_at_utc: str
    revision: int | None
    reading_submitted_at_utc: str
    opened_at_utc: str
    active_s: float | None
    idle_s: float | None
    hidden_s: float | None
    paused_s: float | None
    image_load_s: float | None
    level_active_s: float | None
    time_plausible: bool | None
    is_repeat: bool = False
    withheld: bool = False
    reader_status: str = "active"


@dataclass(frozen=True)
class Column:
    """What a column of the table means."""

    name: str
    value_type: str
    unit: str
    allowed: str
    meaning: str


def data_dictionary(findings: Sequence[Finding]) -> list[Column]:
    """The meaning of every column, in the order of the table."""
    scores = "; ".join(
        f"{f.code}: " + ", ".join(f"{c.score} = {c.label}" for c in f.scale.categories)
        for f in findings
    )
    sources = "; ".join(f"{f.code}: {f.scale.source}" for f in findings)
    meanings = {
        "reader_study": ("text", "", "", "title of the reader study"),
        "case": ("text", "", "C-001, ...", "blinded case number"),
        "patient_key": ("text", "", "", "cluster for statistics; equal for exams of one patient"),
        "reader": ("text", "", "R1, R2, ...", "code of the reader"),
        "arm": ("text", "", "", "how the case was read; AI is shown in an AI-aided arm only"),
        "period": ("integer", "", "1, 2, ...", "reading session, in time order"),
        "phase": (
            "text",
            "",
            "training, pivotal",
            "count pivotal only; in training the reference follows each answer",
        ),
        "case_position": ("integer", "", "1, 2, ...", "place in this reader's seeded order"),
        "reading_status": (
            "text",
            "",
            "assigned, in_progress, submitted, amended, withdrawn",
            "state of the reading when exported; count submitted and amended only; withdrawn: "
            "closed by a coordinator before it was submitted",
        ),
        "lumbar_count": (
            "integer",
            "",
            ", ".join(map(str, sorted(LUMBAR_COUNTS))),
            "lumbar vertebral bodies, as this reader says; 5 where nothing is said",
        ),
        "transition": (
            "text",
            "",
            "; ".join(f"{code}: {words}" for code, words in TRANSITIONS.items()),
            "lumbosacral transitional vertebra, as this reader says",
        ),
        "item": (
            "text",
            "",
            ", ".join(f.code for f in findings),
            f"what was graded; {sources}; codes (scheme:value): {_codes_in_words(findings)}",
        ),
        "disc_level": (
            "text",
            "",
            ", ".join(ALL_LEVELS),
            "disc, or vertebra of items of vertebrae",
        ),
        "side": ("text", "", "right, left", "of the patient; empty for items without a side"),
        "asked": (
            "boolean",
            "",
            "true, false",
            "false: the item depends on another whose grade is too low here; count true only",
        ),
        "score": ("integer", "grade", scores, "the grade; empty where none was given"),
        "label": ("text", "", "", "the grade in words"),
        "not_gradable": ("boolean", "", "true, false", "the reader could not grade this cell"),
        "not_gradable_reason": (
            "text",
            "",
            "; ".join(f"{code}: {words}" for code, words in NOT_GRADABLE_REASONS.items()),
            "why not",
        ),
        "confidence": (
            "integer",
            "",
            ", ".join(map(str, CONFIDENCE)),
            "the reader's confidence, 1 guessing to 5 certain; empty where not asked",
        ),
        "comment": ("text", "", "", "the reader's comment on this cell"),
        "answered_at_utc": ("datetime", "ISO 8601, UTC", "", "clock of the reader's browser"),
        "revision": ("integer", "", "1, 2, ...", "how often the cell was answered"),
        "reading_submitted_at_utc": ("datetime", "ISO 8601, UTC", "", "clock of the server"),
        "opened_at_utc": (
            "datetime",
            "ISO 8601, UTC",
            "",
            "first time in the reading room, clock of the server",
        ),
        "active_s": ("number", "s", ">= 0", "work on the case, without what follows"),
        "idle_s": ("number", "s", ">= 0", "without input for longer than the protocol's cut-off"),
        "hidden_s": ("number", "s", ">= 0", "with the window hidden"),
        "paused_s": ("number", "s", ">= 0", "paused by the reader"),
        "image_load_s": ("number", "s", ">= 0", "waiting for images"),
        "level_active_s": ("number", "s", ">= 0", "work while this disc or vertebra was active"),
        "time_plausible": (
            "boolean",
            "",
            "true, false",
            "whether the work fits between the server's stamps; the rest is the browser's clock",
        ),
        "is_repeat": (
            "boolean",
            "",
            "true, false",
            "a hidden second reading of the case, for agreement with oneself only",
        ),
        "withheld": (
            "boolean",
            "",
            "true, false",
            "the protocol withholds answers and times of this arm until the data are locked",
        ),
        "reader_status": (
            "text",
            "",
            "active, paused, withdrawn",
            "state of the reader when exported; submitted cases of withdrawn readers are kept",
        ),
    }
    return [Column(field.name, *meanings[field.name]) for field in fields(GradeRow)]


def _codes_in_words(findings: Sequence[Finding]) -> str:
    """As "modic RADELEMENT:RDE1517 (not checked at the source); own_rim 99SPINESTUDY:own_rim"."""
    told = []
    for one in findings:
        codes = [
            f"{code.scheme}:{code.value}"
            + ("" if code.is_verified else " (not checked at the source)")
            for code in one.codes
        ]
        told.append(f"{one.code} {' '.join(codes) or 'none'}")
    private = f"; {OWN_SCHEME} is private: its codes mean what this reader study's protocol says"
    is_private = any(code.scheme == OWN_SCHEME for one in findings for code in one.codes)
    return "; ".join(told) + (private if is_private else "")


def readings_csv(rows: Iterable[GradeRow]) -> str:
    """RFC 4180 text, a header and one line a grade."""
    names = [field.name for field in fields(GradeRow)]
    return csv_text(names, ([getattr(row, name) for name in names] for row in rows))


def dictionary_csv(findings: Sequence[Finding]) -> str:
    """The data dictionary as CSV."""
    names = [field.name for field in fields(Column)]
    columns = data_dictionary(findings)
    return csv_text(names, ([getattr(column, name) for name in names] for column in columns))


def _item(finding: Finding) -> dict[str, Any]:
    """What an item is, beside its scale."""
    return {
        "name": finding.name,
        "definition": finding.definition,
        "graded_at": finding.site_kind,
        "sides": [side for side in finding.sides if side],
        "normal_score": finding.normal_score,
        "depends_on": finding.depends_on,
        "codes": [asdict(code) for code in finding.codes],
    }


def readings_json(
    rows: Iterable[GradeRow], findings: Sequence[Finding], about: dict[str, Any]
) -> str:
    """One object: what it is about, the dictionary, the scales, the rows."""
    body = {
        "about": about,
        "data_dictionary": [asdict(column) for column in data_dictionary(findings)],
        "scales": {finding.code: asdict(finding.scale) for finding in findings},
        "items": {finding.code: _item(finding) for finding in findings},
        "rows": [asdict(row) for row in rows],
    }
    return json.dumps(body, indent=1, ensure_ascii=False)
