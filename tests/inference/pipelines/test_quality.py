"""Flags before a grade: each stands on the exams that it is for, and on no clean one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.anatomy.levels import SpineTrace, trace_spine
from inference.anatomy.preprocess import SagittalPair, sagittal_pair
from inference.anatomy.quality import Seen, quality_flags
from inference.contract import ExamInput, LevelLocation, PredictionOutput, StackInput
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.exams import TrainingExam
from spinestudy.imaging.phantom import Effects
from tests.inference.pipelines.test_lumbar_grading_on_real_images import _stack as real_series
from tests.inference.rich_exams import exam_input, rich_spec, scanned

log = logging.getLogger(__name__)
pytestmark = pytest.mark.worker
SEED = 461_002
SOUND: Mapping[str, object] = {
    "lumbar_count": 5,
    "transition": "none",
    "slips": {},
    "sides": {},
    "herniations": {},
    "modic_plates": {},
    "fractures": {},
    "metastases": {},
}
Flagged = Callable[[ExamInput], dict[str, str]]


def drawn(screws: tuple[str, ...] = (), **effects: float) -> ExamInput:
    """The spine of the seed, on the scanner with these effects."""
    log.info("phantom seed %d, screws %s, effects %s", SEED, screws, effects)
    spec = rich_spec(SEED, screws=screws, **SOUND)
    return exam_input(scanned(spec, effects=Effects(**effects), with_t1=not effects, slices=11))


@pytest.fixture(scope="module")
def clean() -> ExamInput:
    return drawn()


@pytest.fixture(scope="module")
def flagged(pipeline: LumbarGrading) -> Flagged:
    def flags(exam: ExamInput) -> dict[str, str]:
        found = pipeline.run(exam, lambda _done, _step: None).flags
        return {flag.code: flag.words for flag in found}

    return flags


def test_a_clean_exam_has_no_flag(
    flagged: Flagged, clean: ExamInput, prediction: PredictionOutput
) -> None:
    assert flagged(clean) == {}
    assert prediction.flags == ()


@pytest.mark.parametrize(
    ("code", "screws", "effects"),
    [
        ("low_signal", (), {"noise_factor": 4.0}),
        ("motion", (), {"motion": 0.5}),
        ("signal_void", ("L4", "L5"), {}),
    ],
)
def test_what_the_scanner_or_the_surgeon_did_is_flagged_and_nothing_else(
    flagged: Flagged, code: str, screws: tuple[str, ...], effects: Mapping[str, float]
) -> None:
    assert set(flagged(drawn(screws, **effects))) == {code}


def test_an_uneven_coil_and_a_border_of_zeros_are_no_reason(flagged: Flagged) -> None:
    assert flagged(drawn(coil_bias=1.5, zero_border=0.08)) == {}


def test_series_whose_tags_were_exchanged_are_flagged_by_their_pixels(
    flagged: Flagged, clean: ExamInput
) -> None:
    other = {"T1": "T2", "T2": "T1"}
    swapped = tuple(replace(s, weighting=other[s.weighting]) for s in clean.stacks)
    found = flagged(ExamInput(swapped))
    assert "other_contrast" in found
    assert "fluid in the canal is" in found["other_contrast"]


def test_without_a_sacrum_the_flag_says_that_no_level_is_named(
    flagged: Flagged, clean: ExamInput
) -> None:
    (t2,) = (s for s in clean.stacks if s.weighting == "T2")
    top = replace(t2, pixels=t2.pixels[:, : t2.pixels.shape[1] // 2])
    found = flagged(ExamInput((top,)))
    assert "acrum" in found["levels_not_named"]
    assert found["levels_not_named"].endswith("Name the levels yourself.")


def test_another_part_of_the_body_or_another_plane_is_flagged(
    flagged: Flagged, phantom: TrainingExam
) -> None:
    """Axial pixels in a stack whose geometry says sagittal."""
    axial = next(s for s in phantom.exam.stacks if s.plane == "axial")
    sagittal = phantom.exam.first("sagittal", "T2")
    assert sagittal is not None
    count = len(axial.pixels)
    lying = replace(sagittal, pixels=axial.pixels, positions_lps=sagittal.positions_lps[:count])
    assert {"levels_not_named", "no_spine"} <= set(flagged(ExamInput((lying,))))


def _seen(pair: SagittalPair, trace: SpineTrace) -> Seen:
    return Seen(pair, pair.main, np.zeros(pair.main.pixels.shape, np.uint8), trace)


def test_coarser_images_than_were_learnt_are_flagged_by_what_the_metadata_say(
    clean: ExamInput, pipeline: LumbarGrading
) -> None:
    pair = sagittal_pair(clean)
    limits = pipeline.metadata["learnt_up_to_mm"]
    wide = replace(
        pair.main,
        row_spacing_mm=limits["pixel"] + 0.2,
        positions_lps=pair.main.positions_lps * 2,
    )
    trace = SpineTrace((), ("No sacrum found.",))

    def codes(stack: StackInput, metadata: Mapping[str, object]) -> set[str]:
        seen = _seen(SagittalPair(stack, stack, None), trace)
        return {flag.code for flag in quality_flags(seen, metadata)} - {"no_spine"}

    assert codes(pair.main, pipeline.metadata) == {"levels_not_named"}
    assert codes(wide, pipeline.metadata) == {"levels_not_named", "coarse_pixels", "coarse_slices"}
    assert codes(wide, {}) == {"levels_not_named"}, "a model that tells nothing is not guessed at"
    one = replace(pair.main, pixels=pair.main.pixels[:1], positions_lps=pair.main.positions_lps[:1])
    words = [
        flag.words
        for flag in quality_flags(_seen(SagittalPair(one, one, None), trace), pipeline.metadata)
        if flag.code == "coarse_slices"
    ]
    assert words == ["The sagittal series is one slice alone; the model knows up to 6 mm."]


def _spine(*, without: tuple[int, ...] = (), beside: bool = False, bodies: int = 6) -> SpineTrace:
    """A straight column of squares over a sacrum; some left out, or one more off the column."""
    labels = np.zeros((5, 300, 160), np.uint8)
    labels[:, 250:290, 60:90] = 2
    for k in range(bodies):
        if k not in without:
            labels[:, 218 - 34 * k : 243 - 34 * k, 60:90] = 1
        labels[:, 244 - 34 * k : 251 - 34 * k, 60:90] = 3
    labels[:, 20:290, 95:108] = 4
    if beside:
        labels[:, 130:155, 120:146] = 1
    stack = StackInput(
        stack_id=1,
        plane="sagittal",
        weighting="T2",
        pixels=labels.astype(np.float32),
        row_direction_lps=np.array([0.0, 1.0, 0.0]),
        column_direction_lps=np.array([0.0, 0.0, -1.0]),
        positions_lps=np.array([[4.0 * k - 8, 0.0, 0.0] for k in range(5)]),
        row_spacing_mm=1.0,
        column_spacing_mm=1.0,
    )
    sure = np.stack([labels == value for value in range(5)], axis=1).astype(np.float32)
    return trace_spine(labels, sure, stack)


@pytest.mark.parametrize(
    ("trace", "codes"),
    [
        (_spine(), set()),
        (_spine(without=(2,)), {"bodies_inferred"}),
        (_spine(beside=True), {"off_curve"}),
        (_spine(bodies=3), {"few_bodies"}),
    ],
    ids=["whole", "one missing", "one beside", "three"],
)
def test_a_spine_that_is_not_seen_whole_is_flagged(
    trace: SpineTrace, codes: set[str], clean: ExamInput
) -> None:
    assert any(isinstance(one, LevelLocation) for one in trace.levels)
    found = quality_flags(_seen(sagittal_pair(clean), trace), {})
    assert {flag.code for flag in found} - {"no_spine"} == codes


@pytest.mark.parametrize(
    ("said", "codes"),
    [("T1", {"levels_not_named"}), ("T2", {"levels_not_named", "other_contrast"})],
)
def test_a_real_series_of_the_neck_without_a_sacrum_is_flagged_and_so_is_a_wrong_tag(
    flagged: Flagged, shared_data: Path, said: str, codes: set[str]
) -> None:
    folder = shared_data / "dicom" / "derived" / "spine" / "sag_t1_classic"
    if not folder.is_dir():
        pytest.skip("the real sagittal series is not there")
    assert set(flagged(ExamInput((real_series(folder, said),)))) == codes
