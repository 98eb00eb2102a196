"""What readers draw and what they say of AI, as tables with their dictionaries. Pure.

A row is a dataclass; what a column means stands beside the field, so that table and dictionary
can't part. Values keep their units in the names of the columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from annotations.reporting.readings_table import Column
from annotations.vocabulary import ALL_LEVELS, FINDINGS, SEGMENTS, TOOLS
from annotations.vocabulary.events import EVENT_KINDS, FINDING_VERDICTS, VERDICTS
from spinestudy.common.csv import csv_text

_UTC = "ISO 8601, UTC"
AI_EVENTS = tuple(
    kind
    for kind in EVENT_KINDS
    if kind.startswith("ai_") or kind in VERDICTS or kind in FINDING_VERDICTS
)


def _of(value_type: str, meaning: str, *, unit: str = "", allowed: str = "") -> Any:
    return field(
        metadata={
            "value_type": value_type,
            "unit": unit,
            "allowed": allowed,
            "meaning": meaning,
        }
    )


@dataclass(frozen=True, kw_only=True)
class ReadingRow:
    """Which reading a row belongs to."""

    reader_study: str = _of("text", "title of the reader study")
    case: str = _of("text", "blinded case number", allowed="C-001, ...")
    patient_key: str = _of("text", "cluster for statistics; equal for exams of one patient")
    reader: str = _of("text", "code of the reader", allowed="R1, R2, ...")
    arm: str = _of("text", "how the case was read")
    period: int = _of("integer", "reading session, in time order", allowed="1, 2, ...")
    phase: str = _of("text", "count pivotal only", allowed="training, pivotal")
    reading_status: str = _of(
        "text",
        "state of the reading when exported",
        allowed="assigned, in_progress, submitted, amended, withdrawn",
    )
    reader_status: str = _of(
        "text",
        "state of the reader when exported",
        allowed="active, paused, withdrawn",
    )


@dataclass(frozen=True, kw_only=True)
class MeasurementRow(ReadingRow):
    """The current form of one mark."""

    measurement_key: str = _of("text", "identity of the mark; made by the reader's browser")
    kind: str = _of(
        "text",
        "what was drawn",
        allowed="; ".join(f"{code}: {name}" for code, name in TOOLS.items()),
    )
    label: str = _of("text", "the reader's words")
    series_instance_uid: str = _of("text", "series that it was drawn on")
    frame_of_reference_uid: str = _of("text", "whose coordinates the points are; empty: unknown")
    stack: int = _of("integer", "number of the stack of parallel slices on this site")
    slice: int = _of("integer", "slice of the stack in spatial order", allowed="1, 2, ...")
    points_lps: str = _of(
        "text",
        "[[x, y, z], ...]; left, posterior and superior are positive",
        unit="mm",
    )
    length_mm: float | None = _of("number", "length", unit="mm")
    angle_deg: float | None = _of(
        "number", "angle at the second point, or between the two lines (Cobb)", unit="degree"
    )
    width_mm: float | None = _of("number", "extent along the rows of the image", unit="mm")
    height_mm: float | None = _of("number", "extent down its columns", unit="mm")
    depth_mm: float | None = _of("number", "extent of a 3D box across the slices", unit="mm")
    area_mm2: float | None = _of("number", "area of an ellipse or rectangle", unit="mm2")
    n: int | None = _of("integer", "pixels whose centre lies inside")
    mean: float | None = _of("number", "mean of these pixels", unit="signal, rescaled")
    sd: float | None = _of("number", "their standard deviation (n - 1)", unit="signal, rescaled")
    min: float | None = _of("number", "lowest of them", unit="signal, rescaled")
    max: float | None = _of("number", "highest of them", unit="signal, rescaled")
    revision: int = _of("integer", "how often the mark was drawn or moved", allowed="1, 2, ...")
    drawn_at_utc: str = _of("datetime", "this form; clock of the reader's browser", unit=_UTC)
    stored_at_utc: str = _of("datetime", "this form; clock of the server", unit=_UTC)


@dataclass(frozen=True, kw_only=True)
class MaskRow(ReadingRow):
    """One segment of the newest labelmap that a reader has painted on a stack."""

    series_instance_uid: str = _of("text", "series that it was painted on")
    frame_of_reference_uid: str = _of("text", "whose coordinates the stack has; empty: unknown")
    stack: int = _of("integer", "number of the stack of parallel slices on this site")
    segment: str = _of("text", "what was painted", allowed=", ".join(SEGMENTS))
    label_value: int = _of("integer", "its value in the labelmap", allowed="1 to 255")
    voxels: int = _of("integer", "voxels of this segment; 0: erased again, or never painted")
    voxel_mm3: float | None = _of(
        "number", "pixel size times distance of slices; empty where one is unknown", unit="mm3"
    )
    volume_mm3: float | None = _of("number", "voxels times volume of a voxel", unit="mm3")
    revision: int = _of("integer", "version of the labelmap", allowed="1, 2, ...")
    sha256: str = _of("text", "of the labelmap as it was stored")
    stored_at_utc: str = _of("datetime", "this version; clock of the server", unit=_UTC)


@dataclass(frozen=True, kw_only=True)
class FindingRow(ReadingRow):
    """One finding of AI that a reading showed, and one version of the reader's verdict on it."""

    pipeline: str = _of("text", "the AI, as name@version")
    prediction: int = _of("integer", "number of its run on the exam")
    detection: int = _of("integer", "number of the finding; the same in every reading")
    item: str = _of("text", "what was found", allowed=", ".join(FINDINGS))
    at_least: int = _of("integer", "the finding: the item has this grade or a higher one")
    disc_level: str = _of("text", "disc or vertebra; may be empty", allowed=", ".join(ALL_LEVELS))
    side: str = _of("text", "of the patient; empty without a side", allowed="right, left")
    score: float = _of("number", "how sure the AI is", allowed="0 to 1")
    is_calibrated: bool = _of("boolean", "whether the score is a probability, checked on cases")
    series_instance_uid: str = _of("text", "series that it was found on")
    center_lps: str = _of("text", "centre of the box, [x, y, z]", unit="mm")
    axes_lps: str = _of("text", "unit vectors of its edges, [[x, y, z], ...]")
    size_mm: str = _of("text", "whole lengths along these, [a, b, c]", unit="mm")
    verdict: str = _of(
        "text",
        "what the reader said; empty: nothing, or taken back (see revision)",
        allowed="accepted, rejected",
    )
    revision: int = _of("integer", "0: never judged; 1: first verdict; more: changes of mind")
    is_newest: bool = _of("boolean", "whether this is the reader's last word; count true only")
    said_at_utc: str = _of("datetime", "clock of the reader's browser", unit=_UTC)
    stored_at_utc: str = _of("datetime", "clock of the server", unit=_UTC)


