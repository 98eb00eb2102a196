"""What an adjudicator sees of one queued case: images, and who said what under letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from annotations.models import (
    Adjudication,
    Arm,
    Case,
    LevelMark,
    ReaderStudy,
    Reading,
    SegmentationRevision,
)
from annotations.selectors.adjudication import cells_to_decide, queue
from annotations.selectors.hanging import hanging_views
from annotations.selectors.marks import mask_views, measurement_view
from annotations.selectors.protocols import frozen_settings_of
from annotations.selectors.reading_room import item_view
from annotations.selectors.worklist import DONE
from annotations.vocabulary import SEGMENTS
from spinestudy.common.errors import ConflictError, MissingError


class NotQueuedError(ConflictError):
    """The case was in the queue; nothing of it is left to decide, so it isn't shown any more."""

    code = "adjudication"


def queued_case(reader_study: ReaderStudy, arm_id: int, case_id: int) -> tuple[Arm, Case]:
    """A case with a cell that waits for a decision; nothing else of the reader study is shown.

    MissingError where the queue doesn't hold it, NotQueuedError where it is decided.
    """
    cells = Adjudication.objects.filter(
        arm=arm_id, case=case_id, arm__reader_study=reader_study, case__reader_study=reader_study
    )
    if not cells.exists():
        raise MissingError("This case isn't in the queue.")
    if not cells.filter(decided_at=None).exists():
        raise NotQueuedError("Every cell of this case is decided. Go on with the next one.")
    return reader_study.arms.get(pk=arm_id), reader_study.cases.get(pk=case_id)


def letters_of(arm: Arm, case: Case) -> dict[str, str]:
    """Reader code -> letter, shuffled for each case by a key that never leaves the server.

    Two cases don't tell that they have the same Reader A.
    """
    codes = {
        code
        for votes in Adjudication.objects.filter(arm=arm, case=case).values_list("votes", flat=True)
        for code in votes
    }

    def place(code: str) -> str:
        return salted_hmac("annotations.adjudication", f"{arm.pk}/{case.pk}/{code}").hexdigest()

    return {code: _letter(at) for at, code in enumerate(sorted(codes, key=place))}


def _letter(at: int) -> str:
    """A to Z, then AA, AB and so on."""
    more, last = divmod(at, 26)
    return (_letter(more - 1) if more else "") + chr(ord("A") + last)


def readings_by_letter(arm: Arm, case: Case) -> dict[str, Reading]:
    """The submitted readings behind the letters, in the order of these."""
    letters = letters_of(arm, case)
    found = {
        letters[reading.enrolment.code]: reading
        for reading in Reading.objects.filter(
            reading_session__arm=arm,
            case=case,
            repeat_of=None,
            status__in=DONE,
            enrolment__code__in=letters,
        ).select_related("enrolment", "case", "reading_session")
    }
    return dict(sorted(found.items(), key=lambda one: (len(one[0]), one[0])))


def adjudication_case(arm: Arm, case: Case) -> dict[str, Any]:
    """The whole payload. Nothing of AI, no free text of readers, no names, no codes."""
    reader_study = arm.reader_study
    letters = letters_of(arm, case)
    readings = readings_by_letter(arm, case)
    cells = cells_to_decide(arm, case)
    items = {cell.item_id: cell.item for cell in cells}
    codes = {item.pk: item.finding_code for item in reader_study.items.all()}
    frozen = frozen_settings_of(reader_study)
    segments = [SEGMENTS[code] for code in reader_study.segments]
    waiting = _waiting(reader_study)
    return {
        "id": case.pk,
        "reader_study": {"id": reader_study.pk, "title": reader_study.title},
        "arm": {"id": arm.pk, "label": arm.label},
        "case": {"number": case.number, "is_synthetic": case.imaging_study.is_synthetic},
        "protocol": {
            "frozen": frozen,
            "segments": [
                {"value": one.value, "code": one.code, "name": one.name, "color": one.color}
                for one in segments
            ],
        },
        "cases_left": len(waiting),
        "next": _after(waiting, (arm.pk, case.pk)),
        "items": [item_view(item, codes) for item in items.values()],
        "cells": [_cell_view(cell, letters) for cell in cells],
        "readers": [
            {
                "letter": letter,
                "measurements": [_measurement(row) for row in _drawn(readings, letter)],
                "masks": mask_views(readings[letter]) if letter in readings else [],
            }
            for letter in letters.values()
        ],
        "level_marks": _level_marks(readings, case),
        **hanging_views(case, is_layout_frozen="layout" in frozen),
    }


def following(arm: Arm, case: Case) -> dict[str, int] | None:
    """The case after this one in the queue; after the last one, the first that waits."""
    return _after(_waiting(arm.reader_study), (arm.pk, case.pk))


def _waiting(reader_study: ReaderStudy) -> list[tuple[int, int]]:
    return [(one.arm.pk, one.case.pk) for one in queue(reader_study) if one.open_cells]


def _after(waiting: list[tuple[int, int]], here: tuple[int, int]) -> dict[str, int] | None:
    at = waiting.index(here) if here in waiting else 0
    rest = [one for one in (*waiting[at:], *waiting[:at]) if one != here]
    return {"arm_id": rest[0][0], "case_id": rest[0][1]} if rest else None


def _cell_view(cell: Adjudication, letters: Mapping[str, str]) -> dict[str, Any]:
    answers = {letters[code]: score for code, score in cell.votes.items()}
    return {
        "id": cell.pk,
        "item": cell.item.finding_code,
        "disc_level": cell.disc_level,
        "side": cell.side,
        "answers": [
            {"reader": letter, "score": score, "not_gradable": score is None}
            for letter, score in sorted(answers.items(), key=lambda one: (len(one[0]), one[0]))
        ],
    }


def _drawn(readings: Mapping[str, Reading], letter: str) -> list[Any]:
    if letter not in readings:
        return []
    return list(readings[letter].measurements.filter(is_deleted=False))


def _measurement(row: Any) -> dict[str, Any]:
    """A mark without its label: what a reader has typed may tell who it was."""
    return {**measurement_view(row), "label": ""}


def _level_marks(readings: Mapping[str, Reading], case: Case) -> list[dict[str, Any]]:
    """Those of the case; where it has none, those of the first letter who has marked levels."""
    marks = LevelMark.objects.filter(case=case)
    by_reading: dict[int | None, list[LevelMark]] = defaultdict(list)
    for mark in marks:
        by_reading[mark.reading_id].append(mark)
    marked = [None, *(reading.pk for reading in readings.values())]
    whose = next((key for key in marked if key in by_reading), None)
    return [
        {
            "kind": mark.kind,
            "level": mark.level,
            "position_lps": mark.position_lps,
            "source": "case" if whose is None else "reading",
        }
        for mark in by_reading[whose]
    ]


def mask_of_letter(arm: Arm, case: Case, letter: str, stack_id: int) -> SegmentationRevision:
    """The newest labelmap of the reader behind a letter, or MissingError."""
    reading = readings_by_letter(arm, case).get(letter)
    found = None
    if reading is not None:
        found = (
            SegmentationRevision.objects.filter(
                segmentation__reading=reading, segmentation__stack_id=stack_id
            )
            .order_by("-revision")
            .first()
        )
    if found is None:
        raise MissingError("That reader has drawn nothing on this series.")
    return found
