"""Pages of the catalogue of exams."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from spinestudy.common.pages import CoordinatorRequiredMixin
from spinestudy.imaging.cornerstone import stack_label
from spinestudy.imaging.models import ImagingStudy
from spinestudy.imaging.selectors import catalogue
from spinestudy.imaging.selectors.viewer import stacks_by_role

PAGE_SIZE = 50
SLOT_NAMES = {
    "sagittal_t1": "sagittal T1",
    "sagittal_t2": "sagittal T2",
    "sagittal_stir": "sagittal STIR",
    "axial_t2": "axial T2",
    "axial_t1": "axial T1",
    "coronal": "coronal",
}
USUAL_SLOTS = ("sagittal_t1", "sagittal_t2", "axial_t2")


class ExamsPage(CoordinatorRequiredMixin, View):
    """All exams; the filter is in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the table."""
        text = request.GET.get("text", "").strip()
        cohort = request.GET.get("cohort", "")
        cohort_id = int(cohort) if cohort.isdecimal() and len(cohort) < 16 else None
        found = catalogue.exams(text=text, cohort_id=cohort_id)
        page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        rows = [(exam, _in_words(exam)) for exam in page]
        context = {
            "nav": "exams",
            "page": page,
            "rows": rows,
            "text": text,
            "cohort_id": cohort_id,
            "cohorts": catalogue.cohorts(),
            "all_count": ImagingStudy.objects.count(),
            "quarantined_count": catalogue.quarantined_files().count(),
            "unfinished": catalogue.uploads().exclude(state__in=["done"])[:5],
        }
        return render(request, "imaging/exams.html", context)


def _in_words(exam: ImagingStudy) -> str:
    """The stacks that are fit for reading, as "Sagittal T1, Axial T2 (3)"."""
    counts: dict[str, int] = {}
    for stack in catalogue.stacks_of(exam):
        if stack.is_reference_for_reading:
            label = stack_label(stack)
            counts[label] = counts.get(label, 0) + 1
    return ", ".join(f"{label} ({n})" if n > 1 else label for label, n in counts.items())


class ExamPage(CoordinatorRequiredMixin, View):
    """One exam and its stacks."""

    def get(self, request: HttpRequest, imaging_study_id: int) -> HttpResponse:
        """The table of stacks, with what is unusual and what will be read."""
        exam = get_object_or_404(catalogue.exams(), pk=imaging_study_id)
        slots: dict[int, list[str]] = {}
        chosen = stacks_by_role(exam)
        for slot, stack_id in chosen.items():
            if stack_id is not None:
                slots.setdefault(stack_id, []).append(SLOT_NAMES[slot])
        stacks = [
            (stack, stack_label(stack), ", ".join(slots.get(stack.pk, [])))
            for stack in catalogue.stacks_of(exam)
        ]
        context = {
            "nav": "exams",
            "exam": exam,
            "stacks": stacks,
            "empty_slots": [SLOT_NAMES[slot] for slot in USUAL_SLOTS if chosen[slot] is None],
        }
        return render(request, "imaging/exam.html", context)
