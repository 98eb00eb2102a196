"""How reports and labels look in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from inference.models import ClinicalReport, ReportImport, ReportLabel, ReportReview


class ClinicalReportSerializer(s.ModelSerializer[ClinicalReport]):
    """A report without its text."""

    patient_id = s.CharField(source="imaging_study.patient.patient_id", read_only=True)
    has_contradictions = s.BooleanField(read_only=True)
    review_count = s.IntegerField(read_only=True)

    class Meta:
        model = ClinicalReport
        fields = [
            "id",
            "imaging_study",
            "patient_id",
            "state",
            "is_masked",
            "identifiers",
            "has_contradictions",
            "review_count",
            "sha256",
        ]
        read_only_fields = fields


class ReportLabelSerializer(s.ModelSerializer[ReportLabel]):
    """What was read, with the place of its sentence in the text."""

    class Meta:
        model = ReportLabel
        fields = [
            "target",
            "disc_level",
            "side",
            "category",
            "certainty",
            "is_uncertain",
            "section",
            "start",
            "end",
        ]


class ReportReviewSerializer(s.ModelSerializer[ReportReview]):
    """What a person says of a label."""

    verdict = s.CharField(read_only=True, help_text="right, wrong or corrected")
    reviewed_by = s.CharField(source="reviewed_by.username", read_only=True)

    class Meta:
        model = ReportReview
        fields = [
            "target",
            "disc_level",
            "side",
            "verdict",
            "category",
            "corrected",
            "reviewed_by",
            "reviewed_at",
        ]
        read_only_fields = fields


class NewReviewSerializer(s.Serializer[Any]):
    """A cell, and whether its label is right."""

    target = s.CharField(max_length=12)
    disc_level = s.CharField(max_length=6)
    side = s.CharField(max_length=5, allow_blank=True, default="")
    verdict = s.CharField(max_length=9, help_text="right, wrong or corrected")
    corrected = s.CharField(max_length=15, allow_blank=True, default="")


class ReportRunSerializer(s.Serializer[Any]):
    """By which rules and words the labels were read."""

    engine_version = s.CharField()
    lexicon_version = s.CharField()
    contradictions = s.ListField(child=s.DictField())
    made_at = s.DateTimeField()


class ClinicalReportDetailSerializer(s.Serializer[Any]):
    """One report with everything."""

    id = s.IntegerField()
    imaging_study = s.IntegerField()
    patient_id = s.CharField()
    state = s.CharField()
    is_masked = s.BooleanField()
    identifiers = s.DictField(child=s.IntegerField())
    text = s.CharField()
    run = ReportRunSerializer(allow_null=True)
    labels = ReportLabelSerializer(many=True)
    reviews = ReportReviewSerializer(many=True)


class NewReportImportSerializer(s.Serializer[Any]):
    """A CSV file, and what to do with likely identifiers."""

    file = s.FileField(max_length=255)
    handling = s.ChoiceField(choices=ReportImport.Handling.choices)
    cohort = s.CharField(max_length=120, allow_blank=True, default="")


class ReportImportSerializer(s.ModelSerializer[ReportImport]):
    """What became of the rows; unmatched: [line, reason]."""

    unmatched = s.ListField(child=s.ListField())

    class Meta:
        model = ReportImport
        fields = [
            "id",
            "source",
            "handling",
            "n_rows",
            "n_new",
            "n_known",
            "n_flagged",
            "unmatched",
            "imported_at",
        ]
