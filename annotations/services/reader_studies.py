"""Create, open and lock a reader study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.design.protocol import FULLY_CROSSED, ReaderStudyDesign
from annotations.models import Membership, ReaderStudy, Reading
from annotations.selectors.hanging import resolve_hanging
from annotations.services.designs import USUAL_READING, Parts, ReadingProtocol, check_parts
from annotations.services.layout import lay_out, write_fields, write_items
from annotations.services.plans import TRAINING, UNAIDED, ArmDesign
from annotations.services.protocols import set_due_dates, write_protocol
from annotations.services.schedules import ReaderStudyDesignError
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError
from spinestudy.imaging.models import ImagingStudy

# Where a reader study is designed, these are at hand too.
__all__ = [
    "TRAINING",
    "UNAIDED",
    "ArmDesign",
    "ReaderStudyDesignError",
    "ReadingProtocol",
    "create_reader_study",
]


class ReaderStudyStatusError(ConflictError):
    """The reader study isn't in the status that this needs."""

    code = "reader_study_status"


@transaction.atomic
def create_reader_study(
    *,
    actor: User,
    title: str,
    seed: int,
    imaging_studies: Sequence[ImagingStudy],
    readers: Sequence[User],
    finding_codes: Sequence[str],
    arms: Sequence[ArmDesign],
    description: str = "",
    has_ordered_sessions: bool = True,
    protocol: ReadingProtocol = USUAL_READING,
    design: ReaderStudyDesign = FULLY_CROSSED,
) -> ReaderStudy:
    """Create a draft with its cases, readers, items, arms, protocol and every reading.

    Readers can also join later. Raises ReaderStudyDesignError where something is missing or
    contradicts itself; nothing is written then.
    """
    parts = Parts(
        title=title,
        seed=seed,
        imaging_studies=imaging_studies,
        readers=readers,
        finding_codes=finding_codes,
        arms=arms,
        description=description,
        has_ordered_sessions=has_ordered_sessions,
        protocol=protocol,
        design=design,
    )
    check_parts(parts)
    reader_study = ReaderStudy(created_by=actor)
    write_fields(reader_study, parts)
    Membership.objects.create(
        reader_study=reader_study, user=actor, role=Membership.Role.COORDINATOR
    )
    write_items(reader_study, finding_codes, protocol)
    schedule = lay_out(reader_study, parts)
    version = write_protocol(reader_study=reader_study, design=design, actor=actor)
    record(
        actor=actor,
        action="reader_study.created",
        subject=reader_study,
        seed=seed,
        cases=len(imaging_studies),
        readers=[user.get_username() for user in readers],
        items=list(parts.findings),
        arms=[arm.label for arm in arms],
        schedule_sha256=schedule.sha256,
        protocol_sha256=version.sha256,
    )
    return reader_study


def _locked(reader_study_id: int) -> ReaderStudy:
    return ReaderStudy.objects.select_for_update().get(pk=reader_study_id)


@transaction.atomic
def open_reader_study(*, reader_study_id: int, actor: Any) -> ReaderStudy:
    """Let the readers begin. The design can't change from here on."""
    reader_study = _locked(reader_study_id)
    if reader_study.status != ReaderStudy.Status.DRAFT:
        raise ReaderStudyStatusError(
            f"Only a draft can be opened; this one is {reader_study.get_status_display()}."
        )
    if not Reading.objects.filter(enrolment__reader_study=reader_study).exists():
        raise ReaderStudyStatusError(
            "Nobody reads in this reader study yet. Edit the draft to choose readers, or invite "
            "some."
        )
    for case in reader_study.cases.select_related("imaging_study"):
        case.hanging = resolve_hanging(case)  # what hangs is the same for all from here on
        case.save(update_fields=["hanging"])
    reader_study.status = ReaderStudy.Status.OPEN
    reader_study.opened_at = timezone.now()
    reader_study.full_clean()
    reader_study.save()
    set_due_dates(reader_study)
    record(actor=actor, action="reader_study.opened", subject=reader_study)
    return reader_study


@transaction.atomic
def lock_reader_study(*, reader_study_id: int, actor: Any, reason: str) -> ReaderStudy:
    """Take no more grades, for good."""
    if not reason.strip():
        raise ReaderStudyDesignError("Say why the data are locked now.")
    reader_study = _locked(reader_study_id)
    if reader_study.status != ReaderStudy.Status.OPEN:
        raise ReaderStudyStatusError(
            "Only an open reader study can be locked; this one is "
            f"{reader_study.get_status_display()}."
        )
    reader_study.status = ReaderStudy.Status.LOCKED
    reader_study.locked_at = timezone.now()
    reader_study.full_clean()
    reader_study.save()
    record(actor=actor, action="reader_study.locked", subject=reader_study, reason=reason)
    return reader_study
