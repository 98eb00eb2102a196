"""The progress board of a large reader study, on a real database that is emptied afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

import tests.servers  # noqa: F401 - starts the database before Django reads its settings
from tests.benchmarks.figure import Figure

N_READERS, N_CASES = 40, 2000


def measure() -> Iterator[Figure]:
    """A crossover of 40 readers x 2,000 cases, a third of the first period submitted."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

    old = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("migrate", verbosity=0)
        with transaction.atomic():
            reader_study, created_s = _large_reader_study()
            from annotations.selectors.progress import session_board

            with connection.cursor() as cursor:
                cursor.execute("ANALYZE annotations_reading")
            times = []
            for _ in range(9):
                with CaptureQueriesContext(connection) as queries:
                    began = time.perf_counter()
                    board = session_board(reader_study)
                    times.append(1000 * (time.perf_counter() - began))
            cells = sum(len(row.sessions) for row in board.rows)
            size = f"{cells} cells over {2 * N_READERS * N_CASES} readings"
            note = f"{size}, {len(queries)} queries; median of 9"
            yield Figure("board", median(times), "ms", aim=300, note=note)
            yield Figure("create", created_s, "s", aim=10, note="drawing and storing it; one run")
            transaction.set_rollback(True)
    finally:
        teardown_databases(old, verbosity=0)


def _large_reader_study() -> tuple[Any, float]:
    from django.db import connection
    from django.db.models import Exists, OuterRef
    from django.utils import timezone

    from annotations.design.protocol import ReaderStudyDesign
    from annotations.models import Reading
    from annotations.services.reader_studies import UNAIDED, ArmDesign, create_reader_study
    from spinestudy.imaging.models import ImagingStudy, Patient
    from tests import personas
    from tests.factories.reader_studies import PIPELINE

    patients = Patient.objects.bulk_create(Patient(patient_id=f"P{n}") for n in range(N_CASES))
    exams = ImagingStudy.objects.bulk_create(
        ImagingStudy(patient=one, study_instance_uid=f"2.25.{place}")
        for place, one in enumerate(patients)
    )
    coordinator = personas.coordinator()
    readers = [personas.reader(f"reader-{n}") for n in range(N_READERS)]
    began = time.perf_counter()
    reader_study = create_reader_study(
        actor=coordinator,
        title="Large",
        seed=1,
        imaging_studies=exams,
        readers=readers,
        finding_codes=["modic"],
        arms=[UNAIDED, ArmDesign("AI-aided", PIPELINE)],
        design=ReaderStudyDesign("crossover", washout_days=28),
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit checks is part of it
    created_s = time.perf_counter() - began
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotations_reading")
    first = Reading.objects.filter(reading_session__period=1, order__lte=N_CASES // 3)
    first.update(status="submitted", submitted_at=now)
    read = first.filter(enrolment=OuterRef("enrolment"), case=OuterRef("case"))
    later = Reading.objects.filter(Exists(read), reading_session__period=2)
    later.update(not_before=now + timedelta(days=28))
    return reader_study, created_s
