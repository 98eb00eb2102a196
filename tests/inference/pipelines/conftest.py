"""One phantom exam and one loaded pipeline for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from inference.contract import PredictionOutput
    from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
    from inference.training.exams import TrainingExam

SEED = 400_001
"""Outside every range of seeds that training, validation or test draw from."""


@pytest.fixture(scope="session")
def pipeline() -> LumbarGrading:
    import torch

    from inference.pipelines.lumbar_grading.pipeline import LumbarGrading

    torch.set_num_threads(1)
    return LumbarGrading()


@pytest.fixture(scope="session")
def phantom() -> TrainingExam:
    from inference.training.phantom_data import phantom_exam

    return phantom_exam(SEED)


@pytest.fixture(scope="session")
def steps_seen() -> list[tuple[float, str]]:
    return []


@pytest.fixture(scope="session")
def prediction(
    pipeline: LumbarGrading, phantom: TrainingExam, steps_seen: list[tuple[float, str]]
) -> PredictionOutput:
    return pipeline.run(phantom.exam, lambda done, step: steps_seen.append((done, step)))
