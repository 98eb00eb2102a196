"""Run inside the running site by `manage.py shell`: a SYNTHETIC reader study, read and locked."""

from __future__ import annotations

SCRIPT = """
import uuid
from datetime import UTC, datetime
from random import Random
from django.contrib.auth.models import Group, User
from annotations.design.protocol import Endpoint, LiveView, ReaderStudyDesign
from annotations.models import Reading
from annotations.services.grades import Answer, store_grade
from annotations.services.locking import confirm_lock, propose_lock
from annotations.services.reader_studies import (
    UNAIDED, ArmDesign, create_reader_study, open_reader_study)
from annotations.services.submission import submit_reading
from annotations.vocabulary import DISC_LEVELS
from spinestudy.imaging.models import ImagingStudy

coordinator = User.objects.get(username="coordinator")
second = User.objects.create_user("second", password="spine-demo")
second.groups.add(Group.objects.get(name="coordinators"))
readers = [User.objects.get(username=name) for name in ("reader", "reader-2")]
made = create_reader_study(
    actor=coordinator, title="Locked pilot", seed=5,
    imaging_studies=list(ImagingStudy.objects.order_by("pk")[:3]), readers=readers,
    finding_codes=["modic"], arms=[UNAIDED, ArmDesign("AI-aided", "lumbar_grading@2")],
    has_ordered_sessions=False,
    design=ReaderStudyDesign(endpoint=Endpoint("modic"), live_view=LiveView(min_patients=0)))
open_reader_study(reader_study_id=made.pk, actor=coordinator)
random, now = Random(5), datetime.now(UTC)
for reading in Reading.objects.filter(case__reader_study=made).order_by("pk"):
    for level in DISC_LEVELS:
        answer = Answer("modic", level, random.choice([0, 1, 2, 3]), False, uuid.uuid4(), now)
        store_grade(reading_id=reading.pk, answer=answer)
    submit_reading(reading_id=reading.pk)
propose_lock(reader_study_id=made.pk, actor=coordinator, password="spine-demo", reason="all read")
confirm_lock(reader_study_id=made.pk, actor=second, password="spine-demo")
print(made.pk)
"""
