"""Scanners, grids and artefacts of the rich population."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spinestudy.imaging.phantom.acquisition import Acquisition, Effects, SeriesPlan, SeriesRole


def sample_acquisition(rng: np.random.Generator) -> Acquisition:
    """The stacks of one exam. Sagittal series mostly share a grid, as when geometry is copied."""
    vendor = str(rng.choice(["S", "G", "P"]))
    field_t = 3.0 if rng.random() < 0.35 else 1.5
    sagittal = _sagittal(rng)
    plans: list[SeriesPlan] = []
    for role, share in (("sag_t1", 0.96), ("sag_t2", 1.0), ("sag_stir", 0.8)):
        if rng.random() < share:
            grid = _sagittal(rng) if role == "sag_t1" and rng.random() < 0.12 else sagittal
            plans.append(replace(grid, role=role))  # type: ignore[arg-type]
    axial = _axial(rng)
    plans.append(axial)
    if rng.random() < 0.06:
        plans.append(replace(axial, role="ax_t1"))
    return Acquisition(_with_effects(rng, plans), vendor, field_t)


def _sagittal(rng: np.random.Generator) -> SeriesPlan:
    matrix = int(rng.choice([256, 288, 320, 320, 352]))
    field_mm = float(rng.uniform(290, 315))
    thickness = float(rng.choice([3.0, 3.5, 4.0, 4.0, 5.0]))
    pixel = round(field_mm / matrix, 4)
    slices = round(58 / (1.1 * thickness)) | 1
    return SeriesPlan(
        "sag_t2", matrix, matrix, pixel, pixel, thickness, round(1.1 * thickness, 2), slices
    )


def _axial(rng: np.random.Generator) -> SeriesPlan:
    rows = int(rng.choice([192, 224, 256, 256]))
    columns = rows if rng.random() < 0.85 else rows - 32
    pixel = round(float(rng.uniform(180, 205)) / rows, 4)
    role: SeriesRole = "ax_t2"
    if rng.random() < 0.15:
        return SeriesPlan(role, rows, columns, pixel, pixel, 4.0, 5.0, slices=26)
    per_disc = int(rng.choice([3, 4, 4, 4]))
    return SeriesPlan(role, rows, columns, pixel, pixel, 4.0, 4.4, per_disc=per_disc)


def _with_effects(rng: np.random.Generator, plans: list[SeriesPlan]) -> tuple[SeriesPlan, ...]:
    """Most exams are good; a patient who moves does so in several series."""
    restless, uneven, noisy = (rng.random() < p for p in (0.1, 0.1, 0.08))
    wrapped, padded, off = (rng.random() < p for p in (0.05, 0.06, 0.12))
    result = []
    for plan in plans:
        strength = rng.random(5)
        is_stir, is_sagittal = plan.weighting == "STIR", plan.plane == "sagittal"
        moved = restless and strength[0] < 0.7
        effects = Effects(
            motion=round(0.15 + 0.5 * float(strength[1]), 3) if moved else 0.0,
            wrap=0.06 if wrapped and is_sagittal else 0.0,
            coil_bias=round(0.5 + 1.3 * float(strength[2]), 3) if uneven else 0.0,
            failed_fat_suppression=(
                round(0.35 + 0.6 * float(strength[3]), 3) if off and is_stir else 0.0
            ),
            zero_border=0.08 if padded and is_sagittal else 0.0,
            noise_factor=round(2.2 + 2.2 * float(strength[4]), 3) if noisy else 1.0,
        )
        result.append(replace(plan, effects=effects))
    return tuple(result)
