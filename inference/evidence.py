"""What a pipeline may give to show what a grade rested on; a part of the contract. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Plane = Literal["sagittal", "axial", "coronal", "oblique"]
MOST_EVIDENCE_BYTES: Final = 512 * 1024
"""Of all pictures and heat of one exam: they are there to be glanced at, not to be an archive."""
_LARGEST_SIDE: Final = 128


@dataclass(frozen=True)
class EvidenceOutput:
    """A picture that a network saw, and where in it its answer for one cell rested.

    item, disc_level, side: the cell; a prediction must hold its grade.
    plane: in which the picture lies. stack_id, slice_index: what it was cut from; the nearest
        slice where it lies between two.
    pixels: uint8 (rows, columns), at most 128 a side, stretched to be looked at.
    heat: uint8, over the same field with as many pixels or fewer: 0 where nothing speaks for the
        grade, 255 where most does in any picture of the cell; all 0 where nothing does anywhere.
    center_lps: mm. row_direction_lps, column_direction_lps: unit vectors in which the column index
        and the row index grow. pixel_mm: of `pixels`, square.
    """

    item: str
    disc_level: str
    plane: Plane
    stack_id: int
    slice_index: int
    center_lps: tuple[float, float, float]
    row_direction_lps: tuple[float, float, float]
    column_direction_lps: tuple[float, float, float]
    pixel_mm: float
    pixels: NDArray[np.uint8]
    heat: NDArray[np.uint8]
    side: Literal["", "right", "left"] = ""

    def __post_init__(self) -> None:
        where = f"Evidence for {self.item} at {self.disc_level}"
        for name, one in (("pixels", self.pixels), ("heat", self.heat)):
            if one.dtype != np.uint8 or one.ndim != 2 or not min(one.shape) >= 1:
                raise ValueError(f"{where}: {name} must be uint8 (rows, columns).")
        if max(self.pixels.shape) > _LARGEST_SIDE:
            raise ValueError(f"{where}: a picture has at most {_LARGEST_SIDE} pixels a side.")
        if any(of > at for of, at in zip(self.heat.shape, self.pixels.shape, strict=True)):
            raise ValueError(f"{where}: heat may not be finer than its picture.")
        if not self.pixel_mm > 0:
            raise ValueError(f"{where}: pixel_mm must be above 0.")


def require_small(evidence: Iterable[EvidenceOutput]) -> None:
    """ValueError where pictures and heat of one exam take more than MOST_EVIDENCE_BYTES."""
    size = sum(one.pixels.size + one.heat.size for one in evidence)
    if size > MOST_EVIDENCE_BYTES:
        raise ValueError(
            f"Evidence of {size} bytes; at most {MOST_EVIDENCE_BYTES} are kept of an exam. "
            "Show fewer pictures, or smaller ones."
        )
