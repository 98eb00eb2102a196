"""The demonstration: people, cohort, one open reader study, virtual readings, AI runs."""

from __future__ import annotations

import uuid
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import ReaderStudy, Reading
from annotations.services.grades import Answer, store_grade
from annotations.services.level_marks import Mark, mark_case_levels
from annotations.services.reader_studies import (
    TRAINING,
    UNAIDED,
    ArmDesign,
    ReadingProtocol,
    create_reader_study,
)
from annotations.services.references import Reference, set_references
from annotations.services.submission import submit_reading
from annotations.tasks import request_opening
from annotations.vocabulary import (
    DISC_LEVELS,
    MARKED_VERTEBRAE,
    SEGMENTS,
    TOOLS,
    OwnCategory,
    OwnItem,
    finding,
)
from annotations.vocabulary.library.vertebra import FRACTURE_FEATURES
from spinestudy.common.roles import COORDINATORS, READERS
from spinestudy.demo.cohort import COHORT, EXAMS, Say, make_cohort
from spinestudy.demo.synthetic_exam import SyntheticExam
from spinestudy.demo.virtual_reader import VIRTUAL_READERS, VirtualReader
from spinestudy.imaging.models import ImagingStudy

PASSWORD: Final = "spine-demo"  # noqa: S105 - of a site that listens on loopback only
TITLE: Final = "Lumbar degeneration, SYNTHETIC demonstration"
SEED: Final = 20260101
TOUR_TITLE: Final = "Training and drawing, SYNTHETIC"
TOUR_CASES: Final = 4
FRACTURE_TITLE: Final = "Vertebral fractures, SYNTHETIC"
ITEMS: Final = ("central_canal_stenosis", "pfirrmann", "modic")
RIM: Final = OwnItem(
    key="rim",
    name="Rim lesion",
    categories=(
        OwnCategory("none"),
        OwnCategory("small", "under a third of the rim"),
        OwnCategory("large", "a third of the rim or more"),
    ),
    definition="Defect where the annulus is fixed to the edge of the endplate",
    normal_score=0,
)
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
        _set_up_tour(coordinator, readers[-2:], imaging_studies[:TOUR_CASES], truth)
        _set_up_fractures(coordinator, readers[-2:], imaging_studies[:TOUR_CASES], truth)
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
            design=ReaderStudyDesign(live_view=LiveView(min_patients=5)),
        )
        _mark_levels(reader_study, truth, coordinator)
        request_opening(reader_study_id=reader_study.pk, actor=coordinator)
        for virtual_reader in VIRTUAL_READERS:
            _read_unaided(reader_study, virtual_reader, truth)


def _mark_levels(
    reader_study: ReaderStudy, truth: dict[str, SyntheticExam], coordinator: User
) -> None:
    for case in reader_study.cases.select_related("imaging_study__patient"):
        exam = truth[case.imaging_study.patient.patient_id]
        bodies = {k: p for k, p in exam.body_centers_lps.items() if k in MARKED_VERTEBRAE}
        marks = [Mark("disc", level, point) for level, point in exam.disc_centers_lps.items()]
        marks += [Mark("vertebra", level, point) for level, point in bodies.items()]
        mark_case_levels(case=case, marks=marks, actor=coordinator)


def _set_up_tour(
    coordinator: User,
    readers: list[User],
    imaging_studies: list[ImagingStudy],
    truth: dict[str, SyntheticExam],
) -> None:
    """A smaller reader study that shows what the main one has no use for."""
    reader_study = create_reader_study(
        actor=coordinator,
        title=TOUR_TITLE,
        description="All items, with sides and conditions, confidence and drawing tools. The "
        "training session tells the truth of the phantom after each answer.",
        seed=SEED + 1,
        imaging_studies=imaging_studies,
        readers=readers,
        finding_codes=(*ITEMS, "modic_extent", "subarticular_stenosis", "foraminal_stenosis"),
        arms=[TRAINING, UNAIDED],
        has_ordered_sessions=False,
        design=ReaderStudyDesign("unaided_only", live_view=LiveView(min_patients=0)),
        protocol=ReadingProtocol(
            asks_confidence=True, tools=tuple(TOOLS), segments=tuple(SEGMENTS)
        ),
    )
    _mark_levels(reader_study, truth, coordinator)
    for case in reader_study.cases.select_related("imaging_study__patient"):
        exam = truth[case.imaging_study.patient.patient_id]
        references = [
            Reference(item, level, score, _explained(item, score))
            for item in ITEMS
            for level, score in exam.grades[item].items()
        ]
        set_references(case=case, references=references, actor=coordinator)
    request_opening(reader_study_id=reader_study.pk, actor=coordinator)


def _set_up_fractures(
    coordinator: User,
    readers: list[User],
    imaging_studies: list[ImagingStudy],
    truth: dict[str, SyntheticExam],
) -> None:
    """Items of vertebrae, features asked only where there is a fracture, and an own item."""
    reader_study = create_reader_study(
        actor=coordinator,
        title=FRACTURE_TITLE,
        description="Fractures, benign or malignant, with features that are asked only of a broken "
        "vertebra, and an item that no library has. No phantom has a fracture: call a vertebra "
        "broken to see what is asked.",
        seed=SEED + 2,
        imaging_studies=imaging_studies,
        readers=readers,
        finding_codes=(
            "vertebral_fracture",
            "genant",
            "fracture_nature",
            *(one.code for one in FRACTURE_FEATURES),
        ),
        arms=[UNAIDED],
        has_ordered_sessions=False,
        design=ReaderStudyDesign(
            "unaided_only",
            seniority={readers[0].get_username(): "senior", readers[1].get_username(): "junior"},
            live_view=LiveView(min_patients=0),
        ),
        protocol=ReadingProtocol(own_items=(RIM,)),
    )
    _mark_levels(reader_study, truth, coordinator)
    request_opening(reader_study_id=reader_study.pk, actor=coordinator)


def _explained(item: str, score: int) -> str:
    words = {category.score: category.definition for category in finding(item).scale.categories}
    return f"The phantom was drawn so: {words[score]}."


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
        submit_reading(reading_id=reading.pk)
