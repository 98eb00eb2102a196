"""Run inside the running site by `manage.py shell`: SYNTHETIC cases on which readers differ."""

from __future__ import annotations

SCRIPT = """
import gzip, json, uuid
from datetime import UTC, datetime
import numpy as np
from django.contrib.auth.models import User
from annotations.models import LevelMark, Reading, ReaderStudy
from annotations.services.adjudication import queue_disagreements
from annotations.services.grades import Answer, store_grade
from annotations.services.level_marks import Mark, mark_case_levels
from annotations.services.measurements import Drawing, store_measurement
from annotations.services.memberships import grant_role
from annotations.services.reader_studies import (
    UNAIDED, ReadingProtocol, create_reader_study, open_reader_study)
from annotations.services.segmentations import store_mask
from annotations.services.submission import submit_reading
from annotations.selectors.hanging import resolve_hanging
from annotations.vocabulary import DISC_LEVELS
from spinestudy.imaging.models import Stack
from spinestudy.imaging.selectors.pixels import load_stack

SCORES = {"reader": [0, 0, 1, 1, 2], "reader-2": [0, 0, 1, 3, 2], "third": [0, 0, 1, 1, 0]}
coordinator = User.objects.get(username="coordinator")
judge = User.objects.create_user("judge", password="spine-demo")
third = User.objects.create_user("third", password="spine-demo")
third.groups.set(User.objects.get(username="reader").groups.all())
demo = ReaderStudy.objects.get(title="Lumbar degeneration, SYNTHETIC demonstration")
cases = list(demo.cases.order_by("imaging_study__patient__patient_id"))[-2:]
made = create_reader_study(
    actor=coordinator, title="Disagreeing", seed=3,
    imaging_studies=[case.imaging_study for case in cases],
    readers=[User.objects.get(username=name) for name in SCORES],
    finding_codes=["modic", "central_canal_stenosis"], arms=[UNAIDED],
    protocol=ReadingProtocol(tools=("length",), segments=("vertebral_body", "lesion")))
for case in made.cases.all():
    known = LevelMark.objects.filter(
        case__reader_study=demo, case__imaging_study=case.imaging_study, reading=None)
    mark_case_levels(case=case, actor=coordinator,
        marks=[Mark(one.kind, one.level, tuple(one.position_lps)) for one in known])
open_reader_study(reader_study_id=made.pk, actor=coordinator)
now = datetime.now(UTC)
for reading in Reading.objects.filter(case__reader_study=made).order_by("pk"):
    name = reading.enrolment.reader.username
    for level, score in zip(DISC_LEVELS, SCORES[name]):
        for item, wanted in (("modic", score), ("central_canal_stenosis", 1)):
            store_grade(reading_id=reading.pk, answer=Answer(
                item, level, wanted, False, uuid.uuid4(), now, comment="words of " + name))
    stack = Stack.objects.get(pk=resolve_hanging(reading.case)["current"]["sagittal_t2"])
    loaded = load_stack(stack)
    center = np.array(LevelMark.objects.get(
        case=reading.case, reading=None, kind="disc", level="L4/L5").position_lps)
    place = int(np.argmin(np.linalg.norm(
        np.array(loaded.positions_lps) - center, axis=1) * 0 + np.abs(
        (np.array(loaded.positions_lps) - center) @ np.cross(
            loaded.row_direction_lps, loaded.column_direction_lps))))
    offset = center - loaded.positions_lps[place]
    column = int(round(offset @ loaded.row_direction_lps / stack.column_spacing_mm))
    row = int(round(offset @ loaded.column_direction_lps / stack.row_spacing_mm))
    shift = list(SCORES).index(name)
    if name != "third":
        labels = np.zeros((stack.slice_count, stack.rows, stack.columns), np.uint8)
        labels[place, row - 8 + 3 * shift : row + 9 + 3 * shift, column - 12 : column + 13] = 5
        store_mask(reading_id=reading.pk, stack_id=stack.pk, base_revision=0,
            act_key=uuid.uuid4(), data=gzip.compress(labels.tobytes()))
    start = loaded.positions_lps[place] + loaded.row_direction_lps * (
        column - 14) * stack.column_spacing_mm + loaded.column_direction_lps * (
        row + 14 + 6 * shift) * stack.row_spacing_mm
    end = start + loaded.row_direction_lps * (18 + 2 * shift)
    store_measurement(reading_id=reading.pk, drawing=Drawing(
        measurement_key=uuid.uuid4(), act_key=uuid.uuid4(), base_revision=0, kind="length",
        points_lps=[[float(v) for v in one] for one in (start, end)], stack_id=stack.pk,
        stack_position=place, label="", is_deleted=False, drawn_at=now))
    submit_reading(reading_id=reading.pk)
grant_role(reader_study=made, username="judge", role="adjudicator", actor=coordinator)
queue_disagreements(arm=made.arms.get(), actor=coordinator)
print("MADE", json.dumps({"reader_study": made.pk, "arm": made.arms.get().pk,
    "cases": [case.pk for case in made.cases.order_by("number")]}))
"""
