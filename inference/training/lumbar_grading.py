"""The recipe of `manage.py train_pipeline lumbar_grading`: data, two networks, evaluation."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from inference.pipelines.lumbar_grading.network import LumbarNetworks
from inference.pipelines.lumbar_grading.pipeline import LumbarGrading
from inference.pipelines.lumbar_grading.weights import save_networks
from inference.training import phantom_data
from inference.training.batches import DiscTensors, grading_batches, segmentation_batches
from inference.training.calibration import calibrate
from inference.training.describe import describe
from inference.training.evaluation import evaluate, table
from inference.training.exams import PARTS, Part, TrainingExam, require_disjoint
from inference.training.loop import Say, fit
from inference.training.losses import GradingLoss, SegmentationLoss
from inference.training.samples import ExamSamples, exam_samples


@dataclass(frozen=True)
class Settings:
    """All that decides a run. The same settings on the same machine give the same weights."""

    data: str
    exams: int
    seed: int
    validation_exams: int
    test_exams: int
    segmenter_steps: int
    grader_steps: int
    coarse_test: bool = False
    segmenter_batch: int = 8
    grader_batch: int = 32
    segmenter_rate: float = 3e-3
    grader_rate: float = 2e-3


def sample_of(seed: int) -> ExamSamples:
    """Samples of one phantom; runs in a process of its own."""
    torch.set_num_threads(1)
    return exam_samples(phantom_data.phantom_exam(seed))


def fine_exam(seed: int) -> TrainingExam:
    """A phantom as fine as those of the demonstration; for the evaluation."""
    return phantom_data.phantom_exam(seed, quick=False)


def train(settings: Settings, out: Path, *, processes: int, say: Say) -> dict[str, Any]:
    """Train, calibrate, write `out`, evaluate end to end; the evaluation's figures."""
    start = time.perf_counter()
    torch.set_num_threads(max(processes, 1))
    seeds = {
        "train": phantom_data.seeds_of("train", settings.exams, settings.seed),
        "validation": phantom_data.seeds_of("validation", settings.validation_exams, settings.seed),
        "test": phantom_data.seeds_of("test", settings.test_exams, settings.seed),
    }
    split: dict[Part, range] = {part: seeds[part] for part in PARTS}
    require_disjoint({part: (f"phantom-{s}" for s in split[part]) for part in PARTS})
    for part in PARTS:
        say(f"{part}: phantom seeds {split[part].start} to {split[part].stop - 1}")
    learnt_from = _samples(split["train"], processes, say, "train")
    calibrated_on = _samples(split["validation"], processes, say, "validation")
    networks = fitted_networks(settings, learnt_from, say)
    temperatures = calibrate(networks, DiscTensors.of(calibrated_on))
    say(f"temperatures: { ({k: round(v, 2) for k, v in temperatures.items()}) }")
    training = {
        "settings": asdict(settings),
        "phantom_seeds": {part: [split[part].start, split[part].stop - 1] for part in PARTS},
        "temperatures": {k: round(v, 3) for k, v in temperatures.items()},
        "parameters": sum(p.numel() for p in networks.parameters()),
    }
    today = datetime.now(UTC).date().isoformat()
    save_networks(networks, describe(training=training, evaluation={}, trained_on=today), out)
    say(f"weights written after {time.perf_counter() - start:.0f} s; evaluating")
    build = phantom_data.phantom_exam if settings.coarse_test else fine_exam
    unseen = list(phantom_data.phantom_samples(build, split["test"], processes))
    figures = evaluate(LumbarGrading(out), unseen)
    training["minutes"] = round((time.perf_counter() - start) / 60, 1)
    save_networks(networks, describe(training=training, evaluation=figures, trained_on=today), out)
    say(table(figures))
    return figures


def fitted_networks(settings: Settings, exams: list[ExamSamples], say: Say) -> LumbarNetworks:
    """Both networks trained from scratch; random numbers follow from the seed alone."""
    torch.manual_seed(settings.seed)
    networks = LumbarNetworks()
    fit(
        networks.segmenter,
        segmentation_batches(exams, settings.segmenter_batch, settings.seed),
        SegmentationLoss(),
        steps=settings.segmenter_steps,
        learning_rate=settings.segmenter_rate,
        name="segmenter",
        say=say,
    )
    fit(
        networks.grader,
        grading_batches(DiscTensors.of(exams), settings.grader_batch, settings.seed),
        GradingLoss(),
        steps=settings.grader_steps,
        learning_rate=settings.grader_rate,
        name="grader",
        say=say,
    )
    return networks


def _samples(seeds: range, processes: int, say: Say, part: str) -> list[ExamSamples]:
    samples = []
    for sample in phantom_data.phantom_samples(sample_of, seeds, processes):
        samples.append(sample)
        if len(samples) % 50 == 0:
            say(f"{part}: {len(samples)} of {len(seeds)} exams built")
    return samples
