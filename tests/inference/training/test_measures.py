"""Figures of the evaluation against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from inference.training.evaluation import ExamResult, figures
from inference.training.item_figures import Cell, item_figures
from inference.training.measures import (
    auroc,
    class_accuracy,
    confusion,
    kappa_interval,
    patient_interval,
    quadratic_kappa,
)
from inference.training.tables import table

SCORES = (0, 1, 2)


def cell(patient: str, score: int, true: int, level: str = "L4/L5") -> Cell:
    shares = {k: 0.8 if k == score else 0.1 for k in SCORES}
    return Cell(patient, "canal", level, "", score, true, shares)


def test_confusion_has_true_scores_as_rows() -> None:
    assert confusion([0, 2, 2], [0, 1, 1], SCORES).tolist() == [[1, 0, 0], [0, 0, 2], [0, 0, 0]]


def test_class_accuracy_is_the_mean_of_what_is_found_of_each_class() -> None:
    counted = confusion([0, 0, 0, 1, 0], [0, 0, 0, 1, 1], SCORES)
    assert class_accuracy(counted) == pytest.approx((1 + 0.5) / 2)


def test_the_area_counts_ties_half() -> None:
    chance = np.array([0.9, 0.5, 0.5, 0.1])
    assert auroc(chance, np.array([True, True, False, False])) == pytest.approx(3.5 / 4)
    assert np.isnan(auroc(chance, np.array([True] * 4)))


def test_intervals_draw_whole_patients() -> None:
    """Ten levels of one patient tell no more than one: the interval is that of ten patients."""
    patients = [f"p{k}" for k in range(10)]
    right = np.arange(10) % 2
    alone = patient_interval(patients, lambda rows: float(right[rows].mean()), seed=4)
    tenfold = np.repeat(right, 10)
    repeated = patient_interval(
        list(np.repeat(patients, 10)), lambda rows: float(tenfold[rows].mean()), seed=4
    )
    assert alone == repeated
    assert alone is not None
    assert alone[0] < 0.3
    assert alone[1] > 0.7
    assert patient_interval(patients[:4], lambda _rows: 0.5, seed=4) is None


def test_a_kappa_interval_holds_the_kappa_and_follows_from_its_seed() -> None:
    rng = np.random.default_rng(11)
    true = rng.integers(0, 3, 200)
    found = np.where(rng.random(200) < 0.7, true, rng.integers(0, 3, 200))
    patients = [f"p{k // 5}" for k in range(200)]
    interval = kappa_interval(patients, list(found), list(true), SCORES, seed=1)
    assert interval is not None
    low, high = interval
    assert low < quadratic_kappa(list(found), list(true), SCORES) < high
    assert 0.02 < high - low < 0.4
    assert interval == kappa_interval(patients, list(found), list(true), SCORES, seed=1)
    assert interval != kappa_interval(patients, list(found), list(true), SCORES, seed=2)


def test_an_item_is_told_overall_and_by_level() -> None:
    cells = [cell("a", 0, 0), cell("b", 2, 2, "L5/S1"), cell("c", 1, 2), cell("d", 1, 9)]
    told = item_figures("canal", SCORES, cells, seed=1)
    assert (told["discs"], told["not_on_scale"], told["patients"]) == (3, 1, 3)
    assert told["accuracy"] == 0.667
    assert told["binary"] == {
        "at_least": 1,
        "positive": 2,
        "auroc": 1.0,
        "auroc_interval": None,
    }
    assert told["levels"]["L5/S1"] == {
        "n": 1,
        "quadratic_kappa": None,
        "accuracy": 1.0,
        "class_accuracy": 1.0,
        "auroc": None,
    }
    assert told["calibration_error"] == pytest.approx(abs(0.8 - 2 / 3), abs=1e-3)


def test_each_level_has_its_area() -> None:
    """Chances of 1 or more: 0.9, 0.9, 0.2; the two that are abnormal are tied above the normal."""
    cells = [cell("a", 1, 1), cell("b", 2, 2), cell("c", 0, 0), cell("d", 0, 1)]
    told = item_figures("canal", SCORES, cells, seed=1)
    # d is abnormal and tied with c: (1 + 1 + 0.5) / 3
    assert told["levels"]["L4/L5"]["auroc"] == 0.833


def test_results_survive_being_stored_and_the_table_names_n() -> None:
    cells = [cell("a", 0, 0), cell("a", 2, 2, "L5/S1")]
    one = ExamResult("a", "a-1", 1.5, {"disc": 0.9}, [2.0, 7.0], 3, cells)
    assert ExamResult.from_json(one.to_json()) == one
    told = figures([one], {"canal": SCORES, "modic": (0, 1)})
    assert told["disc_levels"] == {"expected": 3, "within_5_mm": 1, "median_error_mm": 4.5}
    text = table(told)
    assert "L4/L5" in text
    assert "modic: no cell has both a grade and a label" in text
    assert "canal: true \\ found" in text
