"""What AI says of the cells that readers grade, where it may be set beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotations.agreement.tables import MISSING, IntArray
from annotations.models import Arm, Case, Item, ReaderStudy
from annotations.selectors.live_ratings import Cell
from annotations.selectors.live_view import is_finished
from inference.selectors.predictions import newest_grades

AI = "AI"
"""The code under which AI stands among the readers."""


def shown_pipeline(reader_study: ReaderStudy, arm: Arm) -> str | None:
    """The AI that may stand beside the readers of an arm that is shown; None where none may.

    While cases are read only in an arm that shows AI, and so only where the protocol or a look
    opens that arm: beside unaided readers AI would tell how well it does. After the data lock in
    every arm, by the pipeline of the reader study's first arm with AI.
    """
    if arm.is_ai_allowed:
        return arm.pipeline
    if not is_finished(reader_study):
        return None
    aided = reader_study.arms.filter(is_ai_allowed=True).first()
    return aided.pipeline if aided else None


def ai_codes(
    reader_study: ReaderStudy, pipeline: str, item: Item, cells: Sequence[Cell]
) -> IntArray:
    """(cells,) places on the item's scale by the newest predictions, -1 where there is none."""
    exams = dict(
        Case.objects.filter(reader_study=reader_study).values_list("pk", "imaging_study_id")
    )
    scores = {score: place for place, score in enumerate(item.scores)}
    said = {
        (exam, level, side): scores.get(score, MISSING)
        for exam, level, side, score in newest_grades(
            list(exams.values()), pipeline, item.finding_code
        )
    }
    places = [said.get((exams[one.case], one.disc_level, one.side), MISSING) for one in cells]
    return np.array(places, dtype=np.int64)
