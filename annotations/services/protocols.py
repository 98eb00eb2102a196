"""Write the protocol of a reader study, and amend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from annotations.design.adjudication_rule import AdjudicationRule
from annotations.design.protocol import (
    Endpoint,
    LiveView,
    ReaderStudyDesign,
    body_of,
    content_hash,
    differences,
    problems,
)
from annotations.models import Protocol, ReaderStudy, Reading, ReadingSession
from annotations.selectors.protocols import protocol_body
from annotations.services.washouts import set_not_before
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError


class AmendmentError(InvalidInputError):
    """What is to be amended makes no sense or can't be amended; the message says why."""

    code = "amendment"


class ProtocolLockedError(ConflictError):
    """The data are locked, and with them the protocol."""

    code = "protocol_locked"


AMENDABLE: Final = (
    "washout_days",
    "due_days",
    "live_view",
    "endpoint",
    "adjudication",
    "planned_looks",
    "frozen",
)
"""The rest is in the schedule: design, seed, arms, readers, cases, repeats."""


def write_protocol(
    *, reader_study: ReaderStudy, design: ReaderStudyDesign, actor: User, reason: str = ""
) -> Protocol:
    """The design as a version, with what the reader study's own tables say of it.

    Version 1, or, where a draft has changed, the next one with a reason; the newest one itself
    where it says the same.
    """
    body = _whole_body(reader_study, design)
    newest = reader_study.protocols.order_by("version").last()
    if newest is not None and newest.sha256 == content_hash(body):
        return newest
    return write_version(reader_study=reader_study, body=body, reason=reason, actor=actor)


def _whole_body(reader_study: ReaderStudy, design: ReaderStudyDesign) -> dict[str, Any]:
    return {
        **body_of(design, _n_categories(reader_study, design)),
        "title": reader_study.title,
        "seed": reader_study.seed,
        "has_ordered_sessions": reader_study.has_ordered_sessions,
        "arms": [
            {"label": arm.label, "pipeline": arm.pipeline, "is_training": arm.is_training}
            for arm in reader_study.arms.prefetch_related("reading_sessions")
        ],
        "items": [
            {
                "item": item.finding_code,
                "scores": list(item.scores),
                "sides": list(item.sides),
                "is_required": item.is_required,
                "depends_on": item.depends_on.finding_code if item.depends_on else None,
                "depends_on_score": item.depends_on_score,
                **({"own": item.definition} if item.definition is not None else {}),
            }
            for item in reader_study.items.select_related("depends_on")
        ],
        "readers": [
            {"code": one.code, "seniority": one.seniority, "case_limit": one.case_limit}
            for one in reader_study.enrolments.all()
        ],
        "n_cases": reader_study.cases.count(),
        "viewer": {
            "hanging": reader_study.hanging["title"],
            "tools": list(reader_study.tools),
            "segments": list(reader_study.segments),
            "asks_confidence": reader_study.asks_confidence,
            "idle_cutoff_s": reader_study.idle_cutoff_s,
        },
    }


def _n_categories(reader_study: ReaderStudy, design: ReaderStudyDesign) -> int:
    """K of the endpoint's scale, 0 without an endpoint."""
    if design.endpoint is None:
        return 0
    return len(reader_study.items.get(finding_code=design.endpoint.item).scores)


