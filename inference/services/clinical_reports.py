"""What coordinators do with one report: let it be used, and judge its labels."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from inference.models import ClinicalReport, ReportReview
from inference.reports import ORDER_OF, SEVERITIES, SIDED, SIDES, TARGETS
from inference.reports.identifiers import masked
from inference.reports.levels import REPORTED
from inference.selectors.clinical_reports import newest_runs
from inference.services.report_labels import label_reports
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError, MissingError

RELEASES: Final = ("mask", "as_it_is")


class NotHeldBackError(ConflictError):
    """The report is in use already."""

    code = "not_held_back"


class ReviewError(InvalidInputError):
    """The review can't be kept as it is."""

    code = "report_review"


def categories_of(target: str) -> tuple[str, ...]:
    """What a label of that target may be corrected to."""
    return ORDER_OF.get(target, SEVERITIES)


@transaction.atomic
def release_report(*, report_id: int, how: str, actor: Any, reason: str = "") -> ClinicalReport:
    """Let a held-back report be read: masked, or as it is after somebody has looked at it."""
    report = ClinicalReport.objects.select_for_update().filter(pk=report_id).first()
    if report is None:
        raise MissingError("There is no such report.")
    if how not in RELEASES:
        raise InvalidInputError("Choose whether to mask the text or to use it as it is.")
    if report.state != ClinicalReport.State.HELD_BACK:
        raise NotHeldBackError("This report isn't held back.")
    if how == "as_it_is" and not reason.strip():
        raise InvalidInputError("Say why the text can be used as it is.")
    report.state = ClinicalReport.State.IN_USE
    if how == "mask":
        report.text, report.is_masked = masked(report.text), True
    report.save(update_fields=["state", "text", "is_masked"])
    label_reports([report])
    record(
        actor=actor,
        action="clinical_report.released",
        subject=report,
        reason=reason[:2000],
        how=how,
    )
    return report


@transaction.atomic
def review_label(
    *,
    report_id: int,
    target: str,
    disc_level: str,
    side: str,
    verdict: str,
    actor: Any,
    corrected: str = "",
) -> ReportReview:
    """Add what somebody says of one cell of a report; earlier reviews stay."""
    report = ClinicalReport.objects.filter(pk=report_id).first()
    if report is None:
        raise MissingError("There is no such report.")
    if report.state != ClinicalReport.State.IN_USE:
        raise ReviewError("This report is held back; decide on its identifiers first.")
    _check_cell(target, disc_level, side)
    run = newest_runs([report]).first()
    label = (
        run.labels.filter(target=target, disc_level=disc_level, side=side).first() if run else None
    )
    if verdict not in ReportReview.Verdict.values:
        raise ReviewError("Say whether the label is right, wrong or corrected.")
    is_correction = verdict == ReportReview.Verdict.CORRECTED
    if is_correction and corrected not in categories_of(target):
        raise ReviewError(f"Correct it to one of: {', '.join(categories_of(target))}.")
    if label is None and not is_correction:
        raise ReviewError("There is no label in this cell; correct it to what the report says.")
    review = ReportReview.objects.create(
        report=report,
        target=target,
        disc_level=disc_level,
        side=side,
        verdict=verdict,
        category=label.category if label else "",
        corrected=corrected if is_correction else "",
        reviewed_by=actor,
    )
    record(
        actor=actor,
        action="report_label.reviewed",
        subject=report,
        cell=[target, disc_level, side],
        verdict=verdict,
        changes={"category": [review.category, review.corrected]} if is_correction else None,
    )
    return review


def _check_cell(target: str, disc_level: str, side: str) -> None:
    sides = SIDES if target in SIDED else ("",)
    if target not in TARGETS or disc_level not in REPORTED or side not in sides:
        raise ReviewError("Reports have no such label.")
