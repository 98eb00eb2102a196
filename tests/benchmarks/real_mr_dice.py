"""Overlap with manual masks, counted where the person who drew them has drawn."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import nn

from inference.anatomy import segmentation
from inference.anatomy.preprocess import sagittal_pair, segmenter_input
from inference.contract import STRUCTURES
from inference.training.measures import dice
from tests.benchmarks.real_mr_data import RealCase

BODY, SACRUM = 1, 2
_MARGIN_MM: Final = 5.0


def labels_of(segmenter: nn.Module, case: RealCase) -> NDArray[np.uint8]:
    """Labels on the stack's own grid, by the stages of the pipeline."""
    pair = sagittal_pair(case.exam)
    working, planes = segmenter_input(pair)
    probabilities = segmentation.class_probabilities(segmenter, planes)
    return segmentation.native_labels(probabilities, working, pair.main)


def overlaps(segmenter: nn.Module, case: RealCase) -> dict[str, float]:
    """Structure -> Dice on the slices and rows that hold any mask of it, and 5 mm around.

    Bodies above or below those that were drawn have no truth and don't count. Where sacral segments
    were drawn as vertebrae, ours that are called sacrum count as body between the same rows.
    """
    found = labels_of(segmenter, case)
    row_mm = case.exam.stacks[0].row_spacing_mm
    told: dict[str, float] = {}
    for value in case.classes:
        ours = found.copy()
        if value == BODY and case.sacrum_is_body:
            ours[ours == SACRUM] = BODY
        drawn = case.truth == value
        if not drawn.any():
            continue
        slices = drawn.any((1, 2))
        rows = np.flatnonzero(drawn.any((0, 2)))
        margin = round(_MARGIN_MM / row_mm)
        window = slice(max(rows[0] - margin, 0), rows[-1] + margin + 1)
        overlap = dice(ours[slices, window], case.truth[slices, window], value)
        if overlap is not None:
            told[STRUCTURES[value]] = overlap
    return told
