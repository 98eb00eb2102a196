"""Change a draft, discard it, or take a reader study back to a draft before anybody has read."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.models import ReaderStudy, Reading, Schedule
from annotations.selectors.protocols import protocol_of
from annotations.services.designs import Parts, check_parts, parts_of
from annotations.services.layout import lay_out, take_down, write_fields, write_items
from annotations.services.protocols import set_due_dates, write_protocol
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError


class DraftError(ConflictError):
    """It isn't a draft, or somebody else has changed it; the message says what to do."""

    code = "draft"


def _draft(reader_study_id: int) -> ReaderStudy:
    reader_study = ReaderStudy.objects.select_for_update().get(pk=reader_study_id)
    if reader_study.status != ReaderStudy.Status.DRAFT:
        raise DraftError(
            f"Only a draft can be edited or discarded; this reader study is "
            f"{reader_study.get_status_display()}. Amend its protocol or its schedule instead."
        )
    return reader_study


@transaction.atomic
def edit_draft(
    *, reader_study_id: int, parts: Parts, actor: User, base_version: int | None = None
) -> ReaderStudy:
    """Put these parts in place of those of a draft, and draw its schedule anew.

    base_version: of the protocol that was seen; DraftError where there is a newer one.
    """
    reader_study = _draft(reader_study_id)
    if base_version is not None and protocol_of(reader_study).version != base_version:
        raise DraftError(
            "Somebody else has changed this draft meanwhile. Open the form again, then change it."
        )
    redraw(reader_study, parts, actor, reason="Draft edited")
    return reader_study


def redraw(reader_study: ReaderStudy, parts: Parts, actor: User, *, reason: str) -> None:
    """Lay a locked draft out from other parts; the protocol keeps each version."""
    check_parts(parts, reader_study)
    before = Schedule.objects.get(reader_study=reader_study).sha256
    take_down(reader_study)
    write_fields(reader_study, parts)
    write_items(reader_study, parts.finding_codes, parts.protocol)
    schedule = lay_out(reader_study, parts)
    version = write_protocol(
        reader_study=reader_study, design=parts.design, actor=actor, reason=reason
    )
    record(
        actor=actor,
        action="reader_study.draft_edited",
        subject=reader_study,
        changes={"schedule_sha256": [before, schedule.sha256]},
        reason=reason,
        readers=[user.get_username() for user in parts.readers],
        cases=len(parts.imaging_studies),
        protocol_version=version.version,
        protocol_sha256=version.sha256,
    )


def add_to_draft(
    reader_study: ReaderStudy, reader: User, *, seniority: str, limit: int | None, actor: User
) -> None:
    """One reader more in a draft whose row is locked."""
    parts = parts_of(reader_study)
    name = reader.get_username()
    if reader in parts.readers:
        raise DraftError(f"{name} reads in this reader study already.")
    caps = {**parts.design.caps, **({name: limit} if limit else {})}
    design = replace(parts.design, caps=caps, seniority={**parts.design.seniority, name: seniority})
    redraw(
        reader_study,
        replace(parts, readers=[*parts.readers, reader], design=design),
        actor,
        reason="Reader joined the draft",
    )


@transaction.atomic
def discard_draft(*, reader_study_id: int, reason: str, actor: User) -> ReaderStudy:
    """Put a draft away: it is kept, but shown nowhere, and its title is free again."""
    reader_study = _draft(reader_study_id)
    if not reason.strip():
        raise InvalidInputError("Say why the draft is discarded.")
    reader_study.status = ReaderStudy.Status.DISCARDED
    reader_study.full_clean()
    reader_study.save()
    reader_study.invitations.filter(accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    record(
        actor=actor,
        action="reader_study.discarded",
        subject=reader_study,
        changes={"status": ["draft", "discarded"]},
        reason=reason.strip(),
        title=reader_study.title,
    )
    return reader_study


@transaction.atomic
def back_to_draft(*, reader_study_id: int, reason: str, actor: User) -> ReaderStudy:
    """Take an opened reader study off the worklists again, as long as nobody has opened a case."""
    reader_study = ReaderStudy.objects.select_for_update().get(pk=reader_study_id)
    if not reason.strip():
        raise InvalidInputError("Say why it goes back to a draft.")
    if reader_study.status != ReaderStudy.Status.OPEN:
        raise DraftError("Only an open reader study can go back to a draft.")
    if _is_begun(reader_study):
        raise DraftError(
            "A case has been opened or the schedule amended, so the schedule is frozen. Amend it "
            "instead."
        )
    reader_study.status, reader_study.opened_at = ReaderStudy.Status.DRAFT, None
    reader_study.full_clean()
    reader_study.save()
    set_due_dates(reader_study)
    record(
        actor=actor,
        action="reader_study.back_to_draft",
        subject=reader_study,
        changes={"status": ["open", "draft"]},
        reason=reason.strip(),
    )
    return reader_study


def _is_begun(reader_study: ReaderStudy) -> bool:
    """Whether anything hangs on the schedule as it is."""
    readings = Reading.objects.filter(enrolment__reader_study=reader_study)
    touched = (
        "level_marks",
        "measurements",
        "segmentations",
        "anatomy",
        "events",
        "problem_reports",
        "overrides",
    )
    return (
        reader_study.schedule.frozen_at is not None
        or reader_study.schedule_amendments.exists()
        or any(readings.filter(**{f"{name}__isnull": False}).exists() for name in touched)
    )
