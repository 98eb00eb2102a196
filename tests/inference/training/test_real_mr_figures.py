"""What the figures on real MR count, on slices whose brightness tells the network the class."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch
from PIL import Image
from torch import nn

from tests.benchmarks.real_mr_data import slices_in
from tests.benchmarks.real_mr_dice import overlaps

pytestmark = pytest.mark.worker
SIZE = 128


class ByBrightness(nn.Module):
    """Class k where the scaled T2 signal is about k / 4."""

    def __init__(self) -> None:
        super().__init__()
        self.levels = nn.Parameter(torch.arange(5) / 4)

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        return -200 * (planes[:, :1] - self.levels[None, :, None, None]) ** 2


def folder(path: Path, seen: np.ndarray, drawn: np.ndarray, **told: object) -> Path:
    for name in ("images", "masks"):
        (path / name).mkdir()
    Image.fromarray((seen * 60).astype(np.uint8)).save(path / "images" / "a.png")
    np.save(path / "masks" / "a.npy", drawn)
    words = {"name": "ours", "pixel_mm": 1.4, "classes": {"7": 1, "9": 4}, "weighting": "T2"}
    (path / "set.json").write_text(json.dumps({**words, "sacrum_is_body": False, **told}))
    return path


def spine() -> tuple[np.ndarray, np.ndarray]:
    """Three bodies, a sacrum below and a canal; the third body and the sacrum were not drawn."""
    seen, drawn = np.zeros((SIZE, SIZE)), np.zeros((SIZE, SIZE), dtype=np.int64)
    for row in (10, 40, 70):
        seen[row : row + 20, 40:65] = 1
    seen[100:120, 40:65] = 2
    seen[10:90, 80:90] = 4
    drawn[40:60, 40:65] = 7
    drawn[70:90, 40:65] = 7
    drawn[10:90, 80:90] = 9
    return seen, drawn


def test_rows_without_a_mask_do_not_count(tmp_path: Path) -> None:
    sets = slices_in(folder(tmp_path, *spine()))
    assert list(sets) == ["ours_t2"]
    told = overlaps(ByBrightness(), sets["ours_t2"][0])
    assert told == {"vertebral_body": pytest.approx(1), "spinal_canal": pytest.approx(1)}


def test_what_was_drawn_and_not_found_counts(tmp_path: Path) -> None:
    seen, drawn = spine()
    seen[40:60] = 0
    told = overlaps(ByBrightness(), slices_in(folder(tmp_path, seen, drawn))["ours_t2"][0])
    assert told["vertebral_body"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("merged", "overlap"), [(True, 1.0), (False, 0.8)])
def test_a_sacrum_drawn_as_vertebra_counts_as_body_where_a_set_says_so(
    tmp_path: Path, merged: bool, overlap: float
) -> None:
    seen, drawn = spine()
    drawn[100:120, 40:65] = 7
    cases = slices_in(folder(tmp_path, seen, drawn, sacrum_is_body=merged))["ours_t2"]
    told = overlaps(ByBrightness(), cases[0])
    assert told["vertebral_body"] == pytest.approx(overlap)


def test_slices_left_out_and_empty_masks_are_no_cases(tmp_path: Path) -> None:
    seen, drawn = spine()
    path = folder(tmp_path, seen, drawn, leave_out=["a"])
    np.save(path / "masks" / "b.npy", np.zeros_like(drawn))
    Image.fromarray(np.zeros((SIZE, SIZE), np.uint8)).save(path / "images" / "b.png")
    assert slices_in(path) == {}
