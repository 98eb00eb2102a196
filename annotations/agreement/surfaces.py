"""Surfaces of masks and the distances between them, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class SurfaceDistances:
    """Distance of each surface voxel to the other surface: (n_a,) from a, (n_b,) from b."""

    a_to_b: FloatArray
    b_to_a: FloatArray


def mask_of(values: ArrayLike) -> BoolArray:
    """A mask as booleans; RatingsError where it holds anything but 0 and 1."""
    mask = np.asarray(values)
    if mask.dtype != bool:
        if mask.dtype.kind not in "iuf" or not np.isin(mask, (0, 1)).all():
            raise RatingsError("a mask holds 0 and 1 only")
        mask = mask == 1
    if mask.ndim == 0:
        raise RatingsError("a mask has at least one axis")
    return mask


def masks_of(a: ArrayLike, b: ArrayLike) -> tuple[BoolArray, BoolArray]:
    """Two masks on one grid."""
    first, second = mask_of(a), mask_of(b)
    if first.shape != second.shape:
        raise RatingsError(f"the masks lie on different grids: {first.shape} and {second.shape}")
    return first, second


def surface(mask: BoolArray) -> BoolArray:
    """Voxels of the mask that touch, by a face, what isn't mask; the edge of the grid isn't."""
    cross = ndimage.generate_binary_structure(mask.ndim, 1)
    inner = ndimage.binary_erosion(mask, structure=cross, border_value=0)
    return np.asarray(mask & ~inner, dtype=bool)


def surface_distances(a: BoolArray, b: BoolArray, spacing_mm: ArrayLike) -> SurfaceDistances:
    """Euclidean distances between centres of surface voxels of two masks, neither empty.

    spacing_mm: one length an axis of the grid. Only the box around both masks is looked at; the
    nearest surface voxel always lies in it.
    """
    spacing = np.asarray(spacing_mm, dtype=float)
    if spacing.shape != (a.ndim,) or not np.all(np.isfinite(spacing) & (spacing > 0)):
        raise RatingsError("spacing_mm needs one length above 0 for each axis of the mask")
    window = ndimage.find_objects((a | b).astype(np.int8))[0]
    edge_a, edge_b = surface(a[window]), surface(b[window])
    to_a = ndimage.distance_transform_edt(~edge_a, sampling=spacing)
    to_b = ndimage.distance_transform_edt(~edge_b, sampling=spacing)
    return SurfaceDistances(to_b[edge_a], to_a[edge_b])
