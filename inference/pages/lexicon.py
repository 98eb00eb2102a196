"""The page of the lexicon: its terms, the site's changes, and what a change would do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from inference.models import ClinicalReport, LexiconChange
from inference.reports import ENGINE_VERSION, KINDS, Term
from inference.selectors.lexicon import label_changes, site_lexicon, stale_reports, term_rows
from inference.services.lexicon import change_lexicon, changed_lexicon
from inference.services.report_labels import AT_ONCE
from inference.tasks import request_reading_anew
from spinestudy.common.errors import DomainError
from spinestudy.common.pages import CoordinatorRequiredMixin, tell
from spinestudy.common.roles import signed_in

SHOWN_CHANGES = 100
LOOKED_AT = 5 * AT_ONCE
"""So many of the newest reports are read to show what a change does; the page says so."""


class LexiconPage(CoordinatorRequiredMixin, View):
    """Terms by kind; a change is shown with its effect first, and made on the second press."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The filter is in the address."""
        return render(request, "inference/lexicon.html", self._context(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show what the change would do, or make it."""
        act = request.POST.get("act", "")
        term = Term(
            request.POST.get("text", "").strip().removesuffix(":"),
            request.POST.get("kind", ""),
            request.POST.get("value", ""),
            request.POST.get("notes", "").strip(),
        )
        try:
            if request.POST.get("step") == "make":
                change_lexicon(act=act, term=term, actor=signed_in(request))
                request_reading_anew()
                messages.success(request, "The lexicon is changed. Reports are being read anew.")
                return redirect("lexicon")
            lexicon = changed_lexicon(act=act, term=term)
        except DomainError as error:
            tell(request, error)
            context = {**self._context(request), "sent": term}
            return render(request, "inference/lexicon.html", context, status=400)
        in_use = ClinicalReport.objects.filter(state=ClinicalReport.State.IN_USE)
        reports = list(in_use.select_related("imaging_study__patient").order_by("-id")[:LOOKED_AT])
        changes = label_changes(lexicon, reports)
        context = {
            **self._context(request),
            "act": act,
            "sent": term,
            "preview": changes[:SHOWN_CHANGES],
            "n_changes": len(changes),
            "n_reports": len({one.report.pk for one in changes}),
            "n_looked_at": len(reports),
            "n_in_use": in_use.count(),
            "new_version": lexicon.version,
        }
        return render(request, "inference/lexicon.html", context)

    def _context(self, request: HttpRequest) -> dict[str, object]:
        text = request.GET.get("text", "").strip()
        kind = request.GET.get("kind", "")
        lexicon = site_lexicon()
        rows = term_rows(text=text, kind=kind if kind in KINDS else "")
        return {
            "nav": "clinical-reports",
            "rows": rows,
            "text": text,
            "kind": kind,
            "kinds": KINDS,
            "values": sorted({value for values in KINDS.values() for value in values if value}),
            "version": lexicon.version,
            "engine_version": ENGINE_VERSION,
            "n_terms": len(lexicon.terms),
            "n_stale": len(stale_reports(lexicon)),
            "history": LexiconChange.objects.select_related("changed_by").order_by("-id")[:20],
        }


class ReadAnew(CoordinatorRequiredMixin, View):
    """Read reports anew whose labels are of another lexicon or engine."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask a worker."""
        request_reading_anew()
        messages.success(request, "Reports are being read anew. Reload to see how far it is.")
        return redirect("lexicon")
