"""The schedule that a filled form would give."""

from __future__ import annotations

from typing import Any

from annotations.design.allocation import schedule_hash
from annotations.design.checks import checks, pair_checks
from annotations.design.item_checks import item_checks, preview_items
from annotations.design.preview import preview
from annotations.pages.forms import ReaderStudyForm
from annotations.services.designs import check_items, findings_of
from annotations.services.plans import plan_of, training_rows
from annotations.services.schedules import ReaderStudyDesignError, drawn


def preview_design(form: ReaderStudyForm) -> dict[str, Any]:
    """The schedule that would be drawn, counted, with what should be known; nothing is written."""
    exams, design = list(form.chosen_exams()), form.reader_study_design()
    names = [user.get_username() for user in form.cleaned_data["readers"]]
    codes = {name: f"R{place}" for place, name in enumerate(names, start=1)}
    plan, _, _ = plan_of(form.cleaned_data["seed"], exams, codes, form.arms(), design)
    check_items(form.cleaned_data["items"], form.protocol())
    findings = findings_of(form.cleaned_data["items"], form.own_items())
    optional = {
        *form.cleaned_data["optional_items"],
        *(one.code for one in form.own_items() if not one.is_required),
    }
    if not names:
        raise ReaderStudyDesignError("Choose at least one reader to see a schedule.")
    rows = drawn(plan)
    counted = preview(rows, plan.cases)
    return {
        "counted": counted,
        "checks": [
            *checks(plan, design, counted, len({exam.patient_id for exam in exams})),
            *item_checks(findings, optional),
            *pair_checks(rows, design.adjudication),
        ],
        "items": preview_items(findings, optional),
        "sha256": schedule_hash(training_rows(plan, form.arms()) + rows),
        "names": names,
    }
