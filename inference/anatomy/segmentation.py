"""Working planes -> class probabilities -> cleaned labels, on any grid that is asked for."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import nn
from torch.nn import functional

from inference.anatomy import grid
from inference.anatomy.resampling import on_grid_of
from inference.anatomy.segmenter import PIXEL_STRIDE
from inference.contract import StackInput

BODY, SACRUM, DISC, CANAL = 1, 2, 3, 4
_ALONE: Final = (SACRUM, CANAL)
_MIN_AREA_MM2: Final = {BODY: 150.0, SACRUM: 200.0, DISC: 30.0, CANAL: 100.0}
_JOINED_MM: Final = {SACRUM: 3.0, CANAL: 2.0}
"""Sacral segments, and a canal cut by a severe stenosis, are one thing."""
_BATCH: Final = 4
"""Slices at once: more leave the processor's cache, fewer make convolutions start often."""


def class_probabilities(segmenter: nn.Module, planes: NDArray[np.float32]) -> torch.Tensor:
    """(slices, 2, rows, columns) -> float32 probabilities (slices, 5, rows, columns)."""
    rows, columns = planes.shape[2:]
    pad = (0, -columns % PIXEL_STRIDE, 0, -rows % PIXEL_STRIDE)
    padded = functional.pad(torch.from_numpy(planes), pad)
    device = next(segmenter.parameters()).device
    with torch.inference_mode():
        batches = (batch.to(device) for batch in torch.split(padded, _BATCH))
        logits = torch.cat([segmenter(batch).float().cpu() for batch in batches])
    return logits[:, :, :rows, :columns].softmax(1)


def native_labels(
    probabilities: torch.Tensor, working: StackInput, native: StackInput
) -> NDArray[np.uint8]:
    """Most probable class on the stack's own grid, cleaned; uint8 (slices, rows, columns)."""
    rows, columns = native.pixels.shape[1:]
    view = grid.InPlaneView.of(native)
    size = (columns, rows) if view.is_transposed else (rows, columns)
    labels = [
        _most_probable(functional.interpolate(one[None], size=size, mode="bilinear")[0].numpy())
        for one in probabilities
    ]
    viewed = np.stack(labels)
    area = native.row_spacing_mm * native.column_spacing_mm
    return view.undo(cleaned(viewed, area))


def _most_probable(shares: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(classes, rows, columns) -> (rows, columns): argmax along the first axis.

    Several times as fast as the libraries', which walk through memory the other way.
    """
    best, labels = shares[0].copy(), np.zeros(shares.shape[1:], dtype=np.uint8)
    for value in range(1, len(shares)):
        is_more = shares[value] > best
        labels[is_more] = value
        np.maximum(best, shares[value], out=best)
    return labels


def working_labels(probabilities: torch.Tensor, working: StackInput) -> NDArray[np.uint8]:
    """Most probable class on the working grid, cleaned."""
    labels = np.stack([_most_probable(one) for one in probabilities.numpy()])
    return cleaned(labels, working.row_spacing_mm * working.column_spacing_mm)


def cleaned(labels: NDArray[np.uint8], pixel_area_mm2: float) -> NDArray[np.uint8]:
    """Without specks; only the largest sacrum and the largest canal stay.

    A piece is kept if its largest cross-section reaches a minimum area.
    """
    kept = np.zeros_like(labels)
    side_mm = float(np.sqrt(pixel_area_mm2))
    boxes = ndimage.find_objects(labels, max_label=max(_MIN_AREA_MM2))
    for value, min_area_mm2 in _MIN_AREA_MM2.items():
        box = boxes[value - 1]
        if box is None:
            continue
        pieces, count = _pieces(labels[box] == value, joins=_JOINED_MM.get(value, 0.0) / side_mm)
        per_slice = np.stack([np.bincount(s.ravel(), minlength=count + 1)[1:] for s in pieces])
        large = np.flatnonzero(per_slice.max(0) * pixel_area_mm2 >= min_area_mm2)
        if value in _ALONE and len(large):
            large = large[[int(np.argmax(per_slice.sum(0)[large]))]]
        is_kept = np.zeros(count + 1, dtype=bool)
        is_kept[large + 1] = True
        kept[box][is_kept[pieces]] = value
    return kept


def _pieces(mask: NDArray[np.bool_], joins: float) -> tuple[NDArray[np.int32], int]:
    """Connected pieces; gaps up to 2 * `joins` pixels in plane don't part them."""
    reach = round(joins)
    if not reach:
        pieces, count = ndimage.label(mask)
        return pieces, count
    size = 2 * reach + 1  # a square is a row and then a column, for a fraction of the time
    wide = ndimage.binary_dilation(mask, np.ones((1, size, 1)))
    wide = ndimage.binary_dilation(wide, np.ones((1, 1, size)))
    pieces, count = ndimage.label(wide)
    return np.where(mask, pieces, 0), count


def transferred(
    labels: NDArray[np.uint8], source: StackInput, target: StackInput
) -> NDArray[np.uint8]:
    """The labels of one stack on another's grid, by patient coordinates, nearest voxel."""
    return on_grid_of(target, source, labels, order=0).astype(np.uint8)
