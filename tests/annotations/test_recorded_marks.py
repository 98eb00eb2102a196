"""What readers say beside grades stands in the audit record, field by field."""

from __future__ import annotations

import gzip
import uuid

import numpy as np
import pytest
from django.contrib.auth.models import User

from annotations.models import LevelMark, Measurement, ReaderStudy, Reading
from annotations.selectors.audit_replay import marks_from_audit, replay, stored_marks
from annotations.services.anatomy import set_anatomy
from annotations.services.level_marks import Mark, mark_levels
from annotations.services.locking import LockError, confirm_lock, propose_lock
from annotations.services.memberships import grant_role
from annotations.services.segmentations import store_mask
from spinestudy.audit.models import AuditRecord
from spinestudy.imaging.models import Stack
from tests import personas
from tests.annotations.test_drawings import (  # noqa: F401 - fixtures
    SHAPE,
    at,
    drawn,
    put,
    reading,
    stack,
)
from tests.conftest import client_of


@pytest.fixture
def said(reading: Reading, reader: User, stack: Stack) -> ReaderStudy:  # noqa: F811
    """Everything said once and said otherwise."""
    for count, base in ((6, 0), (5, 1)):
        set_anatomy(
            reading_id=reading.pk,
            lumbar_count=count,
            transition="none",
            base_revision=base,
            act_key=uuid.uuid4(),
        )
    first = [Mark("disc", "L4/L5", (1.0, 2.0, 3.5)), Mark("vertebra", "L5", (0.1, 0.2, 0.3))]
    mark_levels(reading_id=reading.pk, marks=first)
    mark_levels(reading_id=reading.pk, marks=[Mark("disc", "L4/L5", (1.0, 2.0, 9.25))])
    key, client = uuid.uuid4(), client_of(reader)
    line = [at(stack, 2, 0, 0), at(stack, 2, 3, 1)]
    assert put(client, reading, drawn(stack, "length", line), key).status_code == 200
    gone = drawn(stack, "length", line, base_revision=1, is_deleted=True)
    assert put(client, reading, gone, key).status_code == 200
    for value, base in ((1, 0), (5, 1)):
        labels = np.zeros(SHAPE, np.uint8)
        labels[2, 3:6, 4:9] = value
        store_mask(
            reading_id=reading.pk,
            stack_id=stack.pk,
            data=gzip.compress(labels.tobytes()),
            base_revision=base,
            act_key=uuid.uuid4(),
        )
    return reading.case.reader_study


def test_marks_made_again_from_the_record_are_those_of_the_tables(said: ReaderStudy) -> None:
    assert marks_from_audit(said) == stored_marks(said)
    assert len(stored_marks(said)) == 4
    assert replay(said).altered_marks == ()


def test_old_and_new_stand_side_by_side(said: ReaderStudy) -> None:
    anatomy = AuditRecord.objects.filter(action="anatomy.stored").latest("id")
    assert anatomy.changes == {"lumbar_count": [6, 5], "revision": [1, 2]}
    levels = AuditRecord.objects.filter(action="reading.levels_marked").latest("id")
    assert levels.changes == {
        "disc L4/L5": [[1.0, 2.0, 3.5], [1.0, 2.0, 9.25]],
        "vertebra L5": [[0.1, 0.2, 0.3], None],
    }
    line = AuditRecord.objects.filter(action="measurement.stored").latest("id")
    assert line.changes["is_deleted"] == [False, True]
    mask = AuditRecord.objects.filter(action="mask.stored").latest("id")
    assert mask.changes["voxels"] == [{"1": 15}, {"5": 15}]
    assert {one.actor for one in (anatomy, levels, line, mask)} == {
        User.objects.get(username="reader")
    }


def test_the_same_levels_again_are_no_change(said: ReaderStudy) -> None:
    before = AuditRecord.objects.count()
    mark_levels(
        reading_id=Reading.objects.get(enrolment__reader__username="reader").pk,
        marks=[Mark("disc", "L4/L5", (1.0, 2.0, 9.25))],
    )
    assert AuditRecord.objects.count() == before


@pytest.mark.parametrize("what", ["level", "measurement"])
def test_a_mark_altered_behind_the_products_back_stops_the_lock(
    said: ReaderStudy, coordinator: User, what: str
) -> None:
    if what == "level":
        LevelMark.objects.update(position_lps=[0.0, 0.0, 0.0])
    else:
        Measurement.objects.update(label="another")
    assert len(replay(said).altered_marks) == 1
    second = personas.person("a-statistician")
    grant_role(reader_study=said, username=second.username, role="statistician", actor=coordinator)
    propose_lock(
        reader_study_id=said.pk, actor=coordinator, password=personas.PASSWORD, reason="done"
    )
    with pytest.raises(LockError, match="1 marks aren't what the audit record says"):
        confirm_lock(reader_study_id=said.pk, actor=second, password=personas.PASSWORD)
