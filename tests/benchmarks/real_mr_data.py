"""Real MR with manual masks as exams: a NIfTI crop, and folders of mid-sagittal slices."""

from __future__ import annotations

import gzip
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.contract import ExamInput, StackInput

_TPTBOX: Final = "nifti/Hendrik-code+TPTBox/TPTBox/tests/sample_mri"
_TPTBOX_CLASSES: Final = {49: 1, 100: 3, 61: 4, 60: 4}
"""Their subregions: corpus, disc, canal with the cord in it; arches and processes stay 0."""
_NIFTI_TYPES: Final = {2: "<u1", 4: "<i2", 8: "<i4", 16: "<f4", 256: "<i1", 512: "<u2"}


@dataclass(frozen=True)
class RealCase:
    """One stack with truth on its grid.

    classes: the values of contract.STRUCTURES that were drawn. sacrum_is_body: sacral segments
    were drawn as vertebrae.
    """

    name: str
    exam: ExamInput
    truth: NDArray[np.uint8]
    classes: tuple[int, ...]
    sacrum_is_body: bool = False


def crop_of_tptbox(data: Path) -> list[RealCase]:
    """The T2 crop of TPTBox (Apache-2.0) with its subregions; none where it isn't there."""
    folder = data / _TPTBOX
    if not folder.is_dir():
        return []
    pixels, affine = _nifti(folder / "sub-mri_label-6_T2w.nii.gz")
    codes, _ = _nifti(folder / "sub-mri_seg-subreg_label-6_msk.nii.gz")
    truth = np.zeros(codes.shape, dtype=np.uint8)
    for theirs, ours in _TPTBOX_CLASSES.items():
        truth[codes == theirs] = ours
    stack, truth = _sagittal(pixels.astype(np.float32), truth, affine)
    return [RealCase("tptbox", ExamInput((stack,)), truth, (1, 3, 4))]


def slices_in(folder: Path) -> dict[str, list[RealCase]]:
    """Single slices, head up and face to the left, in a folder with `set.json`.

    set.json: {"name", "pixel_mm", "classes": {"their value": ours}, "sacrum_is_body",
    "weighting": "T1" or "T2", "leave_out": [slice, ...]}; pixel_mm and weighting may also be tables
    by slice. Slices whose mask is empty are left out.
    """
    told = json.loads((folder / "set.json").read_text())
    sets: dict[str, list[RealCase]] = {}
    for path in sorted((folder / "images").glob("*.png")):
        codes = np.load(folder / "masks" / f"{path.stem}.npy")
        truth = np.zeros((1, *codes.shape), dtype=np.uint8)
        for theirs, ours in told["classes"].items():
            truth[0][codes == int(theirs)] = ours
        if path.stem in told.get("leave_out", ()) or not truth.any():
            continue
        word, pixel_mm = (_of_slice(told[key], path.stem) for key in ("weighting", "pixel_mm"))
        pixels = np.asarray(Image.open(path).convert("L"), dtype=np.float32)[None]
        stack = _slice_stack(pixels, float(pixel_mm), word)
        classes = tuple(sorted(set(told["classes"].values())))
        case = RealCase(path.stem, ExamInput((stack,)), truth, classes, told["sacrum_is_body"])
        sets.setdefault(f"{told['name']}_{word.lower()}", []).append(case)
    return sets


def _of_slice(told: Any, name: str) -> Any:
    return told[name] if isinstance(told, dict) else told


def _slice_stack(pixels: NDArray[np.float32], pixel_mm: float, weighting: str) -> StackInput:
    return StackInput(
        stack_id=1,
        plane="sagittal",
        weighting=weighting,
        pixels=pixels,
        row_direction_lps=np.array([0.0, 1.0, 0.0]),
        column_direction_lps=np.array([0.0, 0.0, -1.0]),
        positions_lps=np.zeros((1, 3)),
        row_spacing_mm=pixel_mm,
        column_spacing_mm=pixel_mm,
    )


def _nifti(path: Path) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """Voxels (i, j, k) and the 4 x 4 affine to LPS mm of a NIfTI-1 file with an sform."""
    data = gzip.decompress(path.read_bytes())
    shape = struct.unpack_from("<8h", data, 40)[1:4]
    (kind,) = struct.unpack_from("<h", data, 70)
    (offset,) = struct.unpack_from("<f", data, 108)
    affine = np.eye(4)
    affine[:3] = np.array(struct.unpack_from("<12f", data, 280)).reshape(3, 4)
    affine[:2] *= -1
    voxels = np.frombuffer(data, _NIFTI_TYPES[kind], offset=int(offset))
    return voxels.reshape(shape, order="F"), affine


def _sagittal(
    pixels: NDArray[np.float32], truth: NDArray[np.uint8], affine: NDArray[np.float64]
) -> tuple[StackInput, NDArray[np.uint8]]:
    """Slices along the axis nearest to left-right; nothing is resampled."""
    steps = affine[:3, :3]
    across = int(np.argmax(np.abs(steps[0])))
    down = int(np.argmax(np.abs(steps[2])))
    along = 3 - across - down
    spacing = np.linalg.norm(steps, axis=0)
    order = (across, down, along)
    stack = StackInput(
        stack_id=1,
        plane="sagittal",
        weighting="T2",
        pixels=np.ascontiguousarray(pixels.transpose(order)),
        row_direction_lps=steps[:, along] / spacing[along],
        column_direction_lps=steps[:, down] / spacing[down],
        positions_lps=affine[:3, 3] + np.arange(pixels.shape[across])[:, None] * steps[:, across],
        row_spacing_mm=float(spacing[down]),
        column_spacing_mm=float(spacing[along]),
    )
    return stack, np.ascontiguousarray(truth.transpose(order))
