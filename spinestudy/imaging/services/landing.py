"""Write the rows of prepared files: patient, exam, series, instances, stacks.

One transaction a series, under the row lock of the series; either all rows and the new stacks
land, or none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from spinestudy.imaging.dicom.headers import InstanceHeader
from spinestudy.imaging.models import Cohort, ImagingStudy, Instance, Patient, Series
from spinestudy.imaging.services.preparation import Prepared, Rejected
from spinestudy.imaging.services.stacking import rebuild_stacks

SOP_CONFLICT = (
    "A different file with the same SOP Instance UID is already here. The first one stays; find "
    "out which of the two is right, and export the other with a UID of its own."
)
PATIENT_CONFLICT = (
    "The exam of this image (its Study Instance UID) is already here under another patient ID. "
    "Correct the patient ID at the source."
)
SERIES_CONFLICT = (
    "The series of this image is already here under another exam. Correct the UIDs at the source."
)
IN_USE = (
    "These images would regroup stacks that predictions or readings point to. Import them as a "
    "new exam, or remove the exam from the reader study first."
)


@dataclass
class Landed:
    """What became of the files of one series."""

    accepted: list[Prepared] = field(default_factory=list)
    known: list[Prepared] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    imaging_study_id: int | None = None


def land_series(files: Sequence[Prepared], *, cohort: Cohort | None) -> Landed:
    """Land files that share one series; conflicts come back as rejections."""
    for is_last_try in (False, True):
        try:
            with transaction.atomic():
                return _land(files, cohort)
        except ProtectedError:
            return Landed(rejected=[Rejected(f.source, "stack_in_use", IN_USE) for f in files])
        except IntegrityError:
            if is_last_try:  # the first time, another import may just have written the same
                raise
    raise AssertionError("unreachable")


def _land(files: Sequence[Prepared], cohort: Cohort | None) -> Landed:
    header = files[0].header
    conflict = _conflict(header)
    if conflict:
        return Landed(rejected=[Rejected(f.source, *conflict) for f in files])
    series = _locked_series(header)
    landed = _sorted_out(files)
    landed.imaging_study_id = series.imaging_study_id
    if landed.accepted:
        Instance.objects.bulk_create([_instance(series, one) for one in landed.accepted])
        rebuild_stacks(series)
    if landed.accepted or landed.known:
        if cohort is not None:
            series.imaging_study.cohorts.add(cohort)
        return landed
    transaction.set_rollback(True)  # nothing landed: leave no empty exam behind
    return landed


def _conflict(header: InstanceHeader) -> tuple[str, str] | None:
    exam = (
        ImagingStudy.objects.select_related("patient")
        .filter(study_instance_uid=header.study_instance_uid)
        .first()
    )
    if exam is not None and (exam.patient.patient_id, exam.patient.issuer) != (
        header.patient_id,
        header.patient_id_issuer,
    ):
        return "patient_conflict", PATIENT_CONFLICT
    series = (
        Series.objects.select_related("imaging_study")
        .filter(series_instance_uid=header.series_instance_uid)
        .first()
    )
    if series and series.imaging_study.study_instance_uid != header.study_instance_uid:
        return "series_conflict", SERIES_CONFLICT
    return None


def _locked_series(header: InstanceHeader) -> Series:
    patient, _ = Patient.objects.get_or_create(
        patient_id=header.patient_id, issuer=header.patient_id_issuer
    )
    exam, _ = ImagingStudy.objects.get_or_create(
        study_instance_uid=header.study_instance_uid,
        defaults={
            "patient": patient,
            "performed_on": header.performed_on,
            "accession_number": header.accession_number,
            "description": header.study_description,
            "is_synthetic": header.is_synthetic,
        },
    )
    series, _ = Series.objects.get_or_create(
        series_instance_uid=header.series_instance_uid,
        defaults={
            "imaging_study": exam,
            "modality": header.modality,
            "number": header.series_number,
            "description": header.series_description,
            "body_part": header.body_part,
            "manufacturer": header.manufacturer,
        },
    )
    return Series.objects.select_for_update().get(pk=series.pk)


def _sorted_out(files: Sequence[Prepared]) -> Landed:
    """Tell new files from known ones and from those that clash."""
    digests = dict(
        Instance.objects.filter(
            sop_instance_uid__in=[one.header.sop_instance_uid for one in files]
        ).values_list("sop_instance_uid", "sha256")
    )
    landed = Landed()
    for one in files:
        uid = one.header.sop_instance_uid
        if uid not in digests:
            digests[uid] = one.sha256
            landed.accepted.append(one)
        elif digests[uid] == one.sha256:
            landed.known.append(one)
        else:
            landed.rejected.append(Rejected(one.source, "sop_uid_conflict", SOP_CONFLICT))
    return landed


def _instance(series: Series, one: Prepared) -> Instance:
    return Instance(
        series=series,
        sop_instance_uid=one.header.sop_instance_uid,
        sop_class_uid=one.header.sop_class_uid,
        transfer_syntax_uid=one.header.transfer_syntax_uid,
        number=one.header.instance_number,
        frame_count=len(one.frames),
        path=one.path,
        sha256=one.sha256,
        size_bytes=one.size_bytes,
        frame_headers=[frame.to_json() for frame in one.frames],
    )
