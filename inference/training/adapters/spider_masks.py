"""SPIDER's mask values -> the structures of this project."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.contract import StackInput

CANAL: Final = 100
BODY_LABEL, DISC_LABEL, CANAL_LABEL = 1, 3, 4
_BEHIND_MM: Final = 3.0
"""How far behind the front of the canal bone still counts as body: the canal's mask has a rim."""


def structures_of(values: NDArray[np.int32], stack: StackInput) -> NDArray[np.uint8]:
    """(slices, rows, columns) mask values -> contract.STRUCTURES on the same grid.

    SPIDER's masks hold whole vertebrae. Bone behind the front of the canal at the same height is
    arch and process, and becomes background; where no canal is seen the height of the nearest row
    with one decides.
    """
    is_bone = ((values >= 1) & (values <= 25)) | ((values >= 101) & (values <= 125))
    labels = np.zeros(values.shape, dtype=np.uint8)
    labels[is_bone & ~_behind(values == CANAL, stack)] = BODY_LABEL
    labels[(values > 200) & (values <= 225)] = DISC_LABEL
    labels[values == CANAL] = CANAL_LABEL
    return labels


def _behind(canal: NDArray[np.bool_], stack: StackInput) -> NDArray[np.bool_]:
    """(1, rows, columns): behind the foremost voxel of the canal on that row, plus its rim."""
    rows, columns = canal.shape[1:]
    flat: NDArray[np.bool_] = np.logical_or.reduce(canal, axis=0)
    seen = np.flatnonzero(flat.any(1))
    if not len(seen):
        return np.zeros((1, rows, columns), dtype=bool)
    dorsal_is_up = stack.row_direction_lps[1] > 0
    front = np.array(
        [np.flatnonzero(flat[row])[0 if dorsal_is_up else -1] for row in seen], dtype=np.float64
    )
    border = np.interp(np.arange(rows), seen, front)
    rim = _BEHIND_MM / stack.column_spacing_mm
    index = np.arange(columns)
    if dorsal_is_up:
        behind = index[None] > border[:, None] + rim
    else:
        behind = index[None] < border[:, None] - rim
    return np.asarray(behind[None])
