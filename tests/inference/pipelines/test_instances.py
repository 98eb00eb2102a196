"""Which body and which disc a voxel is of: the same on every slice, and no neighbour's."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.anatomy import grid, segmentation
from inference.anatomy.instances import MIN_PIECE_MM3, find_instances
from inference.anatomy.levels import BODY_NAMES, DISC_NAMES, SpineTrace, trace_spine
from inference.contract import INSTANCES, PredictionOutput, StackInput
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.training.exams import TrainingExam
from spinestudy.imaging.phantom import Effects, Fracture, PhantomSpec
from spinestudy.imaging.phantom.structures import BODY_SEATS, body_code, disc_code
from tests.inference.rich_exams import exam_input, rich_spec, scanned

log = logging.getLogger(__name__)
pytestmark = pytest.mark.worker
Numbers = NDArray[np.uint8]
NUMBER = {name: number for number, name in INSTANCES.items()}
LEVELS = (*BODY_NAMES, *DISC_NAMES)
CODES = {
    **{name: body_code(name) for name in BODY_NAMES},
    **{name: disc_code(name) for name in DISC_NAMES},
}
ALL_BODIES = [body_code(seat) for seat in BODY_SEATS]
ALL_ROUND = np.ones((3, 3, 3))
PLAIN: Mapping[str, Any] = {
    "lumbar_count": 5,
    "transition": "none",
    "fractures": {},
    "metastases": {},
    "screws": (),
    "slips": {},
}
SPINES: Mapping[str, tuple[float, Mapping[str, Any]]] = {
    "straight": (0.0, {}),
    "scoliosis": (25.0, {}),
    "slipped": (2.0, {"slips": {"L4/L5": 2.4, "L5/S1": 1.7}}),
    "broken": (
        -8.0,
        {"fractures": {"L3": Fracture(loss=0.6, shape="crush"), "L1": Fracture(loss=0.5)}},
    ),
}
SEEN: Mapping[str, tuple[float, Mapping[str, Any]]] = {
    "less broken": (3.0, {"fractures": {"L3": Fracture(loss=0.4, shape="crush")}}),
}
"""The segmenter has learnt no fracture: where more is gone it labels too little of the body."""


def spine(name: str, seed: int) -> PhantomSpec:
    sideways, findings = {**SPINES, **SEEN}[name]
    log.info("%s spine, phantom seed %d", name, seed)
    return replace(rich_spec(seed, **{**PLAIN, **findings}), scoliosis_mm=sideways)


@dataclass(frozen=True)
class Drawn:
    """A phantom with the labels that it was drawn by, rows caudal and columns dorsal."""

    stack: StackInput
    labels: Numbers
    codes: Numbers

    def trace(self, labels: Numbers) -> SpineTrace:
        sure = np.stack([labels == value for value in range(5)], axis=1).astype(np.float32)
        return trace_spine(labels, sure, self.stack)


@cache
def drawn(name: str) -> Drawn:
    built = scanned(spine(name, 471_001), effects=Effects())
    (stack,) = exam_input(built).stacks
    (series,) = built.series
    assert series.structures is not None
    view = grid.InPlaneView.of(stack)
    return Drawn(grid.turned(stack), view.turn(series.labels), view.turn(series.structures))


def overlap(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (found & true).sum() / (found.sum() + true.sum()))


def taken_from_others(found: NDArray[np.bool_], level: str, codes: Numbers) -> float:
    """The largest share of another body or disc that lies in this instance."""
    others = [
        codes == code
        for one, code in CODES.items()
        if one != level and ("/" in one) == ("/" in level)
    ]
    return max(float((other & found).sum() / max(other.sum(), 1)) for other in others)


def pieces(found: NDArray[np.bool_]) -> int:
    return int(ndimage.label(found, ALL_ROUND)[1])


@pytest.mark.parametrize("name", SPINES)
def test_labels_without_error_give_every_body_and_disc_its_own_instance(name: str) -> None:
    case = drawn(name)
    found = find_instances(case.labels, case.trace(case.labels), case.stack)
    for level in LEVELS:
        one, true = found == NUMBER[level], case.codes == CODES[level]
        assert overlap(one, true) > 0.98, level
        assert taken_from_others(one, level, case.codes) == 0, level
        assert pieces(one) == 1, level
    bodies = np.isin(case.codes, ALL_BODIES) & (case.labels == segmentation.BODY)
    assert (found[bodies] > 0).mean() > 0.97


def _bridged(case: Drawn, discs: tuple[str, ...]) -> Numbers:
    """Discs of which a block of 12 mm, on all slices, is taken for body."""
    labels = case.labels.copy()
    for disc in discs:
        where = np.argwhere(case.codes == CODES[disc])
        middle = where[:, 2].mean()
        near = where[np.abs(where[:, 2] - middle) * case.stack.column_spacing_mm < 6]
        labels[tuple(near.T)] = segmentation.BODY
    return labels


@pytest.mark.parametrize("name", SPINES)
def test_bodies_joined_by_a_bridge_are_parted_between_them(name: str) -> None:
    case = drawn(name)
    labels = _bridged(case, ("L2/L3", "L4/L5"))
    joined, _ = ndimage.label(labels == segmentation.BODY)
    for above, below in (("L2", "L3"), ("L4", "L5")):
        shared = set(joined[case.codes == CODES[above]]) & set(joined[case.codes == CODES[below]])
        assert shared - {0}, "labels alone hold the two as one piece"
    found = find_instances(labels, case.trace(case.labels), case.stack)
    for level in BODY_NAMES:
        one = found == NUMBER[level]
        assert overlap(one, case.codes == CODES[level]) > 0.88, level
        assert taken_from_others(one, level, case.codes) < 0.02, level
        assert pieces(one) == 1, level


def test_what_is_not_joined_to_its_level_or_too_small_is_of_none() -> None:
    case = drawn("straight")
    labels = case.labels.copy()
    trace = case.trace(case.labels)
    spots = {"speck beside L3": np.zeros_like(labels, bool), "far off": np.zeros_like(labels, bool)}
    at = np.argwhere(case.codes == CODES["L3"]).mean(0).astype(int)
    spots["speck beside L3"][at[0], at[1] - 4 : at[1] + 4, at[2] - 34 : at[2] - 26] = True
    spots["far off"][:, at[1] - 15 : at[1] + 15, at[2] - 90 : at[2] - 55] = True
    for spot in spots.values():
        assert not labels[spot].any()
        labels[spot] = segmentation.BODY
    found = find_instances(labels, trace, case.stack)
    for name, spot in spots.items():
        assert not found[spot].any(), name
    assert overlap(found == NUMBER["L3"], case.codes == CODES["L3"]) > 0.98
    alone = np.where(case.codes == CODES["L1"], 0, case.labels)
    rim = (case.codes == CODES["L1"]) & (np.arange(len(labels)) == at[0])[:, None, None]
    rim &= np.cumsum(rim, axis=1) <= 3
    alone[rim] = segmentation.BODY
    voxel = case.stack.row_spacing_mm * case.stack.column_spacing_mm * 4.4
    assert 0 < rim.sum() * voxel < MIN_PIECE_MM3[segmentation.BODY]
    assert not (find_instances(alone, trace, case.stack) == NUMBER["L1"]).any()


def test_without_named_levels_there_are_no_instances() -> None:
    case = drawn("straight")
    top = np.where(case.labels == segmentation.SACRUM, 0, case.labels).astype(np.uint8)
    trace = case.trace(top)
    assert trace.levels == ()
    assert not find_instances(top, trace, case.stack).any()


def test_the_pipeline_tells_the_bodies_of_unseen_spines_apart(pipeline: LumbarGrading) -> None:
    overlaps: dict[str, list[float]] = {level: [] for level in LEVELS}
    for seed, name in enumerate(("scoliosis", "slipped", "less broken"), start=471_012):
        built = scanned(spine(name, seed), with_t1=seed == 471_012)
        output = pipeline.run(exam_input(built), lambda _done, _step: None)
        for stack, series in zip(output.segmentations, built.series, strict=True):
            found, codes = stack.instances, series.structures
            assert found is not None
            assert codes is not None
            for level in LEVELS:
                one = found == NUMBER[level]
                overlaps[level].append(overlap(one, codes == CODES[level]))
                assert taken_from_others(one, level, codes) < 0.05, (name, level)
                assert pieces(one) == 1, (name, level)
    log.info(
        "median Dice %s", {level: round(float(np.median(d)), 3) for level, d in overlaps.items()}
    )
    for level in BODY_NAMES:
        assert np.median(overlaps[level]) >= 0.9, level
    assert np.median([one for level in DISC_NAMES for one in overlaps[level]]) >= 0.85


def test_instances_lie_inside_the_labels_of_their_class_on_every_stack(
    phantom: TrainingExam, prediction: PredictionOutput
) -> None:
    assert phantom.labels
    for found in prediction.segmentations:
        assert found.instances is not None
        assert found.instances.shape == found.labels.shape
        for number, name in INSTANCES.items():
            inside = found.labels[found.instances == number]
            assert set(inside) <= {segmentation.DISC if "/" in name else segmentation.BODY}
        assert {NUMBER[level] for level in LEVELS} <= set(np.unique(found.instances))
        for value in (segmentation.BODY, segmentation.DISC):
            labelled = found.labels == value
            assert (found.instances[labelled] > 0).mean() > 0.97
