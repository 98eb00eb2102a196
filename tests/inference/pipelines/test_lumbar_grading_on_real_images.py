"""A real cervico-thoracic T1 series: far from what was learnt, so nothing may be claimed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.contract import ExamInput, StackInput
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading

pytestmark = pytest.mark.worker


def _stack(folder: Path, weighting: str) -> StackInput:
    images = [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]
    orientation = np.array(images[0].ImageOrientationPatient, dtype=np.float64)
    normal = np.cross(orientation[:3], orientation[3:])
    images.sort(key=lambda d: float(np.array(d.ImagePositionPatient, dtype=float) @ normal))
    row_spacing_mm, column_spacing_mm = (float(v) for v in images[0].PixelSpacing)
    return StackInput(
        stack_id=1,
        plane="sagittal",
        weighting=weighting,
        pixels=np.stack([d.pixel_array for d in images]).astype(np.float32),
        row_direction_lps=orientation[:3],
        column_direction_lps=orientation[3:],
        positions_lps=np.array([d.ImagePositionPatient for d in images], dtype=np.float64),
        row_spacing_mm=row_spacing_mm,
        column_spacing_mm=column_spacing_mm,
    )


@pytest.mark.parametrize("weighting", ["T1", "T2", "unknown"])
def test_a_spine_without_lumbar_levels_gets_no_level_and_no_grade(
    pipeline: LumbarGrading, shared_data: Path, weighting: str
) -> None:
    folder = shared_data / "dicom" / "derived" / "spine" / "sag_t1_classic"
    if not folder.is_dir():
        pytest.skip("the real sagittal series is not there")
    stack = _stack(folder, weighting)
    output = pipeline.run(ExamInput((stack,)), lambda _done, _step: None)
    assert output.segmentations[0].labels.shape == stack.pixels.shape
    assert output.levels == ()
    assert output.grades == ()
    assert any("sacrum" in note for note in output.notes)
