"""Lay a reader study out from its parts: cases, items, readers, arms, and the schedule drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import CharField, F, ProtectedError, QuerySet, Value
from django.db.models.functions import Cast, Concat

from annotations.models import (
    Arm,
    Case,
    Enrolment,
    Item,
    ReaderStudy,
    Reading,
    ReadingSession,
    Schedule,
)
from annotations.services.designs import Parts, ReadingProtocol, findings_of
from annotations.services.plans import ArmDesign, plan_of, training_rows
from annotations.services.schedules import ReaderStudyDesignError, drawn, store_schedule
from annotations.vocabulary import HANGING_PROTOCOLS, OwnItem
from spinestudy.imaging.models import ImagingStudy


def write_fields(reader_study: ReaderStudy, parts: Parts) -> None:
    """Store what stands on the reader study itself."""
    reader_study.title = parts.title.strip()
    reader_study.description = parts.description
    reader_study.design = parts.design.design
    reader_study.seed = parts.seed
    reader_study.has_ordered_sessions = parts.has_ordered_sessions
    reader_study.idle_cutoff_s = parts.protocol.idle_cutoff_s
    reader_study.asks_confidence = parts.protocol.asks_confidence
    reader_study.tools = list(parts.protocol.tools)
    reader_study.segments = list(parts.protocol.segments)
    reader_study.hanging = HANGING_PROTOCOLS[parts.protocol.hanging].as_data()
    reader_study.full_clean()
    reader_study.save()


def lay_out(reader_study: ReaderStudy, parts: Parts) -> Schedule:
    """Store every part; what a draft has of them already keeps its row.

    ReaderStudyDesignError where no schedule can be drawn, or a case that is left out has
    references or levels.
    """
    codes = {user.get_username(): f"R{at}" for at, user in enumerate(parts.readers, start=1)}
    plan, numbers, aliases = plan_of(
        parts.seed, parts.imaging_studies, codes, parts.arms, parts.design
    )
    rows = training_rows(plan, parts.arms)
    rows += drawn(plan) if plan.arms and plan.readers else []
    return store_schedule(
        reader_study=reader_study,
        rows=rows,
        arms=_add_arms(reader_study, parts.arms),
        enrolments=_write_enrolments(reader_study, parts, codes),
        cases=_write_cases(reader_study, parts.imaging_studies, numbers),
        aliases=aliases,
        washout_days=parts.design.washout_days,
    )


def take_down(reader_study: ReaderStudy) -> None:
    """Take the schedule of a draft away, with its arms and sessions."""
    readings = Reading.objects.filter(enrolment__reader_study=reader_study)
    for repeats, follows in ((False, False), (False, True), (True, False), (True, True)):
        # what points to others goes first
        readings.filter(repeat_of__isnull=repeats, follows__isnull=follows).delete()
    ReadingSession.objects.filter(arm__reader_study=reader_study).delete()
    reader_study.arms.all().delete()
    Schedule.objects.filter(reader_study=reader_study).delete()


def _write_cases(
    reader_study: ReaderStudy, imaging_studies: Sequence[ImagingStudy], numbers: Mapping[str, str]
) -> dict[str, Case]:
    known = {case.imaging_study_id: case for case in reader_study.cases.all()}
    wanted = {exam.pk for exam in imaging_studies}
    for exam_id in known.keys() - wanted:
        case = known.pop(exam_id)
        try:
            case.delete()
        except ProtectedError as error:
            raise ReaderStudyDesignError(
                f"Case {case.number} has levels or references, so it can't be left out."
            ) from error
    _free_names(reader_study.cases.all(), "number")
    found = {}
    for exam in imaging_studies:
        number = numbers[exam.study_instance_uid]
        case = known.get(exam.pk) or Case(reader_study=reader_study, imaging_study=exam)
        case.number = number
        found[number] = case
    Case.objects.bulk_update([one for one in found.values() if one.pk], ["number"], batch_size=500)
    Case.objects.bulk_create([one for one in found.values() if not one.pk])
    return found


def _free_names(rows: QuerySet[Any], name: str) -> None:
    """Names are unique: while they are dealt anew, each row has one that nobody gets."""
    rows.update(**{name: Concat(Value("~"), Cast(F("pk"), CharField()))})


def write_items(
    reader_study: ReaderStudy, finding_codes: Sequence[str], protocol: ReadingProtocol
) -> None:
    """The items in their order; those left out go, unless something is known of them."""
    findings = findings_of(finding_codes, protocol.own_items)
    own = {one.code: one for one in protocol.own_items}
    reader_study.items.update(depends_on=None, depends_on_score=None)
    try:
        reader_study.items.exclude(finding_code__in=list(findings)).delete()
    except ProtectedError as error:
        raise ReaderStudyDesignError(
            "An item that is left out has references, so it can't go."
        ) from error
    known = {item.finding_code: item for item in reader_study.items.all()}
    _refuse_other_meaning(known, own)
    items: dict[str, Item] = {}
    for place, (code, finding) in enumerate(findings.items(), start=1):
        item = known.get(code) or Item(reader_study=reader_study, finding_code=code)
        item.scores = list(finding.scale.scores)
        item.sides = list(finding.sides)
        item.site_kind = finding.site_kind
        item.definition = own[code].as_data() if code in own else None
        item.is_required = (
            own[code].is_required if code in own else code not in protocol.optional_items
        )
        item.position = place
        item.full_clean()
        item.save()
        items[code] = item
    for code, item in items.items():
        condition = findings[code].depends_on
        if condition is not None:
            item.depends_on, item.depends_on_score = items[condition[0]], condition[1]
            item.full_clean()
            item.save()


def _refuse_other_meaning(known: Mapping[str, Item], own: Mapping[str, OwnItem]) -> None:
    """References speak of an own item as it was defined when they were written."""
    for code, item in known.items():
        is_same = item.definition == (own[code].as_data() if code in own else None)
        if not is_same and (item.reference_records.exists() or item.reference_grades.exists()):
            raise ReaderStudyDesignError(
                f"{item.finding.name} has references, so its definition can't change. Define "
                "another item under another key."
            )


def _write_enrolments(
    reader_study: ReaderStudy, parts: Parts, codes: Mapping[str, str]
) -> dict[str, Enrolment]:
    known = {one.reader_id: one for one in reader_study.enrolments.all()}
    wanted = {user.pk for user in parts.readers}
    for reader_id in known.keys() - wanted:
        gone = known.pop(reader_id)
        try:
            gone.delete()
        except ProtectedError as error:
            raise ReaderStudyDesignError(
                f"{gone.reader.get_username()} has messages or an invitation here, so they can't "
                "be left out. Open the reader study, then withdraw them."
            ) from error
    _free_names(reader_study.enrolments.all(), "code")
    found = {}
    for user in parts.readers:
        enrolment = known.get(user.pk) or Enrolment(reader_study=reader_study, reader=user)
        _write_enrolment(enrolment, user, parts, codes[user.get_username()])
        found[enrolment.code] = enrolment
    return found


def _write_enrolment(enrolment: Enrolment, user: User, parts: Parts, code: str) -> None:
    name = user.get_username()
    enrolment.code = code
    enrolment.seniority = parts.design.seniority.get(name, "")
    enrolment.case_limit = parts.design.caps.get(name)
    enrolment.full_clean()
    enrolment.save()


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
