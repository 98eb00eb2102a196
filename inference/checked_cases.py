"""What a model said of cases on which it was checked after training, and what was right.

The rows stand beside the weights, in `calibration.json`; what follows from them (the sets of grades
that hold the right one as often as promised) is computed where statistics are, from these rows
alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

CHECKED_CASES_FILE: Final = "calibration.json"


@dataclass(frozen=True)
class CheckedItem:
    """One row a cell. probabilities: of the scores, in their order; true: the right score."""

    scores: tuple[int, ...]
    patients: tuple[str, ...]
    probabilities: tuple[tuple[float, ...], ...]
    true: tuple[int, ...]


@dataclass(frozen=True)
class CheckedCases:
    """Item code -> its rows, and where they are from.

    weights_sha256: of the weights that said it; rows of other weights say nothing.
    """

    pipeline: str
    weights_sha256: str
    data: str
    data_sha256: str
    label_source: str
    is_synthetic: bool
    exams: int
    items: Mapping[str, CheckedItem]

    def to_json(self) -> dict[str, Any]:
        """Plain data; the inverse of `read_checked_cases`."""
        return asdict(self)


def read_checked_cases(folder: Path) -> CheckedCases | None:
    """The rows beside the weights in a folder; None where there are none, or none that fit.

    Rows fit where they are of the weights that `metadata.json` names.
    """
    path = folder / CHECKED_CASES_FILE
    if not path.is_file():
        return None
    told = json.loads(path.read_text("utf-8"))
    items = {
        code: CheckedItem(
            tuple(one["scores"]),
            tuple(one["patients"]),
            tuple(tuple(row) for row in one["probabilities"]),
            tuple(one["true"]),
        )
        for code, one in told["items"].items()
    }
    found = CheckedCases(**{**told, "items": items})
    named = json.loads((folder / "metadata.json").read_text("utf-8")).get("weights_sha256")
    return found if named == found.weights_sha256 else None
