"""AI runs as a coordinator sees them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.models import Job, Prediction
from inference.registry import available
from inference.tasks import request_job, request_retry
from spinestudy.common.errors import MissingError
from spinestudy.common.permissions import IsCoordinator
from spinestudy.common.token_scopes import JOBS_READ, JOBS_WRITE
from spinestudy.imaging.models import ImagingStudy


class FlagOfRunSerializer(s.Serializer[Any]):
    """What makes the result of a run less sure."""

    code = s.CharField()
    words = s.CharField()


class JobSerializer(s.ModelSerializer[Job]):
    """A run, its progress, and why it failed."""

    patient_id = s.CharField(source="imaging_study.patient.patient_id", read_only=True)
    duration_s = s.SerializerMethodField()
    flags = s.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id",
            "imaging_study",
            "patient_id",
            "pipeline",
            "state",
            "progress",
            "step",
            "attempts",
            "error_code",
            "error_message",
            "created_at",
            "started_at",
            "finished_at",
            "duration_s",
            "flags",
        ]
        read_only_fields = fields

    def get_duration_s(self, job: Job) -> float | None:
        """Seconds from start to end."""
        if job.started_at is None or job.finished_at is None:
            return None
        return (job.finished_at - job.started_at).total_seconds()

    @extend_schema_field(FlagOfRunSerializer(many=True))
    def get_flags(self, job: Job) -> list[dict[str, str]]:
        """Flags of its prediction; none while there is no prediction."""
        try:
            return list(job.prediction.flags)
        except Prediction.DoesNotExist:
            return []


class RunSerializer(s.Serializer[Any]):
    """Which pipeline to run on which exam."""

    imaging_study = s.IntegerField()
    pipeline = s.CharField(max_length=80)


JOBS = Job.objects.select_related("imaging_study__patient", "prediction")


class JobsView(generics.ListAPIView[Job]):
    """All runs, newest first; start one."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": JOBS_READ, "POST": JOBS_WRITE}
    serializer_class = JobSerializer
    queryset = JOBS

    @extend_schema(operation_id="run_pipeline", request=RunSerializer, responses=JobSerializer)
    def post(self, request: Request) -> Response:
        """Queue a run; a waiting or running one of the same pipeline is returned instead."""
        sent = RunSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        exam = ImagingStudy.objects.filter(pk=sent.validated_data["imaging_study"]).first()
        if exam is None:
            raise MissingError("There is no such exam.")
        pipeline = sent.validated_data["pipeline"]
        job = request_job(imaging_study=exam, pipeline=pipeline, actor=request.user)
        return Response(JobSerializer(JOBS.get(pk=job.pk)).data, status=202)


class JobRetryView(APIView):
    """A failed run, again."""

    permission_classes = [IsCoordinator]
    token_scopes = {"POST": JOBS_WRITE}

    @extend_schema(operation_id="retry_job", request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: int) -> Response:
        """Queue it again."""
        if not Job.objects.filter(pk=job_id).exists():
            raise MissingError("There is no such run.")
        job = request_retry(job_id=job_id, actor=request.user)
        return Response(JobSerializer(JOBS.get(pk=job.pk)).data, status=202)


class PipelinesView(APIView):
    """The pipelines that this site knows."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": JOBS_READ}

    @extend_schema(operation_id="pipelines", responses=s.ListSerializer(child=s.CharField()))
    def get(self, request: Request) -> Response:
        """Their names, as name@version."""
        return Response(list(available()))
