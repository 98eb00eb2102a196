"""AI models of this site: what there is, what they do, and whether new arms may have them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from inference.models import Batch
from inference.pages.card_html import card_html
from inference.selectors.batches import batches_of, oldest_waiting, progress_of
from inference.selectors.drift import devices_of, grade_mix, stage_seconds
from inference.selectors.pipelines import VersionRow, card_of, known_versions, version_row
from inference.services import pipelines
from inference.tasks import request_batch
from spinestudy.common.errors import DomainError, MissingError
from spinestudy.common.pages import CoordinatorRequiredMixin, tell
from spinestudy.common.roles import signed_in
from spinestudy.imaging.models import Cohort

NAV = {"nav": "pipelines"}


class PipelinesPage(CoordinatorRequiredMixin, View):
    """Every version with its figures, its predictions and its standing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The table, and what runs over many exams."""
        batches = progress_of(batches_of()[:10])
        context = {
            **NAV,
            "versions": known_versions(),
            "batches": batches,
            "is_under_way": any(not one.is_over for one in batches),
            "oldest_waiting": oldest_waiting(),
        }
        return render(request, "inference/pipelines.html", context)


class PipelinePage(CoordinatorRequiredMixin, View):
    """One version: card, figures, runs over cohorts, drift, times."""

    def get(self, request: HttpRequest, pipeline: str) -> HttpResponse:
        """Everything that is known of it."""
        row = _row(pipeline)
        batches = progress_of(batches_of(pipeline))
        context = {
            **NAV,
            "version": row,
            "card": card_html(card_of(row)),
            "batches": batches,
            "is_under_way": any(not one.is_over for one in batches),
            "cohorts": Cohort.objects.all(),
            "drift": grade_mix(pipeline, row.metadata.get("outputs", {}).get("grades", {})),
            "stages": stage_seconds(pipeline),
            "devices": devices_of(pipeline),
            "hashes": row.metadata.get("provenance", {}),
        }
        return render(request, "inference/pipeline.html", context)


class PipelineAct(CoordinatorRequiredMixin, View, ABC):
    """Do something with a version, say so or why not, and go back to its page."""

    done: ClassVar[str] = ""

    @abstractmethod
    def _act(self, request: HttpRequest, pipeline: str) -> None:
        """Raise a DomainError where it can't be done."""

    def post(self, request: HttpRequest, pipeline: str) -> HttpResponse:
        """Do it."""
        _row(pipeline)
        try:
            self._act(request, pipeline)
            messages.success(request, self.done)
        except DomainError as error:
            tell(request, error)
        return redirect("pipeline", pipeline)


class RetirePipeline(PipelineAct):
    """No new arm can have it."""

    done = "Retired. New arms can't have it; arms that have it keep it."

    def _act(self, request: HttpRequest, pipeline: str) -> None:
        pipelines.retire_version(
            pipeline=pipeline, reason=request.POST.get("reason", ""), actor=signed_in(request)
        )


class ActivatePipeline(PipelineAct):
    """New arms can have it again."""

    done = "Active. New arms can have it."

    def _act(self, request: HttpRequest, pipeline: str) -> None:
        pipelines.activate_version(
            pipeline=pipeline, reason=request.POST.get("reason", ""), actor=signed_in(request)
        )


class RunPipeline(PipelineAct):
    """Over the exams of a cohort."""

    done = "Runs are queued. Exams that this version has read already are left out."

    def _act(self, request: HttpRequest, pipeline: str) -> None:
        number = request.POST.get("cohort", "")
        cohort = Cohort.objects.filter(pk=number).first() if number.isdecimal() else None
        if cohort is None:
            raise MissingError("Choose a cohort.")
        request_batch(
            imaging_studies=cohort.imaging_studies.order_by("pk"),
            pipeline=pipeline,
            purpose=Batch.Purpose.COHORT,
            key=str(cohort.pk),
            title=cohort.name,
            actor=signed_in(request),
        )


def _row(pipeline: str) -> VersionRow:
    row = version_row(pipeline)
    if row is None:
        raise Http404("There is no such AI model.")
    return row
