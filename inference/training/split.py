"""Who is learnt from, calibrated on, and judged: by a hash of the patient, so that it stays.

A patient's place follows from the seed and the patient's key alone. Adding cases moves nobody
else; all exams of a patient stand in one fold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from inference.training.exams import Part, require_disjoint
from inference.training.sources import Case, DataError

VALIDATION_SHARE: Final = 0.12
TEST_SHARE: Final = 0.15


@dataclass(frozen=True)
class Split:
    """The three parts of one training."""

    train: tuple[Case, ...]
    validation: tuple[Case, ...]
    test: tuple[Case, ...]

    def named(self) -> dict[Part, tuple[Case, ...]]:
        """Part -> cases."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def place(patient_key: str, seed: int, purpose: str) -> float:
    """A number in [0, 1) that follows from the patient, the seed and the purpose."""
    digest = hashlib.sha256(f"{seed}/{purpose}/{patient_key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def fold_of(patient_key: str, seed: int, folds: int) -> int:
    """The fold, 1 to `folds`, in which this patient is predicted and not learnt from."""
    return int(place(patient_key, seed, "fold") * folds) + 1


def final_split(cases: Sequence[Case], seed: int) -> Split:
    """The split of the model that is kept: as fixed by the source, else by hash.

    Raises DataError where a part is empty.
    """
    parts: dict[Part, list[Case]] = {"train": [], "validation": [], "test": []}
    has_test = any(case.part == "test" for case in cases)
    has_validation = any(case.part == "validation" for case in cases)
    for case in cases:
        parts[_part(case, seed, has_test=has_test, has_validation=has_validation)].append(case)
    return _checked(parts)


def fold_splits(cases: Sequence[Case], seed: int, folds: int) -> list[Split]:
    """One split a fold, over all cases but those that the source keeps for testing.

    A share of each fold's training patients is set aside for calibration. Raises DataError where
    a fold is empty.
    """
    usable = [case for case in cases if case.part != "test"]
    splits = []
    for fold in range(1, folds + 1):
        parts: dict[Part, list[Case]] = {"train": [], "validation": [], "test": []}
        for case in usable:
            if fold_of(case.patient_key, seed, folds) == fold:
                parts["test"].append(case)
            elif place(case.patient_key, seed, f"calibration-{fold}") < VALIDATION_SHARE:
                parts["validation"].append(case)
            else:
                parts["train"].append(case)
        if parts["train"] and not parts["validation"]:
            _lend_one(parts, seed, fold)
        splits.append(_checked(parts, f"fold {fold} of {folds}"))
    return splits


def folds_as_told(cases: Sequence[Case], seed: int, folds: int) -> dict[str, Any]:
    """What is stored with the model: patients as hashes, so that no key leaves the site."""
    told = {
        hashlib.sha256(case.patient_key.encode()).hexdigest(): fold_of(
            case.patient_key, seed, folds
        )
        for case in cases
        if case.part != "test"
    }
    return {
        "folds": folds,
        "seed": seed,
        "rule": "1 + floor(folds * the first 8 bytes of SHA-256 of 'seed/fold/patient' / 2^64)",
        "fold_of_patient_sha256": dict(sorted(told.items())),
    }


def _part(case: Case, seed: int, *, has_test: bool, has_validation: bool) -> Part:
    if case.part in ("test", "validation"):
        return case.part
    where = place(case.patient_key, seed, "split")
    if case.part is None and not has_test and where < TEST_SHARE:
        return "test"
    if not has_validation and where >= 1 - VALIDATION_SHARE:
        return "validation"
    return "train"


def _lend_one(parts: dict[Part, list[Case]], seed: int, fold: int) -> None:
    """With few patients the hash may set nobody aside: then the patient that was nearest."""
    keys = {case.patient_key for case in parts["train"]}
    if len(keys) < 2:
        return
    lent = min(keys, key=lambda key: place(key, seed, f"calibration-{fold}"))
    parts["validation"] = [case for case in parts["train"] if case.patient_key == lent]
    parts["train"] = [case for case in parts["train"] if case.patient_key != lent]


def _checked(parts: dict[Part, list[Case]], what: str = "the split") -> Split:
    require_disjoint({part: [case.patient_key for case in own] for part, own in parts.items()})
    empty = [part for part, own in parts.items() if not own]
    if empty:
        raise DataError(
            f"There is no patient for {' and '.join(empty)} in {what}. Add cases, take fewer "
            "folds, or choose another --seed."
        )
    return Split(*(tuple(parts[part]) for part in ("train", "validation", "test")))
