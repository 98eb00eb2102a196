"""Design, open and lock a reader study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.design.protocol import FULLY_CROSSED, ReaderStudyDesign, problems
from annotations.models import (
    Arm,
    Case,
    Enrolment,
    Item,
    Membership,
    ReaderStudy,
    ReadingSession,
)
from annotations.selectors.hanging import resolve_hanging
from annotations.services.plans import TRAINING, UNAIDED, ArmDesign, plan_of, training_rows
from annotations.services.protocols import set_due_dates, write_protocol
from annotations.services.schedules import ReaderStudyDesignError, drawn, store_schedule
from annotations.vocabulary import FINDINGS, HANGING_PROTOCOLS, SEGMENTS, TOOLS
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError
from spinestudy.common.roles import is_reader
from spinestudy.imaging.models import ImagingStudy

# Where a reader study is designed, these are at hand too.
__all__ = ["TRAINING", "UNAIDED", "ArmDesign", "ReaderStudyDesignError", "create_reader_study"]


class ReaderStudyStatusError(ConflictError):
    """The reader study isn't in the status that this needs."""

    code = "reader_study_status"


@dataclass(frozen=True)
class ReadingProtocol:
    """How a case is read. Codes are those of the vocabulary."""

    idle_cutoff_s: int = 60
    asks_confidence: bool = False
    tools: Sequence[str] = ()
    segments: Sequence[str] = ()
    hanging: str = "lumbar"
    optional_items: Sequence[str] = ()


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ReaderStudyDesignError(message)


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
    protocol: ReadingProtocol = ReadingProtocol(),
    design: ReaderStudyDesign = FULLY_CROSSED,
) -> ReaderStudy:
    """Create a draft with its cases, readers, items, arms, protocol and every reading.

    Raises ReaderStudyDesignError where something is missing or contradicts itself; nothing is
    written then.
    """
    _check(title, imaging_studies, readers, finding_codes, arms, protocol, design)
    codes = {user.get_username(): f"R{place}" for place, user in enumerate(readers, start=1)}
    plan, numbers, aliases = plan_of(seed, imaging_studies, codes, arms, design)
    rows = training_rows(plan, arms) + (drawn(plan) if plan.arms else [])
    reader_study = ReaderStudy(
        title=title.strip(),
        description=description,
        design=design.design,
        seed=seed,
        created_by=actor,
        has_ordered_sessions=has_ordered_sessions,
        idle_cutoff_s=protocol.idle_cutoff_s,
        asks_confidence=protocol.asks_confidence,
        tools=list(protocol.tools),
        segments=list(protocol.segments),
        hanging=HANGING_PROTOCOLS[protocol.hanging].as_data(),
    )
    reader_study.full_clean()
    reader_study.save()
    Membership.objects.create(
        reader_study=reader_study, user=actor, role=Membership.Role.COORDINATOR
    )
    cases = _add_cases(reader_study, imaging_studies, numbers)
    _add_items(reader_study, finding_codes, protocol.optional_items)
    enrolments = {}
    for user in readers:
        name = user.get_username()
        enrolment = Enrolment(
            reader_study=reader_study,
            reader=user,
            code=codes[name],
            seniority=design.seniority.get(name, ""),
            case_limit=design.caps.get(name),
        )
        enrolment.full_clean()
        enrolment.save()
        enrolments[enrolment.code] = enrolment
    schedule = store_schedule(
        reader_study=reader_study,
        rows=rows,
        arms=_add_arms(reader_study, arms),
        enrolments=enrolments,
        cases=cases,
        aliases=aliases,
        washout_days=design.washout_days,
    )
    version = write_protocol(reader_study=reader_study, design=design, actor=actor)
    record(
        actor=actor,
        action="reader_study.created",
        subject=reader_study,
        seed=seed,
        cases=len(cases),
        readers=[user.get_username() for user in readers],
        items=list(finding_codes),
        arms=[arm.label for arm in arms],
        schedule_sha256=schedule.sha256,
        protocol_sha256=version.sha256,
    )
    return reader_study


