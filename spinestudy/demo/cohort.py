"""Make the synthetic exams and bring them in through the front door: the importer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from spinestudy.imaging.models import Cohort, Upload
from spinestudy.imaging.phantom import build_exam, sample_spec, write_exam
from spinestudy.imaging.services.ingest import import_paths

COHORT: Final = "SYNTHETIC lumbar phantoms"
FIRST_SEED: Final = 1
EXAMS: Final = 16

Say = Callable[[str], None]


@dataclass(frozen=True)
class SyntheticExam:
    """What the demo knows of an exam: the phantom's truth, for virtual readers and marks."""

    patient_id: str
    latent: dict[str, dict[str, float]]
    disc_centers_lps: dict[str, tuple[float, float, float]]


def _make(seed: int, folder: str) -> SyntheticExam:
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


def make_cohort(say: Say, exams: int = EXAMS) -> list[SyntheticExam]:
    """Write, import and delete the DICOM files of the demo cohort; return their truth."""
    with tempfile.TemporaryDirectory(prefix="spinestudy-demo-") as folder:
        seeds = range(FIRST_SEED, FIRST_SEED + exams)
        workers = min(8, os.cpu_count() or 1)
        made: list[SyntheticExam] = []
        # spawn: a fork would share the open database connection with the children
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            for exam in pool.map(_make, seeds, [folder] * exams):
                made.append(exam)
                say(f"{len(made)} of {exams} synthetic exams drawn")
        cohort, _ = Cohort.objects.get_or_create(name=COHORT)
        upload = Upload.objects.create(cohort=cohort, source="demo: synthetic lumbar phantoms")
        import_paths(
            upload=upload,
            paths=[Path(folder)],
            progress=lambda done, total: say(f"{done} of {total} files imported"),
        )
    return made
