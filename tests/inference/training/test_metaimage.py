"""MetaImage files as ITK writes them, and files that nobody should have written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.training.adapters.metaimage import read_mha
from inference.training.adapters.volume_stack import sagittal_stack
from inference.training.sources import DataError
from tests.inference.training.mha import write_mha

VOXELS = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)


@pytest.mark.parametrize("is_compressed", [True, False])
def test_voxels_and_geometry_come_back(tmp_path: Path, is_compressed: bool) -> None:
    path = tmp_path / "a.mha"
    axes = ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    write_mha(path, VOXELS, axes, (-10.0, 5.0, 7.0), (2.0, 3.0, 4.0), compressed=is_compressed)
    volume = read_mha(path)
    assert np.array_equal(volume.voxels, VOXELS)
    point = volume.to_patient(np.array([1.0, 2.0, 3.0]))
    assert point.tolist() == [-10 + 2 * 3.0, 5 + 3 * 4.0, 7 + 1 * 2.0]


def test_a_stack_runs_across_the_patient_whatever_the_order_of_axes(tmp_path: Path) -> None:
    """Axes: head to foot, right to left, front to back; slices must follow the second."""
    axes = ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    write_mha(tmp_path / "a.mha", VOXELS, axes, (0.0, 0.0, 0.0), (2.0, 3.0, 4.0))
    volume = read_mha(tmp_path / "a.mha")
    stack = sagittal_stack(volume, 7, "T2")
    assert stack.pixels.shape == (3, 2, 4)
    assert (stack.row_spacing_mm, stack.column_spacing_mm) == (2.0, 4.0)
    index = np.array([1.0, 2.0, 3.0])
    k, row, column = 2, 1, 3
    point = (
        stack.positions_lps[k]
        + row * stack.row_spacing_mm * stack.column_direction_lps
        + column * stack.column_spacing_mm * stack.row_direction_lps
    )
    assert point.tolist() == volume.to_patient(index).tolist()
    assert stack.pixels[k, row, column] == VOXELS[1, 2, 3]


def test_files_that_cannot_be_used_are_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.mha"
    axes = np.eye(3).tolist()
    write_mha(path, VOXELS, axes, (0, 0, 0), (1, 1, 1))
    content = path.read_bytes()
    wrong = {
        b"not an image": "not a MetaImage file",
        content[:-5]: r"compressed voxels are damaged",
        content.replace(b"DimSize = 2 3 4", b"DimSize = 2 3 9"): "bytes of voxels, 108 expected",
        content.replace(b"DimSize = 2 3 4", b"DimSize = 2 three"): "DimSize should hold 3 numbers",
        content.replace(b"MET_SHORT", b"MET_LONG_LONG"): "MET_LONG_LONG are not supported",
        content.replace(b"LOCAL", b"a.raw"): "lie in another file",
        content.replace(b"NDims = 3", b"NDims = 4"): "has 4 dimensions",
    }
    for data, words in wrong.items():
        path.write_bytes(data)
        with pytest.raises(DataError, match=words):
            read_mha(path)
    with pytest.raises(DataError, match="can't be read"):
        read_mha(tmp_path / "absent.mha")