def _check(
    title: str,
    imaging_studies: Sequence[ImagingStudy],
    readers: Sequence[User],
    finding_codes: Sequence[str],
    arms: Sequence[ArmDesign],
    protocol: ReadingProtocol,
    design: ReaderStudyDesign,
) -> None:
    """Raise ReaderStudyDesignError at the first thing that is missing."""
    _require(title.strip(), "Give the reader study a title.")
    _require(
        not ReaderStudy.objects.filter(title=title.strip()).exists(),
        "There is already a reader study of that title; choose another.",
    )
    _require(imaging_studies, "Choose at least one exam.")
    _require(readers, "Choose at least one reader.")
    _require(finding_codes, "Choose at least one item.")
    _require(arms, "Choose at least one arm.")
    unknown = sorted(set(finding_codes) - set(FINDINGS))
    _require(not unknown, f"Unknown items: {', '.join(unknown)}.")
    for code in finding_codes:
        parent = FINDINGS[code].depends_on
        _require(
            parent is None or parent[0] in finding_codes,
            f"{FINDINGS[code].name} is asked depending on "
            f"{FINDINGS[parent[0]].name if parent else ''}; choose that too.",
        )
    _require(set(protocol.tools) <= set(TOOLS), "Unknown drawing tool.")
    _require(set(protocol.segments) <= set(SEGMENTS), "Unknown segment.")
    _require(protocol.hanging in HANGING_PROTOCOLS, "Unknown hanging protocol.")
    _require(
        10 <= protocol.idle_cutoff_s <= 3600, "Give an idle cut-off between 10 and 3600 seconds."
    )
    strangers = [user.get_username() for user in readers if not is_reader(user)]
    _require(not strangers, f"Not in the group of readers: {', '.join(strangers)}.")
    wrong = problems(design, finding_codes)
    _require(not wrong, " ".join(wrong))
    if design.design == "unaided_only":
        _require(not any(arm.pipeline for arm in arms), "An unaided design has no AI-aided arm.")
    if design.design == "sequential":
        aided = [bool(arm.pipeline) for arm in arms if not arm.is_training]
        _require(
            aided == [False, True], "A sequential design has an unaided arm, then an aided one."
        )


def _add_cases(
    reader_study: ReaderStudy, imaging_studies: Sequence[ImagingStudy], numbers: Mapping[str, str]
) -> dict[str, Case]:
    by_uid = {exam.study_instance_uid: exam for exam in imaging_studies}
    cases = [
        Case(reader_study=reader_study, imaging_study=by_uid[uid], number=number)
        for uid, number in numbers.items()
    ]
    return {case.number: case for case in Case.objects.bulk_create(cases)}


def _add_items(
    reader_study: ReaderStudy, finding_codes: Sequence[str], optional_items: Sequence[str]
) -> None:
    items: dict[str, Item] = {}
    for place, code in enumerate(finding_codes, start=1):
        finding = FINDINGS[code]
        item = Item(
            reader_study=reader_study,
            finding_code=code,
            scores=list(finding.scale.scores),
            sides=list(finding.sides),
            is_required=code not in optional_items,
            position=place,
        )
        item.full_clean()
        item.save()
        items[code] = item
    for code, item in items.items():
        condition = FINDINGS[code].depends_on
        if condition is not None:
            item.depends_on, item.depends_on_score = items[condition[0]], condition[1]
            item.full_clean()
            item.save()


def _add_arms(reader_study: ReaderStudy, arms: Sequence[ArmDesign]) -> dict[str, Arm]:
    """The arms by label; those for training with their session."""
    found = {}
    n_training = 0
    for place, design in enumerate(arms, start=1):
        arm = Arm(
            reader_study=reader_study,
            label=design.label,
            is_ai_allowed=bool(design.pipeline),
            pipeline=design.pipeline,
            position=place,
        )
        arm.full_clean()
        arm.save()
        if design.is_training:
            n_training += 1
            ReadingSession.objects.create(
                arm=arm, period=n_training, phase=ReadingSession.Phase.TRAINING
            )
        found[arm.label] = arm
    return found


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
