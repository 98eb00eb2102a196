"""The exams that are here, and what needs attention."""

from __future__ import annotations

from django.db.models import Case, Count, Prefetch, Q, QuerySet, When

from spinestudy.imaging.models import Cohort, ImagingStudy, QuarantinedFile, Stack, Upload


def exams(*, text: str = "", cohort_id: int | None = None) -> QuerySet[ImagingStudy]:
    """Exams, newest first; `text` is looked for in patient ID and descriptions."""
    found = (
        ImagingStudy.objects.select_related("patient")
        .prefetch_related(
            "cohorts",
            Prefetch(
                "series_set__stacks",
                queryset=Stack.objects.select_related("series").order_by("series_id", "index"),
            ),
        )
        .order_by("-id")
    )
    if cohort_id is not None:
        found = found.filter(cohorts=cohort_id)
    for word in text.split():
        found = found.filter(
            Q(patient__patient_id__icontains=word)
            | Q(description__icontains=word)
            | Q(series_set__description__icontains=word)
        )
    return found.distinct() if text.split() else found


def stacks_of(exam: ImagingStudy) -> list[Stack]:
    """All stacks of an exam in the order of its series."""
    return [stack for series in exam.series_set.all() for stack in series.stacks.all()]


def cohorts() -> QuerySet[Cohort]:
    """Cohorts with the number of their exams as `exam_count`."""
    return Cohort.objects.annotate(exam_count=Count("imaging_studies")).order_by("name")


def uploads() -> QuerySet[Upload]:
    """Import runs, newest first."""
    return Upload.objects.select_related("cohort", "created_by").order_by("-id")


# What isn't an exam image anyway stands after what somebody should look at.
NOTHING_TO_DO = ("not_dicom", "not_an_image", "dicomdir")


def quarantined_files(*, upload_id: int | None = None) -> QuerySet[QuarantinedFile]:
    """Files that couldn't be used, newest first."""
    found = QuarantinedFile.objects.select_related("upload").order_by("-id")
    return found if upload_id is None else found.filter(upload_id=upload_id)


def quarantine_reasons(*, upload_id: int | None = None) -> list[tuple[str, int]]:
    """How many files are in quarantine by reason, those to look at first."""
    rows = (
        quarantined_files(upload_id=upload_id)
        .order_by()
        .values_list("reason_code")
        .annotate(count=Count("id"))
    )
    return sorted(rows, key=lambda row: (row[0] in NOTHING_TO_DO, -row[1], row[0]))


def urgent_first(files: QuerySet[QuarantinedFile]) -> QuerySet[QuarantinedFile]:
    """Files that somebody should look at before those with nothing to do."""
    return files.order_by(
        Case(When(reason_code__in=NOTHING_TO_DO, then=1), default=0), "reason_code", "-id"
    )
