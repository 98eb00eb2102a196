"""Live events say by number what has changed, never what it says: any watcher may hear them."""

from __future__ import annotations

import json
import re
import uuid

from django.db import connection

from annotations.services.grades import store_grade
from annotations.services.problems import report_problem
from annotations.services.readers import withdraw_reader
from annotations.services.submission import submit_reading
from inference.services.clinical_reports import review_label
from spinestudy.common.notify import CHANNEL
from tests import personas
from tests.committed import committed_db  # noqa: F401
from tests.factories.clinical_reports import imported
from tests.factories.reader_studies import answer, fill, opened_reader_study, reading_of

WORDS = "words that nobody else may read"


def test_events_carry_numbers_only(committed_db: None) -> None:  # noqa: F811
    coordinator, reader = personas.coordinator(), personas.reader()
    listener = connection.copy()
    with listener.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    try:
        made = opened_reader_study(coordinator, [reader, personas.reader("other")])
        mine = reading_of(made, reader, aided=False)
        fill(mine)
        store_grade(reading_id=mine.pk, answer=answer(score=2, comment=WORDS))
        report_problem(reading_id=mine.pk, report_key=uuid.uuid4(), kind="wrong_images", text=WORDS)
        submit_reading(reading_id=mine.pk)
        enrolment = made.enrolments.get(reader__username="other")
        report = imported(mine.case.imaging_study, f"L4-5: {WORDS}, severe canal stenosis.")
        review_label(
            report_id=report.pk,
            target="canal",
            disc_level="L4/L5",
            side="",
            verdict="right",
            actor=coordinator,
        )
        withdraw_reader(
            reader_study_id=made.pk, enrolment_id=enrolment.pk, reason=WORDS, actor=coordinator
        )
        heard = [json.loads(one.payload) for one in listener.connection.notifies(timeout=1)]
    finally:
        listener.close()
    assert {"reading", "item", "problem", "amendment"} <= {name for one in heard for name in one}
    for one in heard:
        assert re.fullmatch(r"[a-z-]+[0-9]*", one.pop("topic"))
        assert all(type(value) is int for value in one.values()), one
