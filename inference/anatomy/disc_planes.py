"""What was labelled about one disc, seen in two planes: midsagittal, and along the disc.

Both are sampled from the probabilities of the classes, so that an edge lies between pixels where
its probability passes one half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.anatomy.crops import DiscFrame
from inference.anatomy.segmentation import BODY, CANAL, DISC, SACRUM
from inference.contract import StackInput

Values = NDArray[np.float64]
Probabilities = NDArray[np.float32]
STEP_MM: Final = 0.8
VENTRAL_MM, DORSAL_MM, ALONG_MM = -32.0, 44.0, 46.0
"""How far the midsagittal plane reaches from the centre of the disc."""
ASIDE_MM, BEHIND_MM = 20.0, 46.0
"""How far the plane along the disc reaches: to each side, and dorsally from the centre."""
_DISC_REACH_MM: Final = 15.0
_LEAST_DEPTH_MM: Final = 12.0


@dataclass(frozen=True)
class Midplane:
    """Probabilities (rows, columns): rows run caudally, columns dorsally, STEP_MM apart.

    bone: vertebral bodies and sacrum. The centre of the disc lies at 0, 0 of `u` and `v` (mm).
    """

    bone: Probabilities
    disc: Probabilities
    canal: Probabilities

    @property
    def u(self) -> Values:
        """(columns,) mm dorsal of the centre of the disc."""
        return np.asarray(VENTRAL_MM + STEP_MM * np.arange(self.disc.shape[1]), dtype=np.float64)

    @property
    def v(self) -> Values:
        """(rows,) mm caudal of the centre of the disc."""
        return np.asarray(-ALONG_MM + STEP_MM * np.arange(self.disc.shape[0]), dtype=np.float64)

    def at(self, plane: Probabilities, u: Values, v: Values) -> Values:
        """Probabilities at points of the plane, mm; 0 outside it."""
        index = [(v + ALONG_MM) / STEP_MM, (u - VENTRAL_MM) / STEP_MM]
        return np.asarray(ndimage.map_coordinates(plane, index, order=1), dtype=np.float64)


@dataclass(frozen=True)
class DiscShape:
    """A disc in its midplane. mm in the frame of the plane.

    u: (n,) columns from its ventral to its dorsal edge; height, middle: (n,) at these.
    slope: of its middle, caudal against dorsal.
    """

    u: Values
    height: Values
    middle: Values
    slope: float

    @property
    def depth_mm(self) -> float:
        """From the ventral to the dorsal edge."""
        return float(self.u[-1] - self.u[0])


def midplanes(
    probabilities: Probabilities, stack: StackInput, frames: Sequence[DiscFrame]
) -> list[Midplane]:
    """The midsagittal plane of every disc; probabilities (slices, 5, rows, columns) of `stack`."""
    u = np.arange(VENTRAL_MM, DORSAL_MM, STEP_MM)
    v = np.arange(-ALONG_MM, ALONG_MM, STEP_MM)
    points = np.stack(
        [f.center_lps + v[:, None, None] * f.caudal + u[None, :, None] * f.dorsal for f in frames]
    )
    bone, disc, canal = _sampled(
        stack,
        points,
        [probabilities[:, BODY] + probabilities[:, SACRUM]]
        + [probabilities[:, value] for value in (DISC, CANAL)],
    )
    return [Midplane(*planes) for planes in zip(bone, disc, canal, strict=True)]


def along_discs(
    probabilities: Probabilities, stack: StackInput, frames: Sequence[DiscFrame]
) -> list[Probabilities]:
    """Probability of the canal in the plane of every disc: rows dorsally, columns to the left."""
    back = np.arange(0.0, BEHIND_MM, STEP_MM)
    left = np.arange(-ASIDE_MM, ASIDE_MM + STEP_MM / 2, STEP_MM)
    points = np.stack(
        [
            f.center_lps + back[:, None, None] * f.dorsal + left[None, :, None] * f.left
            for f in frames
        ]
    )
    (canal,) = _sampled(stack, points, [probabilities[:, CANAL]])
    return list(canal)


def _sampled(stack: StackInput, points: Values, values: list[Probabilities]) -> list[Probabilities]:
    """Linear between voxels; the end slices go on for half a slice, beyond the image it is 0."""
    index = grid.to_index(stack, points)
    slices = len(stack.pixels)
    outside = (index[..., 0] < -0.5) | (index[..., 0] > slices - 0.5)
    index[..., 0] = np.clip(index[..., 0], 0, slices - 1)
    places = np.moveaxis(index, -1, 0)
    found = []
    for one in values:
        plane = ndimage.map_coordinates(np.ascontiguousarray(one), places, order=1)
        plane[outside] = 0
        found.append(plane)
    return found


def disc_shape(plane: Midplane) -> DiscShape | None:
    """Where the disc is, column by column; None where too little of one is labelled.

    The height of a column is the sum of its probabilities: a disc thinner than a pixel counts by
    its share.
    """
    near = np.abs(plane.v) <= _DISC_REACH_MM
    weight = plane.disc[near].astype(np.float64)
    height = weight.sum(0) * STEP_MM
    has = (weight.max(0) >= 0.5) | (height >= 1.5)
    numbered, _ = ndimage.label(has)
    at = numbered[np.argmin(np.abs(plane.u))]
    if not at:
        return None
    columns = np.flatnonzero(numbered == at)
    u = plane.u[columns]
    if u[-1] - u[0] < _LEAST_DEPTH_MM:
        return None
    middle = (weight * plane.v[near, None]).sum(0)[columns] / weight.sum(0)[columns]
    inner = slice(len(u) // 8, len(u) - len(u) // 8)
    slope, _ = straight(u[inner], middle[inner])
    return DiscShape(u, height[columns], middle, slope)


def straight(x: Values, y: Values) -> tuple[float, float]:
    """Slope and value at 0 of the line of least squares through points."""
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / max(float(dx @ dx), 1e-9))
    return slope, float(y.mean() - slope * x.mean())


def leaned(frame: DiscFrame, shape: DiscShape) -> DiscFrame:
    """The frame turned in its midplane until it lies along the disc."""
    angle = np.arctan(shape.slope)
    middle = len(shape.u) // 2
    return replace(
        frame,
        center_lps=frame.center_lps
        + shape.u[middle] * frame.dorsal
        + shape.middle[middle] * frame.caudal,
        dorsal=np.cos(angle) * frame.dorsal + np.sin(angle) * frame.caudal,
        caudal=np.cos(angle) * frame.caudal - np.sin(angle) * frame.dorsal,
    )
