"""What a scanner makes of clean signal: coil, blur, noise, and what goes wrong."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from spinestudy.imaging.phantom.acquisition import ROLES, VENDORS, Acquisition, SeriesPlan
from spinestudy.imaging.phantom.plane import Grid
from spinestudy.imaging.phantom.signal import coil_map
from spinestudy.imaging.phantom.spec import PhantomSpec
from spinestudy.imaging.phantom.stamp import burn_in

_f = np.float32
_NOISE: Final = {"T1": 1.0, "T2": 0.85, "STIR": 1.15}
_GHOSTS: Final = (1, 2, 3)


def receive(
    clean: Grid, plan: SeriesPlan, acquisition: Acquisition, spec: PhantomSpec
) -> NDArray[np.uint16]:
    """Stored pixels (slices, rows, columns), 12 bits used, of clean signal with margins.

    The phase direction runs along the rows. Noise is Rician (Gudbjartsson and Patz 1995, Magn
    Reson Med 34:910); at 3 T it is lower.
    """
    rng = np.random.default_rng([spec.seed, 84, [*ROLES].index(plan.role)])
    slices, rows, wide = clean.shape
    coil = _coil(rng, plan, spec, (rows, wide))
    blur = (0.42 / plan.row_spacing_mm, 0.48 / plan.column_spacing_mm)
    level = spec.noise * plan.effects.noise_factor * _NOISE[plan.weighting]
    sigma = _f(level * (0.62 if acquisition.field_t == 3.0 else 1.0))
    scale = _f(VENDORS[acquisition.vendor].full_scale)
    out = np.zeros((slices, rows, plan.columns), np.uint16)
    border = (
        round(plan.effects.zero_border * rows),
        round(plan.effects.zero_border * plan.columns),
    )
    inner = (slice(border[0], rows - border[0]), slice(border[1], plan.columns - border[1]))
    shift, phase = _ghost(rng, plan)
    for k in range(slices):
        grain = gaussian_filter(rng.standard_normal((rows, wide), dtype=np.float32), 1.0)
        image = clean[k] * (1 + _f(0.09) * grain)
        image = gaussian_filter(image, blur, truncate=3) * coil
        image = _fold(image, plan.columns)
        if plan.effects.motion:
            image = _with_ghosts(image, plan.effects.motion, shift, phase + 0.7 * k)
        noise = rng.standard_normal((2, rows, plan.columns), dtype=np.float32)
        magnitude = np.hypot(image + sigma * noise[0], sigma * noise[1]) * scale
        out[k][inner] = np.clip(magnitude[inner], 0, 4095).astype(np.uint16)
        burn_in(out[k])
    return out


def failed_field(plan: SeriesPlan, spec: PhantomSpec, wide: int) -> Grid:
    """Share of fat signal that comes back, (rows, wide): at the ends and in one patch."""
    failed = plan.effects.failed_fat_suppression
    if not failed:
        return np.zeros((1, 1), np.float32)
    rng = np.random.default_rng([spec.seed, 85])
    rows = np.linspace(-1, 1, plan.rows)[:, None]
    columns = np.linspace(-1, 1, wide)[None, :]
    ends = np.clip((np.abs(rows) - 0.5) / 0.35, 0, 1)
    x, y = rng.uniform(-0.5, 0.5, 2)
    patch = np.exp(-(((rows - y) / 0.35) ** 2 + ((columns - x) / 0.45) ** 2))
    return np.asarray(failed * np.maximum(ends, patch), dtype=np.float32)


def _coil(
    rng: np.random.Generator, plan: SeriesPlan, spec: PhantomSpec, shape: tuple[int, int]
) -> Grid:
    if plan.plane == "coronal":  # parallel to the coil
        coarse = 1 + rng.normal(0, 0.08, (4, 4))
        return np.asarray(zoom(coarse, (shape[0] / 4, shape[1] / 4), order=3), dtype=np.float32)
    axial = plan.plane == "axial"
    pixel_mm = plan.row_spacing_mm if axial else plan.column_spacing_mm
    coil = coil_map(rng, "ax_t2" if axial else "sag", spec, shape, pixel_mm)
    return np.asarray(np.maximum(coil, 1e-3) ** (1 + plan.effects.coil_bias), dtype=np.float32)


def _fold(image: Grid, columns: int) -> Grid:
    """What lies beyond the field of view comes back at the other side."""
    margin = (image.shape[1] - columns) // 2
    if not margin:
        return image
    core = image[:, margin : margin + columns].copy()
    core[:, -margin:] += image[:, :margin]
    core[:, :margin] += image[:, margin + columns :]
    return core


def _ghost(rng: np.random.Generator, plan: SeriesPlan) -> tuple[int, float]:
    return round(plan.columns * float(rng.uniform(0.09, 0.17))), float(rng.uniform(0, 6.28))


def _with_ghosts(image: Grid, amplitude: float, shift: int, phase: float) -> Grid:
    """Copies at equal steps along the phase direction, as breathing makes them."""
    ghosted = image * _f(1 - 0.25 * amplitude)
    moving = gaussian_filter(image, (0.0, 1.2), truncate=2)
    for number in _GHOSTS:
        share = _f(0.38 * amplitude / number * np.cos(phase + number))
        both = np.roll(moving, number * shift, 1) + np.roll(moving, -number * shift, 1)
        ghosted = ghosted + share * both
    return np.asarray(np.abs(ghosted))
