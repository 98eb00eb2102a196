"""The flag for a last vertebra joined to the sacrum: a low disc that isn't worn."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.anatomy.transition import (
    CODE,
    CONFIDENCE,
    JunctionSigns,
    junction_signs,
    less_sure,
    transitional_flags,
)
from inference.contract import FlagOutput, LevelLocation, PredictionOutput
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.exams import TrainingExam
from tests.inference.rich_exams import exam_input, rich_spec, scanned

log = logging.getLogger(__name__)
pytestmark = pytest.mark.worker
SOUND: dict[str, Any] = {
    "lumbar_count": 5,
    "slips": {},
    "herniations": {},
    "modic_plates": {},
    "fractures": {},
    "metastases": {},
    "screws": (),
}


def predicted(pipeline: LumbarGrading, seed: int, transition: str) -> PredictionOutput:
    log.info("phantom seed %d, %s", seed, transition)
    built = scanned(rich_spec(seed, transition=transition, **SOUND), with_t1=True)
    return pipeline.run(exam_input(built), lambda _done, _step: None)


@pytest.mark.parametrize("seed", [472_001, 472_002])
def test_a_sacralised_spine_is_flagged_and_the_same_spine_without_it_is_not(
    pipeline: LumbarGrading, seed: int
) -> None:
    joined = predicted(pipeline, seed, "sacralised_l5")
    (flag,) = (one for one in joined.flags if one.code == CODE)
    assert flag.words.endswith("Check the count.")
    assert max(one.confidence for one in joined.levels) <= CONFIDENCE
    usual = predicted(pipeline, seed, "none")
    assert CODE not in {one.code for one in usual.flags}
    assert min(one.confidence for one in usual.levels) > CONFIDENCE
    assert {one.level for one in usual.levels} == {one.level for one in joined.levels}


SPARED = JunctionSigns(ventral_mm=6.3, ventral_ratio=0.65, depth_ratio=0.85, t2_ratio=0.4)


@pytest.mark.parametrize(
    ("signs", "is_flagged"),
    [
        (SPARED, True),
        (replace(SPARED, ventral_mm=9.5, ventral_ratio=0.95), False),
        (replace(SPARED, t2_ratio=0.12), False),
        (replace(SPARED, depth_ratio=1.15), False),
        (replace(SPARED, ventral_mm=9.5, ventral_ratio=0.95, depth_ratio=0.95), False),
        (None, False),
    ],
    ids=["low and spared", "as high as others", "dark", "bulging", "ordinary", "unseen"],
)
def test_no_sign_alone_makes_the_flag(signs: JunctionSigns | None, is_flagged: bool) -> None:
    assert bool(transitional_flags(signs)) is is_flagged


def test_levels_lose_confidence_with_this_flag_alone() -> None:
    levels = (LevelLocation("L5", "body", (0.0, 0.0, 0.0), 0.95),)
    assert less_sure(levels, [FlagOutput("motion", "Ghosts.")]) == levels
    (one,) = less_sure(levels, transitional_flags(SPARED))
    assert one.confidence == pytest.approx(0.57)
    assert (one.level, one.center_lps) == ("L5", (0.0, 0.0, 0.0))


def test_without_t2_or_without_the_discs_there_are_no_signs(
    pipeline: LumbarGrading, phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    from inference.anatomy.spine import find_spine
    from inference.contract import StageClock

    spine = find_spine(pipeline.networks.segmenter, phantom.exam, StageClock(lambda *_: None))
    place = spine.probabilities, spine.working
    signs = junction_signs(*place, spine.levels, prediction.measures)
    assert signs is not None
    assert 3 < signs.ventral_mm < 16
    assert 0.6 < signs.depth_ratio < 1.3
    assert junction_signs(*place, spine.levels, ()) is None
    upper = tuple(one for one in spine.levels if one.level != "L5/S1")
    assert junction_signs(*place, upper, prediction.measures) is None