@dataclass(frozen=True, kw_only=True)
class AiMeasureRow(ReadingRow):
    """One number behind AI's grades that a reading showed, or the reason why there was none."""

    pipeline: str = _of("text", "the AI, as name@version")
    prediction: int = _of("integer", "number of its run on the exam")
    measure: str = _of("text", "what was measured, from the AI's labels; see the model card")
    disc_level: str = _of("text", "disc or vertebra", allowed=", ".join(ALL_LEVELS))
    side: str = _of("text", "of the patient; empty without a side", allowed="right, left")
    value: float | None = _of("number", "the number; empty: see reason", unit="see unit")
    unit: str = _of("text", "unit of the value; empty of a ratio", allowed="mm, mm2")
    reason: str = _of("text", "why it could not be measured; empty: it was")


@dataclass(frozen=True, kw_only=True)
class AiFlagRow(ReadingRow):
    """One reason to trust the AI less on an exam, which a reading showed above its grades."""

    pipeline: str = _of("text", "the AI, as name@version")
    prediction: int = _of("integer", "number of its run on the exam")
    flag: str = _of("text", "what was noticed; see the model card")
    words: str = _of("text", "what the reader was told")


@dataclass(frozen=True, kw_only=True)
class AiEventRow(ReadingRow):
    """Something that happened with AI in a reading."""

    event: str = _of(
        "text",
        "shown, hidden, opacity set; a proposed grade or a finding accepted, rejected, open again; "
        "the evidence of a proposed grade opened, closed",
        allowed=", ".join(AI_EVENTS),
    )
    item: str = _of("text", "what it was about, if one thing", allowed=", ".join(FINDINGS))
    disc_level: str = _of("text", "disc or vertebra", allowed=", ".join(ALL_LEVELS))
    side: str = _of("text", "of the patient", allowed="right, left")
    detection: int | None = _of("integer", "number of the finding; empty for proposed grades")
    opacity_percent: int | None = _of("integer", "opacity chosen", unit="%", allowed="0 to 100")
    at_utc: str = _of("datetime", "clock of the reader's browser", unit=_UTC)
    stored_at_utc: str = _of("datetime", "clock of the server", unit=_UTC)


def row_columns(row_type: type[ReadingRow]) -> list[Column]:
    """The meaning of every column of a table, in its order."""
    return [Column(one.name, **one.metadata) for one in fields(row_type)]


def rows_csv(row_type: type[ReadingRow], rows: Iterable[ReadingRow]) -> str:
    """A header and one line a row."""
    names = [one.name for one in fields(row_type)]
    return csv_text(names, ([getattr(row, name) for name in names] for row in rows))


def row_dictionary_csv(row_type: type[ReadingRow]) -> str:
    """The data dictionary of a table as CSV."""
    names = [one.name for one in fields(Column)]
    columns = row_columns(row_type)
    return csv_text(names, ([getattr(column, name) for name in names] for column in columns))
