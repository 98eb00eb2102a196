"""Dice of what the segmenter finds on real MR with masks, through the pipeline's own stages.

The project holds one such volume (SPINESTUDY_TEST_DATA). Further data lie outside it: set
SPINESTUDY_REAL_MR to folders with `images/NAME.png` and `masks/NAME.npy` beside a `set.json`, see
docs/guide/training.md. SPINESTUDY_WEIGHTS judges the weights in another folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch

from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from tests.benchmarks.figure import Figure
from tests.benchmarks.real_mr_data import RealCase, crop_of_tptbox, slices_in
from tests.benchmarks.real_mr_dice import overlaps

AIM: Final = {"vertebral_body": 0.85}


def measure() -> Iterator[Figure]:
    """Median Dice of every structure that a set has truth for."""
    torch.set_num_threads(1)
    pipeline = LumbarGrading(_weights())
    for name, cases in _sets().items():
        found: dict[str, list[float]] = {}
        for case in cases:
            for structure, value in overlaps(pipeline.networks.segmenter, case).items():
                found.setdefault(structure, []).append(value)
        for structure, values in found.items():
            low, median, high = (float(v) for v in np.percentile(values, (25, 50, 75)))
            note = f"n = {len(values)}, quartiles {low:.3f} and {high:.3f}; "
            note += f"weights {pipeline.weights_sha256[:12]}"
            yield Figure(
                f"{name}_{structure}", median, "Dice", AIM.get(structure), "higher", note=note
            )


def _weights() -> Path | None:
    folder = os.environ.get("SPINESTUDY_WEIGHTS", "")
    return Path(folder) if folder else None


def _sets() -> dict[str, list[RealCase]]:
    """Name -> cases; what isn't on this machine is left out."""
    own = Path(os.environ.get("SPINESTUDY_TEST_DATA", "../shared")) / "data"
    sets = {"tptbox_t2": crop_of_tptbox(own)} if own.is_dir() else {}
    for folder in filter(None, os.environ.get("SPINESTUDY_REAL_MR", "").split(os.pathsep)):
        for name, cases in slices_in(Path(folder)).items():
            sets.setdefault(name, []).extend(cases)
    return {name: cases for name, cases in sets.items() if cases}
