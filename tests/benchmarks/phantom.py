"""How long a phantom exam takes to draw and write, on one core."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from spinestudy.demo.phantom_set import draw_into
from tests.benchmarks.figure import Figure

SEEDS = range(50, 56)
AIM_S = 4.0


def measure() -> Iterator[Figure]:
    """Median over a few rich exams: drawing, DICOM, masks and boxes; processor and wall time."""
    draw_into(*_folders(), "rich", SEEDS.start)  # imports and caches
    processor, wall = [], []
    for seed in SEEDS:
        folders = _folders()
        began, began_wall = time.process_time(), time.perf_counter()
        draw_into(*folders, "rich", seed)
        processor.append(time.process_time() - began)
        wall.append(time.perf_counter() - began_wall)
    note = f"median of seeds {SEEDS.start} to {SEEDS.stop - 1}, from {min(processor):.1f} to "
    note += f"{max(processor):.1f} s; images, masks and boxes"
    yield Figure("exam_processor_s", statistics.median(processor), "s", AIM_S, note=note)
    yield Figure("exam_wall_s", statistics.median(wall), "s", note="the same exams, wall clock")


def _folders() -> tuple[str, str]:
    folder = Path(tempfile.mkdtemp(prefix="spinestudy-bench-"))
    return str(folder / "dicom"), str(folder / "masks")
