"""Which series of a case hang where: the reader study's protocol on this exam and its prior."""

from __future__ import annotations

from typing import Any

from annotations.models import Case, ReaderStudy, Reading, ReadingEvent
from annotations.vocabulary import PRIOR, ROLE_TITLES
from spinestudy.imaging.models import ImagingStudy
from spinestudy.imaging.selectors.reading_stacks import prior_of, stacks_by_role
from spinestudy.imaging.selectors.viewer import exam_series

Roles = dict[str, int | None]


def resolve_hanging(case: Case) -> dict[str, Any]:
    """Role -> stack of this exam and, where the protocol shows it, of the patient's prior exam."""
    exam = case.imaging_study
    prior = prior_of(exam) if shows_prior(case.reader_study) else None
    return {
        "current": stacks_by_role(exam),
        "prior_exam": prior.pk if prior else None,
        "prior": stacks_by_role(prior) if prior else {},
    }


def shows_prior(reader_study: ReaderStudy) -> bool:
    """Whether any layout has a slot for the prior exam."""
    return any(
        slot["role"].startswith(PRIOR)
        for layout in reader_study.hanging["layouts"]
        for slot in layout["slots"]
    )


def shown_exams(case: Case) -> list[int]:
    """This exam and, where it is shown, the prior one."""
    resolved = case.hanging or resolve_hanging(case)
    found = [case.imaging_study_id, resolved["prior_exam"]]
    return [pk for pk in found if pk is not None]


def last_chosen(reading: Reading) -> dict[str, Any] | None:
    """What its reader has hung last in this reading; None where nothing was changed."""
    told = ReadingEvent.objects.filter(reading=reading, kind="layout").last()
    if told is None:
        return None
    return {"layout": told.detail["name"], "hung": told.detail.get("hung", [])}


def hanging_views(
    case: Case, *, reading: Reading | None = None, is_layout_frozen: bool
) -> dict[str, Any]:
    """`series` and `hanging` of a page with images; of a frozen layout only that.

    reading: whose reader may have hung something else by hand.
    """
    resolved = case.hanging or resolve_hanging(case)
    series = exam_series(case.imaging_study, resolved["current"])
    if resolved["prior_exam"] is not None:
        prior = ImagingStudy.objects.get(pk=resolved["prior_exam"])
        series += exam_series(prior, resolved["prior"], is_prior=True)
    by_stack = {pk: one for one in series for pk in one["stack_ids"]}
    roles: Roles = dict(resolved["current"])
    roles |= {f"{PRIOR}{role}": pk for role, pk in resolved["prior"].items()}

    def series_of(role: str) -> dict[str, Any] | None:
        return by_stack.get(roles.get(role) or 0)

    layouts = []
    for layout in case.reader_study.hanging["layouts"]:
        optional = [slot for slot in layout["slots"] if slot["is_optional"]]
        if optional and not any(series_of(slot["role"]) for slot in optional):
            continue
        layouts.append(
            {
                "name": layout["name"],
                "rows": layout["rows"],
                "columns": layout["columns"],
                "slots": [_slot_view(slot, series_of(slot["role"])) for slot in layout["slots"]],
            }
        )
    if is_layout_frozen:
        layouts = layouts[:1]
    return {
        "series": series,
        "hanging": {
            "name": case.reader_study.hanging["title"],
            "layouts": layouts,
            "chosen": last_chosen(reading) if reading and not is_layout_frozen else None,
        },
    }


def _slot_view(slot: dict[str, Any], series: dict[str, Any] | None) -> dict[str, Any]:
    is_prior = slot["role"].startswith(PRIOR)
    title = ROLE_TITLES.get(slot["role"].removeprefix(PRIOR), slot["role"])
    if series is not None:
        title = series["label"]
    return {
        "role": slot["role"],
        "title": f"Prior: {title}" if is_prior else title,
        "series_id": series["id"] if series else None,
        "row": slot["row"],
        "column": slot["column"],
        "row_span": slot["row_span"],
        "column_span": slot["column_span"],
    }
