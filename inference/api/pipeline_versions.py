"""AI models for programs: versions, figures, standing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.selectors.drift import grade_mix
from inference.selectors.pipelines import VersionRow, card_of, known_versions, version_row
from inference.services.pipelines import activate_version, retire_version
from spinestudy.common.errors import MissingError
from spinestudy.common.permissions import IsCoordinator
from spinestudy.common.token_scopes import JOBS_READ, PIPELINES_WRITE


class PipelineVersionSerializer(s.Serializer[VersionRow]):
    """One version. `eval_metrics` are those of its own evaluation."""

    pipeline = s.CharField()
    is_runnable = s.BooleanField()
    is_retired = s.BooleanField()
    reason = s.CharField()
    changed_by = s.CharField()
    changed_at = s.DateTimeField(allow_null=True)
    weights_sha256 = s.SerializerMethodField()
    eval_metrics = s.SerializerMethodField()
    predictions = s.IntegerField()
    last_prediction = s.DateTimeField(allow_null=True)
    waiting = s.IntegerField()
    failed = s.IntegerField()

    def get_weights_sha256(self, row: VersionRow) -> str:
        """As its metadata say."""
        return str(row.metadata.get("weights_sha256", ""))

    def get_eval_metrics(self, row: VersionRow) -> dict[str, Any]:
        """As its metadata say."""
        found: dict[str, Any] = row.metadata.get("eval_metrics", {})
        return found


class ShareSerializer(s.Serializer[Any]):
    score = s.IntegerField()
    count = s.IntegerField()


class WeekSerializer(s.Serializer[Any]):
    monday = s.DateField()
    n = s.IntegerField()
    shares = ShareSerializer(many=True)


class ItemDriftSerializer(s.Serializer[Any]):
    """Counts of the grades given, week by week; `shift` in percent, null where it isn't told."""

    item = s.CharField()
    shift = s.FloatField(allow_null=True)
    weeks = WeekSerializer(many=True)


class PipelineDetailSerializer(PipelineVersionSerializer):
    """With its card and its grade mix."""

    card = s.SerializerMethodField()
    grade_mix = s.SerializerMethodField()

    def get_card(self, row: VersionRow) -> str:
        """In Markdown."""
        return card_of(row)

    @extend_schema_field(ItemDriftSerializer(many=True))
    def get_grade_mix(self, row: VersionRow) -> list[Any]:
        """Of the last weeks."""
        scores = row.metadata.get("outputs", {}).get("grades", {})
        mix = grade_mix(row.pipeline, scores)
        return list(ItemDriftSerializer(mix, many=True).data)


class ReasonSerializer(s.Serializer[Any]):
    """Why."""

    reason = s.CharField(max_length=1000)


def _row(pipeline: str) -> VersionRow:
    row = version_row(pipeline)
    if row is None:
        raise MissingError("There is no such AI model.")
    return row


class PipelineVersionsView(APIView):
    """Every version that this site knows."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": JOBS_READ}

    @extend_schema(operation_id="pipeline_versions", responses=PipelineVersionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All of them."""
        rows: Any = known_versions()
        return Response(PipelineVersionSerializer(rows, many=True).data)


class PipelineVersionView(APIView):
    """One version."""

    permission_classes = [IsCoordinator]
    token_scopes = {"GET": JOBS_READ}

    @extend_schema(operation_id="pipeline_version", responses=PipelineDetailSerializer)
    def get(self, request: Request, pipeline: str) -> Response:
        """With card and grade mix."""
        return Response(PipelineDetailSerializer(_row(pipeline)).data)


class _StandingView(APIView):
    """What retiring a version and taking it back have in common."""

    permission_classes = [IsCoordinator]
    token_scopes = {"POST": PIPELINES_WRITE}

    def changed(self, request: Request, pipeline: str, change: Callable[..., object]) -> Response:
        """Change the standing for the reason that was sent; the version as it stands then."""
        _row(pipeline)
        sent = ReasonSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        change(pipeline=pipeline, reason=sent.validated_data["reason"], actor=request.user)
        return Response(PipelineVersionSerializer(_row(pipeline)).data)


class PipelineRetireView(_StandingView):
    """Take a version out of use for new arms."""

    @extend_schema(
        operation_id="retire_pipeline",
        request=ReasonSerializer,
        responses=PipelineVersionSerializer,
    )
    def post(self, request: Request, pipeline: str) -> Response:
        """Arms that have it keep it."""
        return self.changed(request, pipeline, retire_version)


class PipelineActivateView(_StandingView):
    """Take a retired version back into use."""

    @extend_schema(
        operation_id="activate_pipeline",
        request=ReasonSerializer,
        responses=PipelineVersionSerializer,
    )
    def post(self, request: Request, pipeline: str) -> Response:
        """New arms can have it again."""
        return self.changed(request, pipeline, activate_version)
