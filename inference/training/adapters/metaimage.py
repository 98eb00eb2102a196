"""MetaImage (.mha): one text header, then the voxels, plain or zlib-compressed.

The format is ITK's (MetaIO documentation, "MetaImage"): DimSize runs over the fastest axis first;
consecutive triples of TransformMatrix are the directions of the axes; Offset is the centre of the
first voxel; directions and positions are in the patient frame LPS, mm.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inference.training.sources import DataError

_TYPES: Final = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
_MOST_HEADER_LINES: Final = 200


@dataclass(frozen=True)
class Volume:
    """voxels: (n0, n1, n2) in the order of the axes, the fastest axis of the file first.

    directions_lps: (3, 3), row k the unit vector along axis k. origin_lps: (3,) mm, the centre of
    voxel (0, 0, 0). spacing_mm: (3,).
    """

    voxels: NDArray[Any]
    directions_lps: NDArray[np.float64]
    origin_lps: NDArray[np.float64]
    spacing_mm: NDArray[np.float64]

    def to_patient(self, index: NDArray[np.float64]) -> NDArray[np.float64]:
        """Index (..., 3) -> LPS mm (..., 3)."""
        return np.asarray(self.origin_lps + (index * self.spacing_mm) @ self.directions_lps)


def read_mha(path: Path) -> Volume:
    """Read one file; DataError with what is wrong where it can't be used."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror}).") from error
    header, start = _header(content, path)
    size = _numbers(header, "DimSize", path, 3).astype(int)
    kind = _TYPES.get(header.get("ElementType", ""))
    if kind is None or header.get("ElementNumberOfChannels", "1") != "1":
        raise DataError(f"{path}: voxels of type {header.get('ElementType')} are not supported.")
    if header.get("ElementDataFile") != "LOCAL":
        raise DataError(f"{path}: the voxels lie in another file; only .mha with LOCAL is read.")
    order = ">" if _is_true(header, "BinaryDataByteOrderMSB", "ElementByteOrderMSB") else "<"
    data = content[start:]
    if _is_true(header, "CompressedData"):
        try:
            data = zlib.decompress(data)
        except zlib.error as error:
            raise DataError(f"{path}: the compressed voxels are damaged. Copy it again.") from error
    needed = int(np.prod(size)) * np.dtype(kind).itemsize
    if min(size) < 1 or len(data) < needed:
        raise DataError(f"{path}: {len(data)} bytes of voxels, {needed} expected. Copy it again.")
    voxels = np.frombuffer(data[:needed], order + kind).reshape(size[::-1]).T
    matrix = _numbers(header, "TransformMatrix", path, 9, default="1 0 0 0 1 0 0 0 1")
    return Volume(
        voxels=voxels,
        directions_lps=matrix.reshape(3, 3),
        origin_lps=_numbers(header, "Offset", path, 3, default="0 0 0"),
        spacing_mm=_numbers(header, "ElementSpacing", path, 3, default="1 1 1"),
    )


def _header(content: bytes, path: Path) -> tuple[dict[str, str], int]:
    """The fields, and where the voxels start: behind the line ElementDataFile."""
    fields: dict[str, str] = {}
    start = 0
    for _ in range(_MOST_HEADER_LINES):
        end = content.find(b"\n", start)
        if end < 0:
            break
        name, equals, value = content[start:end].decode("latin-1").partition("=")
        if not equals:
            break
        fields[name.strip()] = value.strip()
        start = end + 1
        if name.strip() == "ElementDataFile":
            if fields.get("NDims", "3") != "3":
                raise DataError(f"{path} has {fields['NDims']} dimensions; 3 are read.")
            return fields, start
    raise DataError(f"{path} is not a MetaImage file. Download it again.")


def _numbers(
    header: dict[str, str], name: str, path: Path, count: int, default: str | None = None
) -> NDArray[np.float64]:
    text = header.get(name, default)
    try:
        numbers = np.array([float(word) for word in (text or "").split()])
    except ValueError:
        numbers = np.array([])
    if len(numbers) != count:
        raise DataError(f"{path}: {name} should hold {count} numbers, not '{text}'.")
    return numbers


def _is_true(header: dict[str, str], *names: str) -> bool:
    return any(header.get(name, "").lower() == "true" for name in names)
