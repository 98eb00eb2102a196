"""What a reader study has decided before it is read, as data with a hash. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from annotations.design.adjudication_rule import ANY_DIFFERENCE, AdjudicationRule

SENIORITIES: Final = {"": "not said", "junior": "junior", "senior": "senior"}
COEFFICIENTS: Final = {"cohen_kappa": "Cohen's kappa"}
READER_PAIRS: Final = {
    "all": "all pairs of readers",
    "senior": "pairs of seniors",
    "junior": "pairs of juniors",
    "mixed": "a senior with a junior",
    "reference": "each reader with the reference",
}
COORDINATORS_SEE: Final = {
    "none": "nothing before the data are locked",
    "unaided": "agreement of the unaided arm",
    "by_arm": "agreement of every arm, apart",
}
FREEZABLE: Final = {
    "layout": "what hangs where (other layouts, other series, enlarging)",
    "window": "grey-level window and inversion",
    "zoom": "zoom",
    "ai_opacity": "opacity of what AI draws",
}
"""Settings of the viewer that a protocol may take out of the readers' hands."""


@dataclass(frozen=True)
class LiveView:
    """Who sees agreement while cases are being read. Readers never do in the pivotal phase.

    min_patients: no number is told from fewer patients.
    """

    coordinators: str = "unaided"
    min_patients: int = 20


@dataclass(frozen=True)
class Endpoint:
    """The primary endpoint: an item of the reader study, by code."""

    item: str
    coefficient: str = "cohen_kappa"
    weights: str = "quadratic"
    reader_pairs: str = "all"


@dataclass(frozen=True)
class ReaderStudyDesign:
    """Everything that a coordinator decides beside cases, readers, items and arms.

    seniority, caps: by user name. washout_days: before every later period. due_days: a period is
    due that long after opening, 0 for never. planned_looks: shares of all readings at which two
    people may look at the arms apart. frozen: of FREEZABLE.
    """

    design: str = "fully_crossed"
    washout_days: int = 0
    due_days: int = 0
    caps: Mapping[str, int] = field(default_factory=dict)
    common: int = 0
    groups: int = 2
    repeat_fraction: float = 0.0
    repeat_lag: int = 10
    seniority: Mapping[str, str] = field(default_factory=dict)
    endpoint: Endpoint | None = None
    live_view: LiveView = LiveView()
    adjudication: AdjudicationRule = ANY_DIFFERENCE
    planned_looks: Sequence[float] = ()
    frozen: Sequence[str] = ()


FULLY_CROSSED: Final = ReaderStudyDesign()


def problems(design: ReaderStudyDesign, items: Sequence[str]) -> list[str]:
    """What contradicts itself, in plain words."""
    found = design.adjudication.problems()
    if not 0 <= design.washout_days <= 730:
        found.append("Give a washout between 0 and 730 days.")
    if not 0 <= design.due_days <= 3650:
        found.append("Give between 0 and 3650 days for a period.")
    if design.live_view.coordinators not in COORDINATORS_SEE:
        found.append("Say what coordinators see while cases are being read.")
    if not 0 <= design.live_view.min_patients <= 10_000:
        found.append("Give the least number of patients from 0 to 10000.")
    if set(design.seniority.values()) - set(SENIORITIES):
        found.append("A reader is junior, senior, or neither.")
    if set(design.frozen) - set(FREEZABLE):
        found.append("Only listed settings of the viewer can be frozen.")
    if any(not 0 < share < 1 for share in design.planned_looks):
        found.append("A planned look is a share of all readings, between 0 and 1.")
    endpoint = design.endpoint
    if endpoint is not None and (
        endpoint.item not in items
        or endpoint.coefficient not in COEFFICIENTS
        or endpoint.weights not in ("quadratic", "linear", "nominal")
        or endpoint.reader_pairs not in READER_PAIRS
    ):
        found.append("The primary endpoint needs an item of this reader study and known weights.")
    return found


def body_of(design: ReaderStudyDesign, n_categories: int = 0) -> dict[str, Any]:
    """The decisions as plain JSON data; names of people stay out of it.

    n_categories: K, the number of grades of the endpoint's scale, used or not; 0 without an
    endpoint.
    """
    body = asdict(design)
    body["endpoint"] = None
    if design.endpoint is not None:
        body["endpoint"] = {**asdict(design.endpoint), "k": n_categories}
    del body["caps"], body["seniority"]
    plain: dict[str, Any] = json.loads(json.dumps(body))
    return plain


def content_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 of the JSON text with sorted keys and no spaces."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [old, new], nested fields joined by dots."""
    found: dict[str, list[Any]] = {}
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            found |= {f"{key}.{k}": pair for k, pair in differences(before, after).items()}
        elif before != after:
            found[key] = [before, after]
    return found
