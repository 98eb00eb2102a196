"""From a folder of DICOM files to graded levels: time of one exam, its stages, and two workers.

Each figure is of one thread. Workers are processes of their own that read and predict; no queue
and no database lie between.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Final

from spinestudy.imaging.phantom import build_exam, sample_spec, write_exam
from tests.benchmarks.figure import Figure

SEEDS: Final = range(700_000, 700_005)
PIPELINE: Final = "lumbar_grading"
PEER_S: Final = 780.0
"""TotalSpineSeg on a T1-weighted volume, a 14-core laptop processor: its developers, SCT #5108."""
ROUNDS: Final = 2
_loaded: list[Any] = []


def measure() -> Iterator[Figure]:
    """Medians over the exams; the first run of a process, which loads much, is left out."""
    folders = [_written(seed) for seed in SEEDS]
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    ready()
    predicted(folders[0])
    runs = [predicted(folder) for folder in folders]
    note = f"median of {len(runs)} exams of 50 files; {load}"
    whole = statistics.median(run["seconds"] for run in runs)
    yield Figure(
        "dicom_to_grades", whole, "s", 1.0, peer="TotalSpineSeg", peer_value=PEER_S, note=note
    )
    yield Figure("processor", statistics.median(run["processor"] for run in runs), "s", note=note)
    for stage in runs[0]["stages"]:
        value = statistics.median(run["stages"][stage] for run in runs)
        yield Figure(f"stage_{stage}", value, "s", note=note)
    yield from _paper_size(folders, load)
    for workers in (1, 2):
        rate = _exams_a_minute(folders * ROUNDS, workers)
        note = f"{len(folders) * ROUNDS} exams, processes of one thread; {load}"
        yield Figure(f"exams_a_minute_{workers}", rate, "exams/min", better="higher", note=note)


def _paper_size(folders: list[Path], load: str) -> Iterator[Figure]:
    """The same with the grader of deepspine as wide as its preset "paper".

    Its weights are drawn at random: time doesn't hang on them, and levels come from real ones.
    """
    from inference import registry
    from inference.pipelines.deepspine.network import Grader, shape_in
    from inference.training.deepspine.recipe import DeepSpineRecipe

    pipeline: Any = registry.load(registry.newest_of("deepspine") or "deepspine")
    pipeline.networks.grader = Grader(shape_in(DeepSpineRecipe.presets["paper"])).eval()
    predicted(folders[0], pipeline)
    runs = [predicted(folder, pipeline) for folder in folders]
    note = f"deepspine, preset paper, float32; median of {len(folders)} exams; {load}"
    whole = statistics.median(run["seconds"] for run in runs)
    graded = statistics.median(run["seconds"] - run["stages"]["evidence"] for run in runs)
    yield Figure("paper_size", graded, "s", 4.0, note=f"to grades, evidence comes after; {note}")
    yield Figure("paper_size_with_evidence", whole, "s", note=note)


def ready() -> None:
    """Load the pipeline in this process, on one thread."""
    import torch

    from inference import registry

    torch.set_num_threads(1)
    _loaded[:] = [registry.load(registry.newest_of(PIPELINE) or PIPELINE)]


def predicted(folder: Path, pipeline: Any = None) -> dict[str, Any]:
    """Read the files and predict; wall and processor seconds, and those of the stages.

    pipeline: the one that is loaded where none is given.
    """
    from inference.contract import ExamInput
    from inference.training.adapters.dicom_folder import load_series, stacks_of

    began, processor = time.perf_counter(), time.process_time()
    stacks: list[Any] = []
    for series in load_series(folder.rglob("*.dcm")):
        stacks += stacks_of(series, len(stacks))
    read = time.perf_counter() - began
    output = (pipeline or _loaded[0]).run(ExamInput(tuple(stacks)), lambda _done, _step: None)
    if not output.grades:
        raise RuntimeError(f"no grade for {folder}: {output.notes}")
    return {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
        "stages": {"read": read, **output.stage_seconds},
    }


def _exams_a_minute(folders: list[Path], workers: int) -> float:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=ready) as pool:
        list(pool.map(predicted, folders[: 2 * workers]))
        began = time.perf_counter()
        list(pool.map(predicted, folders))
        return 60 * len(folders) / (time.perf_counter() - began)


def _written(seed: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="spinestudy-bench-"))
    exam = build_exam(sample_spec(seed))
    write_exam(
        exam, folder, patient_id=f"SYN-{seed}", study_date=date(2026, 1, 1), accession=str(seed)
    )
    return folder
