"""What a report is made from. Everything that is printed comes from here, and no clock does.

People appear under codes, patients under keys of the reader study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from annotations.reporting.readings_table import GradeRow


class CellKey(NamedTuple):
    """A cell of a case. side: "" for items without sides."""

    case: str
    item: str
    disc_level: str
    side: str


@dataclass(frozen=True)
class ReaderFacts:
    """seniority: "senior", "junior" or ""; case_limit: most cases, None for all."""

    code: str
    seniority: str = ""
    case_limit: int | None = None


@dataclass(frozen=True)
class ArmFacts:
    """A pivotal arm, in the order of the protocol. pipeline: name@version, "" without AI."""

    label: str
    shows_ai: bool
    pipeline: str = ""


@dataclass(frozen=True)
class ItemFacts:
    """An item with its scale in order. normal_score: None where no grade means healthy."""

    code: str
    name: str
    short_name: str
    scores: tuple[int, ...]
    labels: tuple[str, ...]
    scale_type: str
    weights: str
    source: str
    sides: tuple[str, ...] = ("",)
    normal_score: int | None = None

    @property
    def n_categories(self) -> int:
        """K of the scale, used or not."""
        return len(self.scores)


@dataclass(frozen=True)
class CaseFacts:
    """A case under its blinded number. centre: cohorts of the exam; year: of the exam, or ""."""

    number: str
    patient_key: str
    centre: str = ""
    year: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True)
class ReferenceCell:
    """What is held to be right; score None: not gradable."""

    score: int | None
    provenance: str


@dataclass(frozen=True)
class AiCell:
    """What AI says of a cell; probabilities: score -> share, they sum to 1."""

    score: int
    probabilities: Mapping[int, float]


@dataclass(frozen=True)
class AiDetection:
    """A box of AI: the item has at_least or more at that level and side."""

    pipeline: str
    case: str
    item: str
    at_least: int
    disc_level: str
    side: str
    score: float
    is_calibrated: bool


@dataclass(frozen=True)
class Amendment:
    """A version of the protocol; version 1 is the design."""

    version: int
    written_at_utc: str
    reason: str
    changes: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class LockFacts:
    """A data lock, also one that was lifted (ended_at_utc)."""

    number: int
    confirmed_at_utc: str
    reason: str
    content_sha256: str
    ended_at_utc: str = ""
    ended_reason: str = ""


@dataclass(frozen=True)
class Deviation:
    """Something that wasn't as planned. kind: "washout", "look", "late", ...; when: UTC or ""."""

    kind: str
    what: str
    when_utc: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Identity:
    """What the report rests on, as hashes (SHA-256)."""

    protocol_sha256: str
    schedule_sha256: str
    data_sha256: str
    audit_head: str
    reference_sha256: str
    ai_sha256: str
    n_references: int = 0
    n_predictions: int = 0


@dataclass(frozen=True)
class ReportData:
    """Everything. rows: every cell of every reading, as the export has it.

    predictions: pipeline -> cell -> what AI says. final_level: p below which the primary test
    rejects, after what looks have spent. weights_sha256: pipeline -> hash of its weights.
    """

    title: str
    description: str
    design: str
    design_words: str
    seed: int
    protocol: Mapping[str, Any]
    readers: tuple[ReaderFacts, ...]
    arms: tuple[ArmFacts, ...]
    items: tuple[ItemFacts, ...]
    cases: tuple[CaseFacts, ...]
    rows: Sequence[GradeRow]
    identity: Identity
    locks: tuple[LockFacts, ...]
    amendments: tuple[Amendment, ...]
    deviations: tuple[Deviation, ...] = ()
    references: Mapping[CellKey, ReferenceCell] = field(default_factory=dict)
    predictions: Mapping[str, Mapping[CellKey, AiCell]] = field(default_factory=dict)
    detections: tuple[AiDetection, ...] = ()
    weights_sha256: Mapping[str, str] = field(default_factory=dict)
    n_adjudicated: int = 0
    software: Mapping[str, str] = field(default_factory=dict)
    final_level: float = 0.05
    preset: str = "standard"
    report_seed: int = 1
