"""Folds are drawn by patient, follow from the seed, and stay when cases are added."""

from __future__ import annotations

import hashlib

import pytest

from inference.training.exams import TrainingExam
from inference.training.sources import Case, DataError
from inference.training.split import final_split, fold_of, fold_splits, folds_as_told


def never() -> TrainingExam:
    raise AssertionError("a split opens no exam")


def cases(patients: int, exams_each: int = 2, part: str | None = None) -> list[Case]:
    return [
        Case(f"p{p}", f"p{p}-{e}", never, part)  # type: ignore[arg-type]
        for p in range(patients)
        for e in range(exams_each)
    ]


def test_every_exam_is_predicted_once_by_a_model_that_never_saw_its_patient() -> None:
    own = cases(40)
    splits = fold_splits(own, seed=7, folds=5)
    predicted = [case.exam_key for split in splits for case in split.test]
    assert sorted(predicted) == sorted(case.exam_key for case in own)
    for split in splits:
        seen = {case.patient_key for case in (*split.train, *split.validation)}
        assert not seen & {case.patient_key for case in split.test}
        assert not {c.patient_key for c in split.train} & {c.patient_key for c in split.validation}


def test_added_cases_move_nobody() -> None:
    before = folds_as_told(cases(40), seed=7, folds=5)["fold_of_patient_sha256"]
    after = folds_as_told(cases(60), seed=7, folds=5)["fold_of_patient_sha256"]
    assert len(after) == 60
    assert {patient: after[patient] for patient in before} == before


def test_another_seed_draws_other_folds_and_all_folds_are_used() -> None:
    first, other = ([fold_of(f"p{k}", seed, 5) for k in range(200)] for seed in (1, 2))
    assert first != other
    assert {first.count(fold) > 20 for fold in range(1, 6)} == {True}


def test_the_rule_that_is_stored_gives_the_folds_that_are_stored() -> None:
    told = folds_as_told(cases(5), seed=3, folds=4)
    digest = hashlib.sha256(b"3/fold/p2").digest()
    by_hand = 1 + int(4 * int.from_bytes(digest[:8], "big") / 2**64)
    assert told["fold_of_patient_sha256"][hashlib.sha256(b"p2").hexdigest()] == by_hand


def test_parts_that_the_source_fixes_are_kept() -> None:
    own = [*cases(30, part="train"), *(Case("t", "t-0", never, "test"),)]
    split = final_split(own, seed=1)
    assert [case.exam_key for case in split.test] == ["t-0"]
    assert split.validation
    assert all(case.patient_key != "t" for s in fold_splits(own, 1, 3) for case in s.test)


def test_an_empty_part_is_refused_with_what_to_do() -> None:
    with pytest.raises(DataError, match=r"no patient for .* Add cases, take fewer folds"):
        fold_splits(cases(2), seed=1, folds=10)
    with pytest.raises(DataError, match="no patient for"):
        final_split(cases(1), seed=1)
