"""MetaImage files for tests, as ITK writes them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NAMES = {
    "int16": "MET_SHORT",
    "uint8": "MET_UCHAR",
    "uint16": "MET_USHORT",
    "float32": "MET_FLOAT",
}


def write_mha(
    path: Path,
    voxels: NDArray[Any],
    axes: Sequence[Sequence[float]],
    origin: Sequence[float],
    spacing: Sequence[float],
    *,
    compressed: bool = True,
) -> None:
    """voxels: (n0, n1, n2), the axis that runs fastest in the file first."""
    data = np.ascontiguousarray(voxels.T).tobytes()
    stored = zlib.compress(data) if compressed else data
    numbers = [" ".join(f"{x:g}" for x in row) for row in (np.ravel(axes), origin, spacing)]
    size = " ".join(map(str, voxels.shape))
    lines = [
        "ObjectType = Image",
        "NDims = 3",
        "BinaryData = True",
        "BinaryDataByteOrderMSB = False",
        f"CompressedData = {compressed}",
        *([f"CompressedDataSize = {len(stored)}"] if compressed else []),
        f"TransformMatrix = {numbers[0]}",
        f"Offset = {numbers[1]}",
        "CenterOfRotation = 0 0 0",
        "AnatomicalOrientation = RAI",
        f"ElementSpacing = {numbers[2]}",
        f"DimSize = {size}",
        f"ElementType = {_NAMES[str(voxels.dtype)]}",
        "ElementDataFile = LOCAL",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\n".join(lines) + "\n").encode() + stored)
