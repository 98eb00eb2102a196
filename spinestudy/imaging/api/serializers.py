"""What the imaging API says."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from spinestudy.common.signed_urls import live_url
from spinestudy.imaging.cornerstone import stack_label
from spinestudy.imaging.models import Cohort, ImagingStudy, QuarantinedFile, Stack, Upload
from spinestudy.imaging.selectors.catalogue import stacks_of


class StackSerializer(s.ModelSerializer[Stack]):
    """A stack: plane, weighting with its source, geometry, what is unusual."""

    label = s.SerializerMethodField()  # type: ignore[assignment]
    series_id = s.IntegerField(read_only=True)
    series_description = s.CharField(source="series.description", read_only=True)
    flags = s.ListField(child=s.CharField(), read_only=True)

    class Meta:
        model = Stack
        fields = [
            "id",
            "label",
            "series_id",
            "series_description",
            "plane",
            "weighting",
            "weighting_source",
            "weighting_confidence",
            "is_fat_suppressed",
            "is_contrast_enhanced",
            "is_reference_for_reading",
            "rows",
            "columns",
            "row_spacing_mm",
            "column_spacing_mm",
            "slice_spacing_mm",
            "slice_count",
            "flags",
        ]
        read_only_fields = fields

    def get_label(self, stack: Stack) -> str:
        """In words."""
        return stack_label(stack)


class CohortSerializer(s.ModelSerializer[Cohort]):
    """A named set of exams."""

    exam_count = s.IntegerField(read_only=True)

    class Meta:
        model = Cohort
        fields = ["id", "name", "exam_count", "created_at"]
        read_only_fields = fields


class CohortNameSerializer(s.ModelSerializer[Cohort]):
    """A cohort by name."""

    class Meta:
        model = Cohort
        fields = ["id", "name"]
        read_only_fields = fields


class ImagingStudySerializer(s.ModelSerializer[ImagingStudy]):
    """One exam of the catalogue."""

    patient_id = s.CharField(source="patient.patient_id", read_only=True)
    cohorts = CohortNameSerializer(many=True, read_only=True)
    stacks = s.SerializerMethodField()

    class Meta:
        model = ImagingStudy
        fields = [
            "id",
            "study_instance_uid",
            "patient_id",
            "performed_on",
            "description",
            "is_synthetic",
            "cohorts",
            "stacks",
            "created_at",
        ]
        read_only_fields = fields

    @extend_schema_field(StackSerializer(many=True))
    def get_stacks(self, exam: ImagingStudy) -> object:
        """All stacks in the order of the series."""
        return StackSerializer(stacks_of(exam), many=True).data


class UploadSerializer(s.ModelSerializer[Upload]):
    """An import run; every file ends in exactly one of the counts."""

    cohort_name = s.CharField(source="cohort.name", default="", read_only=True)
    created_by = s.CharField(source="created_by.username", default="", read_only=True)
    live_url = s.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            "id",
            "state",
            "source",
            "cohort_name",
            "created_by",
            "files_total",
            "files_accepted",
            "files_known",
            "files_quarantined",
            "message",
            "created_at",
            "finished_at",
            "live_url",
        ]
        read_only_fields = fields

    def get_live_url(self, upload: Upload) -> str:
        """Where its progress can be followed."""
        return live_url(f"upload-{upload.pk}")


class QuarantinedFileSerializer(s.ModelSerializer[QuarantinedFile]):
    """A file that couldn't be used, and what to do about it."""

    class Meta:
        model = QuarantinedFile
        fields = [
            "id",
            "upload",
            "original_name",
            "reason_code",
            "reason",
            "sha256",
            "size_bytes",
            "created_at",
        ]
        read_only_fields = fields


class FilesSerializer(s.Serializer[object]):
    """Files of one request. `names` may carry folder paths, one for each file."""

    files = s.ListField(
        child=s.FileField(allow_empty_file=True, max_length=None), allow_empty=False
    )
    names = s.ListField(
        child=s.CharField(max_length=4000, allow_blank=True), required=False, default=list
    )
    more = s.BooleanField(
        default=False, help_text="true: further files of this upload follow; don't start yet"
    )


class NewUploadSerializer(FilesSerializer):
    """The first files of an upload."""

    cohort = s.CharField(max_length=120, required=False, default="", allow_blank=True)
