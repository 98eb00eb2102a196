"""What evidence costs, and how well it tells what a grade of lumbar_grading rested on.

Judged by occlusion (Zeiler and Fergus 2014): a block of 16 x 16 mm is made even on all sagittal
crops of a disc, and what speaks for the grade is computed again. `agreement` is the mean over
grades of Spearman's correlation between the heat in a block and what its occlusion takes away.
Gradients of each place, as the pipelines use them, beside gradients averaged over places.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.stats import spearmanr

from tests.benchmarks.figure import Figure

SEEDS: Final = range(470_001, 470_013)
BLOCK: Final = 16
CANAL: Final = 4
ITEM: Final = "central_canal_stenosis"
NEAR_MM: Final = 12.0
WAYS: Final = {"by_place": False, "averaged": True}


def measure() -> Iterator[Figure]:
    """Processor time, agreement with occlusion, and where heat of canal stenosis lies."""
    import torch

    from inference.pipelines.lumbar_grading.pipeline import LumbarGrading

    torch.set_num_threads(1)
    pipeline = LumbarGrading()
    found: dict[str, list[float]] = defaultdict(list)
    for seed in SEEDS:
        for name, values in _of_exam(pipeline, seed):
            found[name] += values
    for name, values in found.items():
        middle = statistics.median if name.startswith(("processor", "canal")) else statistics.mean
        unit = "s" if name.startswith("processor") else ""
        note = f"{len(SEEDS)} phantoms, {len(values)} values; one thread"
        aim = 0.2 if unit else None
        better: Any = "lower" if unit else "higher"
        yield Figure(name, middle(values), unit, aim, better, note=note)


def _of_exam(pipeline: Any, seed: int) -> Iterator[tuple[str, list[float]]]:
    import torch

    from inference.anatomy.spine import find_spine
    from inference.contract import StageClock
    from inference.pipelines.grad_cam import grad_cam
    from inference.pipelines.lumbar_grading.evidence import evidence_of_grades, speaking_for
    from inference.pipelines.lumbar_grading.network import ITEMS
    from inference.pipelines.lumbar_grading.seen import as_batch, see
    from inference.training.phantom_data import phantom_exam

    exam, grader = phantom_exam(seed).exam, pipeline.networks.grader
    spine = find_spine(pipeline.networks.segmenter, exam, StageClock(lambda *_: None))
    seen = see(exam, spine.pair, spine.levels)
    grades = pipeline._grades(seen)
    began = time.process_time()
    evidence_of_grades(grader, seen, grades)
    yield "processor", [time.process_time() - began]
    sagittal, axial, has = as_batch([*seen.crops.values()])
    scores = {i.code: [g.score for g in grades if g.item == i.code] for i in ITEMS}

    def speaks(crops: Any) -> dict[str, Any]:
        raw = grader.head_outputs(crops, axial, has)
        return {i.code: speaking_for(i, raw[i.code], scores[i.code]) for i in ITEMS}

    with torch.no_grad():
        taken = _occluded(sagittal, speaks)
        maps = [one.requires_grad_() for one in grader.maps(sagittal, axial)]
    raw = grader.from_maps(*maps, has)
    inside = _canal(spine, seen)
    for item in ITEMS:
        of_grade = speaking_for(item, raw[item.code], scores[item.code])
        for way, is_averaged in WAYS.items():
            heat = grad_cam(maps, of_grade, is_averaged=is_averaged)[0].numpy()
            blocks = _blocks(heat.sum(1))
            yield f"agreement_{item.code}_{way}", _correlations(blocks, taken[item.code])
            if item.code == ITEM:
                yield f"canal_density_{way}", _densities(heat, inside)


def _occluded(sagittal: Any, speaks: Any) -> dict[str, NDArray[np.float64]]:
    """Item -> what each block takes away, (discs, blocks down, blocks across)."""
    whole, side = speaks(sagittal), sagittal.shape[-1] // BLOCK
    taken = {code: np.zeros((len(sagittal), side, side)) for code in whole}
    for row, column in np.ndindex(side, side):
        changed = sagittal.clone()
        down, across = (slice(BLOCK * k, BLOCK * (k + 1)) for k in (row, column))
        block = changed[..., down, across]
        block[:] = block.mean((-2, -1), keepdim=True)
        for code, value in speaks(changed).items():
            taken[code][:, row, column] = (whole[code] - value).numpy()
    return taken


def _blocks(heat: NDArray[np.float32]) -> NDArray[np.float32]:
    discs, side = len(heat), 64 // BLOCK
    parts = heat.reshape(discs, side, heat.shape[1] // side, side, -1)
    return np.asarray(parts.sum((2, 4)))


def _correlations(heat: NDArray[Any], taken: NDArray[Any]) -> list[float]:
    pairs = zip(heat, taken, strict=True)
    return [float(spearmanr(a.ravel(), b.ravel())[0]) for a, b in pairs if np.ptp(a) > 0]


def _canal(spine: Any, seen: Any) -> NDArray[np.bool_]:
    """Whether a pixel of the sagittal crops shows the labelled canal near its disc."""
    from inference.anatomy import grid
    from inference.anatomy.crops import SAGITTAL_OFFSETS_MM, sagittal_points

    main, labels = spine.stacks[0]
    known = np.stack(
        [
            grid.sample(main, sagittal_points(frame, 64, SAGITTAL_OFFSETS_MM), labels, order=0)
            for frame in seen.frames.values()
        ]
    )
    return np.asarray((known == CANAL) & (np.abs(np.arange(64) - 31.5)[:, None] <= NEAR_MM))


def _densities(heat: NDArray[np.float32], inside: NDArray[np.bool_]) -> list[float]:
    """Share of the heat inside over the share of the pixels there; 1: as anywhere."""
    fine = ndimage.zoom(heat, (1, 1, 4, 4), order=1, grid_mode=True, mode="nearest")
    return [
        float((f * i).sum() / f.sum() / i.mean())
        for f, i in zip(fine, inside, strict=True)
        if f.any() and i.any()
    ]
