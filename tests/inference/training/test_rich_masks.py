"""Rich phantoms from which a segmenter alone learns."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

from inference.training.lumbar_grading.samples import exam_samples
from inference.training.phantom_data import phantom_source
from inference.training.rich_masks import rich_mask_exam, with_rich_masks

pytestmark = pytest.mark.worker
COUNTS = {"train": 2, "validation": 1, "test": 1}


def test_an_exam_gives_masks_of_every_structure_and_no_grade() -> None:
    exam = rich_mask_exam(500_003)
    weightings = [stack.weighting for stack in exam.exam.stacks]
    assert weightings == ["T1", "T2", "STIR"]
    samples = exam_samples(exam)
    assert samples.crops == ()
    slices = len(exam.exam.stacks[0].pixels)
    assert samples.planes.shape[:2] == (2 * slices, 2)
    assert set(np.unique(samples.masks)) == {0, 1, 2, 3, 4}
    t2, stir = samples.planes[:slices], samples.planes[slices:]
    assert np.array_equal(t2[:, 1], stir[:, 1])
    assert not np.array_equal(t2[:, 0], stir[:, 0])
    assert np.array_equal(samples.masks[:slices], samples.masks[slices:])


def test_the_same_seed_gives_the_same_exam_and_grids_differ_between_seeds() -> None:
    first, again, other = (rich_mask_exam(seed) for seed in (500_004, 500_004, 500_005))
    assert np.array_equal(first.exam.stacks[0].pixels, again.exam.stacks[0].pixels)
    spacings = {exam.exam.stacks[0].row_spacing_mm for exam in (first, again, other)}
    assert len(spacings) == 2


def test_they_are_added_to_what_is_learnt_from_and_nowhere_else() -> None:
    plain = phantom_source(COUNTS, 1, fine=(), labels=None)  # type: ignore[arg-type]
    assert with_rich_masks(plain, 0, 1) is plain
    more = with_rich_masks(plain, 3, 1)
    added = [case for case in more.cases if case not in plain.cases]
    assert [case.part for case in added] == ["train"] * 3
    assert [case.patient_key for case in added] == [f"rich-masks-{500_000 + n}" for n in range(3)]
    digests = {plain.digest, more.digest, with_rich_masks(plain, 4, 1).digest}
    assert len(digests) == 3
    assert "3 exams of the rich population" in more.description
