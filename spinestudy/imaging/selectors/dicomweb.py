"""Searches of DICOMweb (QIDO-RS, PS3.18 section 10.6) over the exam index.

Rows come as attributes by keyword; the number of queries doesn't grow with the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from spinestudy.common.errors import InvalidInputError, MissingError
from spinestudy.imaging.dicom.headers import NO_PATIENT_ID
from spinestudy.imaging.models import ImagingStudy, Instance, Series
from spinestudy.imaging.selectors import dicomweb_matching as matching

Level = Literal["exam", "series", "instance"]


@dataclass(frozen=True)
class Resource:
    """What a path names; the lower UIDs are empty where it names a whole series or exam."""

    study_instance_uid: str = ""
    series_instance_uid: str = ""
    sop_instance_uid: str = ""


# keyword -> (level, field of that level, how it matches)
KEYS: Final[Mapping[str, tuple[Level, str, Callable[[str, str], Q]]]] = {
    "StudyInstanceUID": ("exam", "study_instance_uid", matching.uids),
    "PatientID": ("exam", "dicom_patient_id", matching.text),
    "AccessionNumber": ("exam", "accession_number", matching.text),
    "StudyDescription": ("exam", "description", matching.text),
    "StudyDate": ("exam", "performed_on", matching.dates),
    "SeriesInstanceUID": ("series", "series_instance_uid", matching.uids),
    "Modality": ("series", "modality", matching.codes),
    "ModalitiesInStudy": ("series", "modality", matching.codes),
    "SeriesNumber": ("series", "number", matching.number),
    "SeriesDescription": ("series", "description", matching.text),
    "SOPInstanceUID": ("instance", "sop_instance_uid", matching.uids),
    "SOPClassUID": ("instance", "sop_class_uid", matching.uids),
    "InstanceNumber": ("instance", "number", matching.number),
}


_DICOM_PATIENT_ID: Final = Case(
    When(patient__issuer=NO_PATIENT_ID, then=Value("")),
    default=F("patient__patient_id"),
    output_field=CharField(),
)
"""As the files have it: empty where they have none."""


def _exams(resource: Resource, filters: Mapping[str, str]) -> QuerySet[ImagingStudy]:
    found = ImagingStudy.objects.alias(dicom_patient_id=_DICOM_PATIENT_ID)
    if resource.study_instance_uid:
        found = found.filter(study_instance_uid=resource.study_instance_uid)
    return found.filter(_conditions("exam", filters))


def _series(resource: Resource, filters: Mapping[str, str]) -> QuerySet[Series]:
    found = Series.objects.filter(_conditions("series", filters))
    if resource.series_instance_uid:
        found = found.filter(series_instance_uid=resource.series_instance_uid)
    return found


def _conditions(level: Level, filters: Mapping[str, str]) -> Q:
    found = Q()
    for keyword, text in filters.items():
        its_level, field, match = KEYS[keyword]
        if "\0" in text:
            raise InvalidInputError(f"{keyword} holds a character that no value has.")
        if its_level == level and text.strip("*"):
            found &= match(field, text)
    return found


def _names_lower(filters: Mapping[str, str], *levels: Level) -> bool:
    return any(KEYS[keyword][0] in levels for keyword in filters)


def require(resource: Resource) -> None:
    """Raise MissingError where the exam or series that a search is below isn't there."""
    exams, series = ImagingStudy.objects.all(), Series.objects.all()
    if resource.series_instance_uid:
        is_there = series.filter(
            series_instance_uid=resource.series_instance_uid,
            imaging_study__study_instance_uid=resource.study_instance_uid,
        ).exists()
    else:
        uid = resource.study_instance_uid
        is_there = not uid or exams.filter(study_instance_uid=uid).exists()
    if not is_there:
        raise MissingError("There is no such exam or series.")


def _count(model: type[Series] | type[Instance], outer: str) -> Coalesce:
    """Related rows by a query of their own, so that filters on the outer rows don't shrink it."""
    counted = (
        model.objects.filter(**{outer: OuterRef("pk")})
        .order_by()
        .values(outer)
        .annotate(count=Count("pk"))
    )
    return Coalesce(Subquery(counted.values("count")), 0)


