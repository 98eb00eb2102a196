"""Exams without findings stay what they were: kept demonstrations and weights rest on them."""

from __future__ import annotations

import numpy as np
import pytest

from spinestudy.imaging.phantom import build_exam, sample_spec

# Written down before the phantom learnt findings. Pixels may differ by rounding between
# processors, so they are compared within 2 of 4095, sizes of labels within 3 voxels.
DIGESTS = {
    3: "94a2f453ce5a0fcf80aa55a7ea7e387741f7a0ce101f1e7f6fbe481cdd784295",
    8: "a0ffcb555a910b969933cd3e6b3d35a4bb71489b46d2efdfb46c239f410b56d7",
}
PIXELS = {
    "sag_t1": (56, 348, 535, 306, 1220, 495, 522, 7, 37),
    "sag_t2": (118, 310, 633, 302, 1059, 357, 375, 31, 19),
    "ax_t2": (247, 228, 258, 138, 204, 1047, 241, 254, 237),
}
LABELS = {
    "sag_t1": (39422, 12689, 15392, 8779),
    "sag_t2": (39422, 12689, 15392, 8779),
    "ax_t2": (7090, 584, 16054, 3250),
}


@pytest.mark.parametrize("seed", DIGESTS)
def test_the_digest_of_an_old_specification_is_the_old_one(seed: int) -> None:
    assert sample_spec(seed).digest() == DIGESTS[seed]


def test_pixels_and_labels_of_an_old_exam_are_the_old_ones() -> None:
    exam = build_exam(sample_spec(3), quick=True)
    for series in exam.series:
        slices, rows, columns = series.pixels.shape
        line = series.pixels[slices // 2, rows // 2, columns // 8 :: columns // 10]
        assert np.allclose(line.astype(int), PIXELS[series.role], atol=2), series.role
        sizes = [int((series.labels == label).sum()) for label in range(1, 5)]
        assert np.allclose(sizes, LABELS[series.role], atol=3), series.role
        assert series.structures is None
    assert exam.truth.rows == ()