def write_version(
    *, reader_study: ReaderStudy, body: dict[str, Any], reason: str, actor: User
) -> Protocol:
    """Append the next version."""
    row = Protocol(
        reader_study=reader_study,
        version=reader_study.protocols.count() + 1,
        body=body,
        sha256=content_hash(body),
        reason=reason,
        written_by=actor,
    )
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def amend_protocol(
    *, reader_study_id: int, actor: User, changes: Mapping[str, Any], reason: str
) -> Protocol:
    """Write a new version; the ones before stay. Takes effect on what isn't read yet.

    changes: some of AMENDABLE. Raises AmendmentError, or ProtocolLockedError once data are locked.
    """
    reader_study = ReaderStudy.objects.select_for_update().get(pk=reader_study_id)
    if reader_study.status in (ReaderStudy.Status.LOCKED, ReaderStudy.Status.ANALYSED):
        raise ProtocolLockedError("The data are locked; unlock them first, with a reason.")
    if not reason.strip():
        raise AmendmentError("Say why the protocol is amended.")
    strange = sorted(set(changes) - set(AMENDABLE))
    if strange:
        raise AmendmentError(
            f"{', '.join(strange)} can't be amended: it is in the schedule. Create a new reader "
            "study for another design."
        )
    old = protocol_body(reader_study)
    new = {**old, **_checked(reader_study, {**old, **changes}, changes)}
    changed = differences(old, new)
    if not changed:
        raise AmendmentError("This changes nothing in the protocol.")
    row = write_version(reader_study=reader_study, body=new, reason=reason.strip(), actor=actor)
    if "washout_days" in changed:
        _apply_washout(reader_study, new["washout_days"])
    if "due_days" in changed:
        set_due_dates(reader_study)
    record(
        actor=actor,
        action="protocol.amended",
        subject=row,
        changes=changed,
        reason=reason.strip(),
        version=row.version,
        sha256=row.sha256,
    )
    return row


def _checked(
    reader_study: ReaderStudy, whole: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """The amendable part in its stored form."""
    endpoint = whole["endpoint"]
    try:
        design = ReaderStudyDesign(
            washout_days=int(whole["washout_days"]),
            due_days=int(whole["due_days"]),
            live_view=LiveView(**whole["live_view"]),
            endpoint=Endpoint(**{k: v for k, v in endpoint.items() if k != "k"})
            if endpoint
            else None,
            adjudication=_rule(**whole["adjudication"]),
            planned_looks=[float(share) for share in whole["planned_looks"]],
            frozen=[str(name) for name in whole["frozen"]],
        )
        wrong = problems(design, [item.finding_code for item in reader_study.items.all()])
    except (TypeError, ValueError, AttributeError) as error:
        raise AmendmentError("An amended field has the wrong form.") from error
    if wrong:
        raise AmendmentError(" ".join(wrong))
    body = body_of(design, _n_categories(reader_study, design))
    return {key: body[key] for key in AMENDABLE if key in changes}


def _rule(kind: str, steps: int, readers: Sequence[str], items: Sequence[str]) -> AdjudicationRule:
    return AdjudicationRule(kind, int(steps), tuple(readers), tuple(items))


def _apply_washout(reader_study: ReaderStudy, days: int) -> None:
    """Set the washout of later sessions, and the dates of readings that haven't begun."""
    pivotal = ReadingSession.objects.filter(
        arm__reader_study=reader_study, phase=ReadingSession.Phase.PIVOTAL
    )
    first = pivotal.order_by("period").values_list("period", flat=True).first()
    pivotal.filter(period__gt=first or 0).update(washout_days=days)
    earlier = Reading.objects.filter(
        enrolment=OuterRef("enrolment"),
        case=OuterRef("case"),
        reading_session__period__lt=OuterRef("reading_session__period"),
        submitted_at__isnull=False,
    )
    waiting = Reading.objects.filter(
        Exists(earlier),
        enrolment__reader_study=reader_study,
        reading_session__period__gt=first or 0,
        started_at=None,
        opened_at=None,
        overrides=None,
    )
    for reading in waiting.select_related("reading_session"):
        set_not_before(reading)


def set_due_dates(reader_study: ReaderStudy) -> None:
    """Each period is due so many days after the one before it, plus the washout, from opening."""
    body = protocol_body(reader_study)
    sessions = ReadingSession.objects.filter(arm__reader_study=reader_study)
    if not body["due_days"] or reader_study.opened_at is None:
        sessions.update(due_on=None)
        return
    due = timezone.localdate(reader_study.opened_at)
    periods: dict[int, int] = {}
    for session in sessions.order_by("period"):
        periods[session.period] = max(periods.get(session.period, 0), session.washout_days)
    for period, washout in periods.items():
        due += timedelta(days=body["due_days"] + washout)
        sessions.filter(period=period).update(due_on=due)
