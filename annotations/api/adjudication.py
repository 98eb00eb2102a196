"""The queue of disagreements, a queued case with its images, and its decision."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api import adjudication_serializers as serializers
from annotations.models import Arm, Case
from annotations.selectors.adjudication import queue_shown_to
from annotations.selectors.adjudication_case import (
    adjudication_case,
    following,
    mask_of_letter,
    queued_case,
)
from annotations.selectors.memberships import ADJUDICATORS, ANALYSTS, require_reader_study
from annotations.services.adjudication import Decision, decide_case
from annotations.services.signatures import note_refusal
from spinestudy.common.errors import DomainError, InvalidInputError
from spinestudy.common.roles import signed_in
from spinestudy.common.token_scopes import ADJUDICATION_READ, ADJUDICATION_WRITE


class AdjudicationQueueView(APIView):
    """Cases with cells on which readers differ."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": ADJUDICATION_READ}

    @extend_schema(
        operation_id="adjudication_queue",
        responses=serializers.QueuedCaseSerializer(many=True),
    )
    def get(self, request: Request, reader_study_id: int) -> Response:
        """Those that wait first; coordinators see the arms that the protocol shows them."""
        reader_study = require_reader_study(reader_study_id, request.user, *ANALYSTS, *ADJUDICATORS)
        views = [
            {
                "arm": {"id": one.arm.pk, "label": one.arm.label},
                "case_id": one.case.pk,
                "case_number": one.case.number,
                "cells": one.cells,
                "open_cells": one.open_cells,
            }
            for one in queue_shown_to(reader_study, request.user)
        ]
        return Response(serializers.QueuedCaseSerializer(views, many=True).data)


def _case(
    request: HttpRequest, reader_study_id: int, arm_id: int, case_id: int
) -> tuple[Arm, Case]:
    """For adjudicators of the reader study, while a cell of the case waits."""
    reader_study = require_reader_study(reader_study_id, request.user, *ADJUDICATORS)
    return queued_case(reader_study, arm_id, case_id)


class AdjudicationCaseView(APIView):
    """One queued case, blind to who said what."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": ADJUDICATION_READ, "POST": ADJUDICATION_WRITE}

    @extend_schema(
        operation_id="adjudication_case", responses=serializers.AdjudicationCaseSerializer
    )
    def get(self, request: Request, reader_study_id: int, arm_id: int, case_id: int) -> Response:
        """Images, answers and marks under letters; 409 once nothing is left to decide."""
        arm, case = _case(request, reader_study_id, arm_id, case_id)
        body = adjudication_case(arm, case)
        return Response(serializers.AdjudicationCaseSerializer(body).data)

    @extend_schema(
        operation_id="decide_adjudication",
        request=serializers.DecisionsSerializer,
        responses=serializers.DecidedSerializer,
    )
    def post(self, request: Request, reader_study_id: int, arm_id: int, case_id: int) -> Response:
        """Decide and sign all open cells of the case; readers' answers stay as they are.

        409 `adjudication` where somebody else was faster.
        """
        arm, case = _case(request, reader_study_id, arm_id, case_id)
        sent = serializers.DecisionsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        decisions = {
            one["cell"]: Decision(one["score"], one["comment"].strip()) for one in data["decisions"]
        }
        if len(decisions) != len(data["decisions"]):
            raise InvalidInputError("A cell is decided twice. Send each once.")
        coming = following(arm, case)
        try:
            decided = decide_case(
                arm=arm,
                case=case,
                decisions=decisions,
                adjudicator=signed_in(request),
                password=data["password"],
                is_consensus=data["is_consensus"],
            )
        except DomainError as error:
            note_refusal(request.user, error)
            raise
        return Response({"decided": decided, "next": coming})


class AdjudicationMaskView(APIView):
    """What one of the readers has drawn on one stack of a queued case."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": ADJUDICATION_READ}

    @extend_schema(
        operation_id="adjudication_mask",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(
        self,
        request: HttpRequest,
        reader_study_id: int,
        arm_id: int,
        case_id: int,
        letter: str,
        stack_id: int,
    ) -> HttpResponse:
        """Gzip of uint8 (slices, rows, columns) in the order of the stack."""
        arm, case = _case(request, reader_study_id, arm_id, case_id)
        found = mask_of_letter(arm, case, letter, stack_id)
        answer = HttpResponse(bytes(found.data), content_type="application/octet-stream")
        answer["Cache-Control"] = "no-store"
        return answer
