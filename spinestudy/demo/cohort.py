"""Make the synthetic exams and bring them in through the front door: the importer."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from spinestudy.demo.kept_exams import drawn_exam
from spinestudy.demo.synthetic_exam import SyntheticExam
from spinestudy.imaging.models import Cohort, Upload
from spinestudy.imaging.services.ingest import import_paths

COHORT: Final = "SYNTHETIC lumbar phantoms"
FIRST_SEED: Final = 1
EXAMS: Final = 16

Say = Callable[[str], None]


def make_cohort(say: Say, exams: int = EXAMS) -> list[SyntheticExam]:
    """Write, import and delete the DICOM files of the demo cohort; return their truth."""
    with tempfile.TemporaryDirectory(prefix="spinestudy-demo-") as folder:
        seeds = range(FIRST_SEED, FIRST_SEED + exams)
        kept = os.environ.get("SPINESTUDY_KEPT_PHANTOMS", "")
        workers = min(8, os.cpu_count() or 1)
        made: list[SyntheticExam] = []
        # spawn: a fork would share the open database connection with the children;
        # Ctrl-C reaches them too, but only we decide what it means
        with ProcessPoolExecutor(
            workers,
            mp_context=get_context("spawn"),
            initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN),
        ) as pool:
            for exam in pool.map(drawn_exam, seeds, [folder] * exams, [kept] * exams):
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
