"""One changed grade to the refreshed matrix, as a web process serves it, on a real database.

40 readers, 2,000 patients, 5 levels; a PostgreSQL of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks.figure import Figure

SEED = 20261128
READERS, PATIENTS, LEVELS = 40, 2000, 5
ITEM = "pfirrmann"
CHANGES = 60


def measure() -> Iterator[Figure]:
    """Figures of one process, the first look apart."""
    import django

    import tests.servers  # noqa: F401 - a PostgreSQL of this run's own

    django.setup()
    with _database():
        yield from _figures()


@contextmanager
def _database() -> Iterator[None]:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _figures() -> Iterator[Figure]:
    from django.db import connection

    from annotations.models import Grade
    from annotations.selectors import agreement, live_ratings
    from annotations.selectors.agreement import agreement_view

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # triggers rest while it fills
        reader_study = _reader_study()
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    agreement_view(reader_study, None, item_code=ITEM)
    first_s = time.perf_counter() - began
    spent: list[float] = []
    with _timed(live_ratings.LiveItem, "take", spent), _timed(agreement, "_pair_views", spent):
        whole, computed, fetched = [], [], []
        rng = np.random.default_rng(SEED)
        grades = list(Grade.objects.order_by("pk").values_list("pk", flat=True)[:20000:331])
        for pk in grades[:CHANGES]:
            grade = Grade.objects.get(pk=pk)
            grade.score = 1 + (int(grade.score or 1) + int(rng.integers(0, 4))) % 5
            grade.save(update_fields=["score"])
            spent.clear()
            began = time.perf_counter()
            view = agreement_view(reader_study, None, item_code=ITEM)
            whole.append(time.perf_counter() - began)
            computed.append(sum(spent))
            began = time.perf_counter()
            _rendered(view)
            fetched.append(time.perf_counter() - began)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    note = (
        f"{READERS} readers, {PATIENTS} patients x {LEVELS} levels; median of {CHANGES} by the "
        f"clock; load average {load}"
    )
    pairs = READERS * (READERS - 1) // 2
    yield Figure(
        "changed_grade_computed",
        median(computed) * 1000,
        "ms",
        aim=5.0,
        note=f"counts, {pairs} kappas with intervals and what stands beside them, as plain data; "
        f"processor time; {note}",
    )
    yield Figure(
        "changed_grade_view",
        median(whole) * 1000,
        "ms",
        note=f"the same with every query and the progress of 160,000 readings; {note}",
    )
    yield Figure("matrix_as_json", median(fetched) * 1000, "ms", note=note)
    yield Figure("first_look", first_s, "s", note=f"one look of a new process; {note}")


@contextmanager
def _timed(owner: Any, name: str, spent: list[float]) -> Iterator[None]:
    """Add up the time that a function takes while it is called by what is measured."""
    function = getattr(owner, name)

    def timing(*arguments: Any) -> Any:
        began = time.thread_time()  # what others do on the machine has no part in it
        try:
            return function(*arguments)
        finally:
            spent.append(time.thread_time() - began)

    setattr(owner, name, timing)
    try:
        yield
    finally:
        setattr(owner, name, function)


def _rendered(view: dict[str, Any]) -> bytes:
    from rest_framework.renderers import JSONRenderer

    return bytes(JSONRenderer().render(view))


def _reader_study() -> Any:
    """Rows as the services would have left them, written at once."""
    from annotations.models import Case, Enrolment, Grade, ReaderStudy, Reading
    from annotations.vocabulary import DISC_LEVELS
    from spinestudy.imaging.models import ImagingStudy, Patient
    from tests import personas
    from tests.factories.reader_studies import ANSWERED_AT, opened_reader_study

    coordinator = personas.coordinator()
    readers = [personas.reader(f"reader{number}") for number in range(READERS)]
    reader_study: ReaderStudy = opened_reader_study(coordinator, readers, n_cases=1, items=(ITEM,))
    patients = Patient.objects.bulk_create(
        Patient(patient_id=f"B{number}") for number in range(1, PATIENTS)
    )
    exams = ImagingStudy.objects.bulk_create(
        ImagingStudy(patient=patient, study_instance_uid=f"2.25.{patient.pk}")
        for patient in patients
    )
    Case.objects.bulk_create(
        Case(reader_study=reader_study, imaging_study=exam, number=f"B-{place}")
        for place, exam in enumerate(exams)
    )
    cases = list(reader_study.cases.order_by("pk"))
    sessions = [arm.reading_sessions.get() for arm in reader_study.arms.all()]
    enrolments = list(Enrolment.objects.filter(reader_study=reader_study))
    for session in sessions:
        Reading.objects.bulk_create(
            (
                Reading(
                    enrolment=enrolment,
                    case=case,
                    reading_session=session,
                    position=place,
                    status=Reading.Status.SUBMITTED,
                    submitted_at=ANSWERED_AT,
                    active_s=60.0 + place % 50,
                )
                for enrolment in enrolments
                for place, case in enumerate(cases[1:], start=2)
            ),
            batch_size=5000,
        )
    item = reader_study.items.get()
    rng = np.random.default_rng(SEED)
    severity = rng.normal(3, 1.2, (PATIENTS, LEVELS))
    readings = {
        (enrolment, case): pk
        for pk, enrolment, case in Reading.objects.filter(reading_session=sessions[0]).values_list(
            "pk", "enrolment_id", "case_id"
        )
    }
    for enrolment in enrolments:
        seen = np.clip(np.rint(severity + rng.normal(0, 0.7, severity.shape)), 1, 5)
        Grade.objects.bulk_create(
            (
                Grade(
                    reading_id=readings[enrolment.pk, case.pk],
                    item=item,
                    disc_level=level,
                    score=int(seen[at, row]),
                    answered_at=ANSWERED_AT,
                )
                for at, case in enumerate(cases)
                for row, level in enumerate(DISC_LEVELS)
            ),
            batch_size=5000,
        )
    return reader_study
