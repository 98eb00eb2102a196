"""The demonstration: people, cohort, one open reader study, virtual readings, AI runs."""

from __future__ import annotations

import uuid
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from annotations.models import ReaderStudy, Reading
from annotations.services.reader_studies import UNAIDED, ArmDesign, create_reader_study
from annotations.services.readings import Answer, mark_case_levels, store_grade, submit_reading
from annotations.tasks import request_opening
from annotations.vocabulary import DISC_LEVELS
from spinestudy.common.roles import COORDINATORS, READERS
from spinestudy.demo.cohort import COHORT, EXAMS, Say, make_cohort
from spinestudy.demo.synthetic_exam import SyntheticExam
from spinestudy.demo.virtual_reader import VIRTUAL_READERS, VirtualReader
from spinestudy.imaging.models import ImagingStudy

PASSWORD: Final = "spine-demo"  # noqa: S105 - of a site that listens on loopback only
TITLE: Final = "Lumbar degeneration, SYNTHETIC demonstration"
SEED: Final = 20260101
ITEMS: Final = ("central_canal_stenosis", "pfirrmann", "modic")
_KEYS: Final = uuid.UUID("5b0f6d5e-3f0e-4a53-9a37-0d6f4f4f7a11")


def is_complete() -> bool:
    """Whether the demonstration has been set up before."""
    return ReaderStudy.objects.filter(title=TITLE).exists()


def set_up(say: Say, exams: int = EXAMS) -> None:
    """Make whatever is missing. What a killed run left is used or made again."""
    coordinator, readers = _people()
    if is_complete():
        return
    truth = {exam.patient_id: exam for exam in make_cohort(say, exams)}
    imaging_studies = list(
        ImagingStudy.objects.filter(cohorts__name=COHORT).select_related("patient")
    )
    say("three virtual readers are reading")
    with transaction.atomic():
        reader_study = create_reader_study(
            actor=coordinator,
            title=TITLE,
            description="Phantom exams. Three virtual readers have read the unaided arm; "
            "the account `reader` may read both arms.",
            seed=SEED,
            imaging_studies=imaging_studies,
            readers=readers,
            finding_codes=ITEMS,
            arms=[UNAIDED, ArmDesign("AI-aided", settings.DEFAULT_PIPELINE)],
            has_ordered_sessions=False,
        )
        for case in reader_study.cases.select_related("imaging_study__patient"):
            exam = truth[case.imaging_study.patient.patient_id]
            mark_case_levels(case=case, positions_lps=exam.disc_centers_lps, actor=coordinator)
        request_opening(reader_study_id=reader_study.pk, actor=coordinator)
        for virtual_reader in VIRTUAL_READERS:
            _read_unaided(reader_study, virtual_reader, truth)


def _people() -> tuple[User, list[User]]:
    coordinator = _person("coordinator", COORDINATORS)
    virtual = [_person(reader.username, READERS, can_sign_in=False) for reader in VIRTUAL_READERS]
    return coordinator, [*virtual, _person("reader", READERS), _person("reader-2", READERS)]


def _person(username: str, group: str, *, can_sign_in: bool = True) -> User:
    user, is_new = User.objects.get_or_create(username=username)
    if is_new:
        if can_sign_in:
            user.set_password(PASSWORD)
        else:
            user.set_unusable_password()
        user.save()
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


def _read_unaided(
    reader_study: ReaderStudy, virtual_reader: VirtualReader, truth: dict[str, SyntheticExam]
) -> None:
    readings = Reading.objects.filter(
        enrolment__reader__username=virtual_reader.username,
        case__reader_study=reader_study,
        reading_session__arm__is_ai_allowed=False,
    ).select_related("case__imaging_study__patient")
    for reading in readings:
        exam = truth[reading.case.imaging_study.patient.patient_id]
        for item in ITEMS:
            for level in DISC_LEVELS:
                key = f"{virtual_reader.username}/{exam.patient_id}/{item}/{level}"
                store_grade(
                    reading_id=reading.pk,
                    answer=Answer(
                        finding_code=item,
                        disc_level=level,
                        score=virtual_reader.score(
                            exam.patient_id, item, level, exam.latent[item][level]
                        ),
                        is_not_gradable=False,
                        answer_key=uuid.uuid5(_KEYS, key),
                        answered_at=timezone.now(),
                    ),
                )
        submit_reading(reading_id=reading.pk, duration_s=None)
