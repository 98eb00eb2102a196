"""The page on which the size of a reader study is planned. Nothing is stored."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views import View

from annotations.agreement import RatingsError
from annotations.pages.members import NAV, MemberRequiredMixin
from annotations.pages.size_forms import PLANS
from annotations.reporting.final_report.result import Figure
from annotations.reporting.size_plan import SizePlan


class SizePlanPage(MemberRequiredMixin, View):
    """Patients and readers for what is to be shown; its address holds all that was typed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and once it is filled the answer with curves and table."""
        chosen = request.GET.get("plan", "")
        chosen = chosen if chosen in PLANS else "kappa-interval"
        words, form_class = PLANS[chosen]
        form = form_class(request.GET if "n_readers" in request.GET else None)
        plan = None
        if form.is_valid():
            try:
                plan = form.plan()
            except RatingsError as error:
                form.add_error(None, f"This can't be planned: {error}.")
        context = {
            **NAV,
            "plans": [(code, words) for code, (words, _) in PLANS.items()],
            "chosen": chosen,
            "words": words,
            "form": form,
            "plan": plan,
            "picture": plan and _picture(plan),
        }
        return render(request, "annotations/size_plan.html", context)


def _picture(plan: SizePlan) -> str:
    from annotations.reporting.final_report.render.drawings import svg_of  # when first drawn

    curves = [{"name": one.name, "x": one.x, "y": one.y} for one in plan.curves]
    figure = Figure(
        key="size",
        title=plan.y_label,
        kind="curves",
        data={
            "x_max": max(x for one in plan.curves for x in one.x),
            "x_label": "patients",
            "y_label": plan.y_label,
            "y_max": plan.y_max,
            "diagonal": False,
            "curves": curves,
        },
    )
    return mark_safe(svg_of(figure))  # noqa: S308 - its texts are escaped where it is drawn
