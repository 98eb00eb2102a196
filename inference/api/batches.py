"""A pipeline over many exams, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.models import Batch
from inference.selectors.batches import BatchProgress, batch_progress, batches_of, progress_of
from inference.tasks import request_batch
from spinestudy.common.errors import MissingError
from spinestudy.common.permissions import IsCoordinator
from spinestudy.common.token_scopes import JOBS_READ, JOBS_WRITE
from spinestudy.imaging.models import Cohort


class BatchSerializer(s.Serializer[BatchProgress]):
    """How far it is. `ends_at` is an estimate, null where nothing tells it or nothing is left."""

    id = s.IntegerField(source="batch.pk")
    pipeline = s.CharField(source="batch.pipeline")
    purpose = s.CharField(source="batch.purpose")
    title = s.CharField(source="batch.title")
    created_at = s.DateTimeField(source="batch.created_at")
    total = s.IntegerField()
    done = s.IntegerField()
    failed = s.IntegerField()
    running = s.IntegerField()
    waiting = s.IntegerField()
    is_over = s.BooleanField()
    began_at = s.DateTimeField(allow_null=True)
    ends_at = s.DateTimeField(allow_null=True)


class RunBatchSerializer(s.Serializer[Any]):
    """Which pipeline over which cohort."""

    pipeline = s.CharField(max_length=80)
    cohort = s.IntegerField()


class BatchesView(APIView):
    """The newest hundred batches but shadow runs; start one."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": JOBS_READ, "POST": JOBS_WRITE}

    @extend_schema(operation_id="batches", responses=BatchSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The newest first."""
        rows: Any = progress_of(batches_of())
        return Response(BatchSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="run_batch", request=RunBatchSerializer, responses={202: BatchSerializer}
    )
    def post(self, request: Request) -> Response:
        """Queue what is missing. Asked for again, the same batch is given."""
        sent = RunBatchSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        cohort = Cohort.objects.filter(pk=sent.validated_data["cohort"]).first()
        if cohort is None:
            raise MissingError("There is no such cohort.")
        batch = request_batch(
            imaging_studies=cohort.imaging_studies.order_by("pk"),
            pipeline=sent.validated_data["pipeline"],
            purpose=Batch.Purpose.COHORT,
            key=str(cohort.pk),
            title=cohort.name,
            actor=request.user,
        )
        return Response(BatchSerializer(batch_progress(batch)).data, status=202)


class BatchView(APIView):
    """One batch."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": JOBS_READ}

    @extend_schema(operation_id="batch", responses=BatchSerializer)
    def get(self, request: Request, batch_id: int) -> Response:
        """How far it is."""
        shown = Batch.objects.exclude(purpose=Batch.Purpose.SHADOW)
        batch = shown.filter(pk=batch_id).first()
        if batch is None:
            raise MissingError("There is no such batch.")
        return Response(BatchSerializer(batch_progress(batch)).data)
