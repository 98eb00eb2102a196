"""Draw one phantom exam as DICOM files. Knows no Django, so that fresh processes can run it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from spinestudy.imaging.phantom import build_exam, sample_spec, write_exam


@dataclass(frozen=True)
class SyntheticExam:
    """What the demo knows of an exam: the phantom's truth, for virtual readers and marks."""

    patient_id: str
    latent: dict[str, dict[str, float]]
    disc_centers_lps: dict[str, tuple[float, float, float]]


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
        disc_centers_lps={
            level: (float(p[0]), float(p[1]), float(p[2]))
            for level, p in exam.truth.disc_centers_lps.items()
        },
    )
