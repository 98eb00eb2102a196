"""A look at one phantom: `python -m tests.imaging.phantom.montage SEED picture.png [quick]`.

Above: mid-sagittal T1, T2, labels, a lateral T2. Below: axial T2 at L2/L3, L3/L4, L4/L5, L5/S1.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spinestudy.imaging.phantom import DISC_LEVELS, PhantomExam, build_exam, sample_spec

_SIZE = 448
_WHITE = 1500


def montage(exam: PhantomExam) -> Image.Image:
    """An 8-bit picture of the exam, 2 x 4 tiles."""
    t1, t2, axial = exam.series
    middle = len(t2.pixels) // 2
    top = [
        _tile(t1.pixels[middle], _WHITE),
        _tile(t2.pixels[middle], _WHITE),
        _tile(t2.labels[middle], 4),
        _tile(t2.pixels[middle + 4], _WHITE),
    ]
    count = len(axial.pixels) // len(DISC_LEVELS)
    bottom = [_tile(axial.pixels[i * count + 1], _WHITE) for i in range(1, len(DISC_LEVELS))]
    return Image.fromarray(np.vstack([np.hstack(top), np.hstack(bottom)]))


def _tile(image: NDArray[np.generic], white: int) -> NDArray[np.uint8]:
    grey = np.clip(image.astype(np.float32) * (255 / white), 0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(grey).resize((_SIZE, _SIZE), Image.Resampling.BICUBIC))


if __name__ == "__main__":
    seed, target, *rest = sys.argv[1:]
    montage(build_exam(sample_spec(int(seed)), quick="quick" in rest)).save(Path(target))
