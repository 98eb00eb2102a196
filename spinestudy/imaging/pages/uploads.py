"""Pages of uploads and of the quarantine."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from spinestudy.common.pages import CoordinatorRequiredMixin
from spinestudy.common.signed_urls import live_url
from spinestudy.imaging.models import Upload
from spinestudy.imaging.selectors import catalogue
from spinestudy.imaging.services.ingest import files_done

PAGE_SIZE = 100


class UploadPage(CoordinatorRequiredMixin, View):
    """The form; its script sends the files and shows progress."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form and the last uploads."""
        context = {
            "nav": "exams",
            "cohorts": catalogue.cohorts(),
            "uploads": catalogue.uploads()[:10],
        }
        return render(request, "imaging/upload.html", context)


class UploadDetailPage(CoordinatorRequiredMixin, View):
    """One import run, live."""

    def get(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """Counts, and the quarantined files of this upload."""
        upload = get_object_or_404(catalogue.uploads(), pk=upload_id)
        context = {
            "nav": "exams",
            "upload": upload,
            "files_done": files_done(upload),
            "is_over": upload.state in (Upload.State.DONE, Upload.State.FAILED),
            "live_url": live_url(f"upload-{upload.pk}"),
            "files": catalogue.urgent_first(catalogue.quarantined_files(upload_id=upload.pk))[
                :PAGE_SIZE
            ],
            "reasons": catalogue.quarantine_reasons(upload_id=upload.pk),
        }
        return render(request, "imaging/upload_detail.html", context)


class QuarantinePage(CoordinatorRequiredMixin, View):
    """Files that couldn't be used; the filter is in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Counts by reason, then the files."""
        reason = request.GET.get("reason", "")
        files = catalogue.urgent_first(catalogue.quarantined_files())
        if reason:
            files = files.filter(reason_code=reason)
        context = {
            "nav": "exams",
            "page": Paginator(files, PAGE_SIZE).get_page(request.GET.get("page")),
            "reasons": catalogue.quarantine_reasons(),
            "reason": reason,
        }
        return render(request, "imaging/quarantine.html", context)