def find_exams(
    resource: Resource, filters: Mapping[str, str], window: slice
) -> Sequence[dict[str, Any]]:
    """Attributes of exams, newest first."""
    found = _exams(resource, filters)
    if _names_lower(filters, "series"):
        found = found.filter(
            pk__in=_series(Resource(), filters).order_by().values("imaging_study_id")
        )
    modalities = (
        Series.objects.filter(imaging_study=OuterRef("pk"))
        .order_by()
        .values("imaging_study")
        .annotate(all=ArrayAgg("modality", distinct=True))
    )
    rows = found.order_by("-performed_on", "-pk").values(
        "study_instance_uid",
        "performed_on",
        "accession_number",
        "description",
        patient_id_in_file=_DICOM_PATIENT_ID,
        modalities=Subquery(modalities.values("all")),
        series_count=_count(Series, "imaging_study"),
        instance_count=_count(Instance, "series__imaging_study"),
    )
    return [_exam_attributes(row) for row in rows[window]]


def _exam_attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    unknown = ("StudyTime", "ReferringPhysicianName", "PatientName", "PatientBirthDate")
    return {
        **dict.fromkeys((*unknown, "PatientSex", "StudyID"), None),
        "SpecificCharacterSet": "ISO_IR 192",
        "StudyInstanceUID": row["study_instance_uid"],
        "PatientID": row["patient_id_in_file"],
        "StudyDate": row["performed_on"],
        "AccessionNumber": row["accession_number"],
        "StudyDescription": row["description"],
        "ModalitiesInStudy": row["modalities"],
        "NumberOfStudyRelatedSeries": row["series_count"],
        "NumberOfStudyRelatedInstances": row["instance_count"],
        "InstanceAvailability": "ONLINE",
    }


def find_series(
    resource: Resource, filters: Mapping[str, str], window: slice
) -> Sequence[dict[str, Any]]:
    """Attributes of series, in the order of the exam's series numbers."""
    found = _series(resource, filters).filter(imaging_study__in=_exams(resource, filters))
    rows = found.order_by("imaging_study_id", "number", "pk").values(
        "series_instance_uid",
        "modality",
        "number",
        "description",
        "body_part",
        "imaging_study__study_instance_uid",
        instance_count=_count(Instance, "series"),
    )
    return [
        {
            "SpecificCharacterSet": "ISO_IR 192",
            "StudyInstanceUID": row["imaging_study__study_instance_uid"],
            "SeriesInstanceUID": row["series_instance_uid"],
            "Modality": row["modality"],
            "SeriesNumber": row["number"],
            "SeriesDescription": row["description"],
            "BodyPartExamined": row["body_part"],
            "NumberOfSeriesRelatedInstances": row["instance_count"],
            "InstanceAvailability": "ONLINE",
        }
        for row in rows[window]
    ]


def find_instances(
    resource: Resource, filters: Mapping[str, str], window: slice
) -> Sequence[dict[str, Any]]:
    """Attributes of instances, in the order of their numbers."""
    found = Instance.objects.filter(_conditions("instance", filters)).filter(
        series__in=_series(resource, filters),
        series__imaging_study__in=_exams(resource, filters),
    )
    rows = found.order_by("series__imaging_study_id", "series__number", "series_id", "number", "pk")
    return [
        {
            "SpecificCharacterSet": "ISO_IR 192",
            "StudyInstanceUID": row["series__imaging_study__study_instance_uid"],
            "SeriesInstanceUID": row["series__series_instance_uid"],
            "SOPInstanceUID": row["sop_instance_uid"],
            "SOPClassUID": row["sop_class_uid"],
            "AvailableTransferSyntaxUID": row["transfer_syntax_uid"],
            "InstanceNumber": row["number"],
            "NumberOfFrames": row["frame_count"],
            "Rows": row["frame_headers__0__header__rows"],
            "Columns": row["frame_headers__0__header__columns"],
            "InstanceAvailability": "ONLINE",
        }
        for row in rows.values(
            "series__imaging_study__study_instance_uid",
            "series__series_instance_uid",
            "sop_instance_uid",
            "sop_class_uid",
            "transfer_syntax_uid",
            "number",
            "frame_count",
            "frame_headers__0__header__rows",
            "frame_headers__0__header__columns",
        )[window]
    ]


FIND: Final = {"exam": find_exams, "series": find_series, "instance": find_instances}
