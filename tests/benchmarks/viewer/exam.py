"""An exam of three stacks of 30 slices; the middle of each slice says in grey which one it is.

So the number of the slice that is drawn can be read from any viewer's canvas.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from spinestudy.imaging.phantom import build_exam, sample_spec, write_exam
from spinestudy.imaging.phantom.exam import PhantomSeries

SLICES: Final = 30
STEP: Final = 50  # grey values of the image between one slice and the next
WIDTH: Final = 1500  # of the window that the phantom's headers name, which begins at 0
SEED: Final = 901


def write(folder: Path) -> None:
    """Write its files below the folder."""
    exam = build_exam(sample_spec(SEED), quick=True)
    write_exam(
        replace(exam, series=tuple(map(_numbered, exam.series))),
        folder,
        patient_id="SYNTHETIC-BENCH",
        study_date=date(2026, 2, 1),
        accession="BENCH1",
    )


def _numbered(series: PhantomSeries) -> PhantomSeries:
    """Slices of the series, over and over, as one straight stack."""
    at = np.arange(SLICES) * len(series.pixels) // SLICES
    pixels = series.pixels[at].copy()
    rows, columns = pixels.shape[1:]
    y, x = rows // 2, columns // 2
    for number, one in enumerate(pixels):
        one[y - 24 : y + 24, x - 24 : x + 24] = STEP * number + STEP // 2
    orientation = series.orientation_lps[0]
    normal = np.cross(orientation[:3], orientation[3:])
    middle = series.positions_lps[len(series.positions_lps) // 2]
    steps = (np.arange(SLICES) - SLICES / 2)[:, None] * series.slice_spacing_mm
    return replace(
        series,
        pixels=pixels,
        labels=series.labels[at],
        orientation_lps=np.tile(orientation, (SLICES, 1)),
        positions_lps=np.round(middle + steps * normal, 6),
    )
