"""Draw one phantom exam as DICOM files. Knows no Django, so that fresh processes can run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom import build_exam, sample_spec, write_exam


def _points(centers: Mapping[str, NDArray[np.float64]]) -> dict[str, tuple[float, float, float]]:
    return {level: (float(p[0]), float(p[1]), float(p[2])) for level, p in centers.items()}


@dataclass(frozen=True)
class SyntheticExam:
    """What the demo knows of an exam: the phantom's truth, for virtual readers and marks."""

    patient_id: str
    latent: dict[str, dict[str, float]]
    grades: dict[str, dict[str, int]]
    disc_centers_lps: dict[str, tuple[float, float, float]]
    body_centers_lps: dict[str, tuple[float, float, float]]


def draw_exam(seed: int, folder: str) -> SyntheticExam:
    """Write the exam of this seed below the folder; return its truth."""
    exam = build_exam(sample_spec(seed))
    patient_id = f"SYNTHETIC-{seed:03d}"
    target = Path(folder) / patient_id
    target.mkdir()
    write_exam(
        exam,
        target,
        patient_id=patient_id,
        study_date=date(2026, 1, 1) + timedelta(days=seed),
        accession=f"SYN{seed:05d}",
    )
    return SyntheticExam(
        patient_id=patient_id,
        latent={item: dict(levels) for item, levels in exam.truth.latent.items()},
        grades={item: dict(levels) for item, levels in exam.truth.grades.items()},
        disc_centers_lps=_points(exam.truth.disc_centers_lps),
        body_centers_lps=_points(exam.truth.body_centers_lps),
    )
