"""Worked examples that several tests share; the longer ones stay outside the project."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.agreement import FrocRead

ROOT = Path(__file__).resolve().parents[3]


def gold_blocks() -> dict[str, str]:
    """The gold tables by their number, empty where they aren't there."""
    root = Path(os.environ.get("SPINESTUDY_TEST_DATA", str(ROOT.parent / "shared")))
    path = root / "gold" / "gold.md"
    if not path.is_file():
        return {}
    parts = re.split(r"^## (P\d+) ", path.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="session")
def gold() -> dict[str, str]:
    blocks = gold_blocks()
    if not blocks:
        pytest.skip("no gold tables; set SPINESTUDY_TEST_DATA to the folder with gold/gold.md")
    return blocks


@dataclass(frozen=True)
class Crossed:
    """ratings: (arms, readers, items); truth, patient: (items,)."""

    ratings: np.ndarray
    truth: np.ndarray
    patient: np.ndarray


@pytest.fixture(scope="session")
def van_dyke(gold: dict[str, str]) -> Crossed:
    """Example P11: 2 arms x 5 readers x 114 cases."""

    def row(name: str) -> list[int]:
        found = re.search(rf"{name}=(\d+)", gold["P11"])
        assert found is not None
        return [int(one) for one in found[1]]

    ratings = np.array([[row(f"t{i}r{j}") for j in range(1, 6)] for i in (1, 2)])
    truth = np.array(row("truth"))
    return Crossed(ratings, truth, np.arange(len(truth)))


@pytest.fixture(scope="session")
def mini(gold: dict[str, str]) -> Crossed:
    """Example P14: unaided and aided, 5 readers, 41 levels of 14 patients, grades 0-3."""
    block = gold["P14"]
    lines = block[block.index("patient,level") :].split("```")[0].strip().splitlines()
    table = np.array([[int(one) for one in line.split(",")] for line in lines[1:]])
    return Crossed(np.stack([table[:, 3:8].T, table[:, 8:13].T]), table[:, 2], table[:, 0])


@dataclass(frozen=True)
class FrocExample:
    """reads[arm][reader]; the rest names lesions and normal cases."""

    reads: list[list[FrocRead]]
    lesion_case: list[int]
    lesion_weight: list[float]
    normal_cases: list[int]

    def arguments(self, arm: int, reader: int) -> dict[str, Any]:
        read = self.reads[arm][reader]
        return {
            "lesion_rating": read.lesion_rating,
            "lesion_case": self.lesion_case,
            "false_rating": read.false_rating,
            "false_case": read.false_case,
            "normal_cases": self.normal_cases,
        }


@pytest.fixture(scope="session")
def froc_example(gold: dict[str, str]) -> FrocExample:
    """Example P12: 2 arms x 3 readers x 8 cases, 9 lesions in 5 of them."""
    found_part, false_part = gold["P12"].split("\nwAFROC")[0].split("NL:")
    lesions = [(70, 1, 0.3), (70, 2, 0.7), (71, 1, 1.0), (74, 1, 1.0), (73, 1, 0.1), (73, 2, 0.9)]
    lesions += [(72, number, 1 / 3) for number in (1, 2, 3)]
    marks = re.findall(r"(\d)/(\d)/(\d+)/(\d)/([\d.]+)", found_part)
    alarms = re.findall(r"(\d)/(\d)/(\d+)/([\d.]+)", false_part)

    def read(arm: int, reader: int) -> FrocRead:
        mine = {
            (int(c), int(k)): float(x)
            for r, a, c, k, x in marks
            if (r, a) == (f"{reader}", f"{arm}")
        }
        wrong = [(int(c), float(x)) for r, a, c, x in alarms if (r, a) == (f"{reader}", f"{arm}")]
        return FrocRead(
            [mine.get((case, number), -np.inf) for case, number, _ in lesions],
            [case for case, _ in wrong],
            [rating for _, rating in wrong],
        )

    return FrocExample(
        [[read(arm, reader) for reader in range(3)] for arm in range(2)],
        [case for case, _, _ in lesions],
        [weight for _, _, weight in lesions],
        [1, 2, 3],
    )
