"""The page of AI runs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from inference.services.jobs import TOPIC
from spinestudy.common.pages import CoordinatorRequiredMixin
from spinestudy.common.signed_urls import live_url


class JobsPage(CoordinatorRequiredMixin, View):
    """Progress and failures of all runs, live."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The frame of the page; its script fetches and follows the rows."""
        context = {"nav": "jobs", "live_url": live_url(TOPIC)}
        return render(request, "inference/jobs.html", context)
