"""From clean tissue signal to stored pixels: coil, blur, noise, scale, burnt-in mark."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from spinestudy.imaging.phantom.plane import Grid
from spinestudy.imaging.phantom.spec import PhantomSpec
from spinestudy.imaging.phantom.stamp import burn_in

FULL_SCALE: Final = 1500.0
"""Stored value of tissue signal 1 in the middle of the field of view."""
_STREAM: Final = {"sag_t1": 1, "sag_t2": 2, "ax_t2": 3}


def finish(clean: Grid, role: str, spec: PhantomSpec, pixel_mm: float) -> NDArray[np.uint16]:
    """Stored pixels, uint16 with 12 bits used, of clean signal (slices, rows, columns).

    Blur is the point spread of the acquisition matrix, the coil lies behind the back, noise is
    Rician (Gudbjartsson and Patz 1995, Magn Reson Med 34:910).
    """
    rng = np.random.default_rng([spec.seed, 83, _STREAM[role]])
    slices, rows, columns = clean.shape
    coil = coil_map(rng, role, spec, (rows, columns), pixel_mm)
    sigma = np.float32(spec.noise * (0.85 if role == "sag_t2" else 1.0))
    out = np.empty(clean.shape, np.uint16)
    blur = 0.42 / pixel_mm
    for k in range(slices):
        grain = gaussian_filter(rng.standard_normal((rows, columns), dtype=np.float32), 1.0)
        image = clean[k] * (1 + np.float32(0.09) * grain)
        image = gaussian_filter(image, (blur, 1.15 * blur), truncate=3) * coil
        real = image + sigma * rng.standard_normal((rows, columns), dtype=np.float32)
        imaginary = sigma * rng.standard_normal((rows, columns), dtype=np.float32)
        magnitude = np.hypot(real, imaginary) * np.float32(FULL_SCALE)
        out[k] = np.clip(magnitude, 0, 4095).astype(np.uint16)
        burn_in(out[k])
    return out


def coil_map(
    rng: np.random.Generator, role: str, spec: PhantomSpec, shape: tuple[int, int], pixel_mm: float
) -> Grid:
    """Sensitivity: falls off from the back, uneven along the coil elements."""
    rows, columns = shape
    forward = (columns if role != "ax_t2" else rows) * pixel_mm
    t = (1 - np.linspace(0, 1, columns if role != "ax_t2" else rows)) * forward
    fall = np.exp(-(t - 0.45 * forward) / spec.coil_falloff_mm / 1.6)
    if role == "ax_t2":
        base = np.repeat(fall[:, None], columns, 1)
    else:
        r = np.linspace(-1, 1, rows)[:, None]
        ends = 1 - 0.45 * np.clip(np.abs(r) - 0.62, 0, 1) ** 1.2 * 2
        band = 1 - 0.82 / (1 + np.exp(-(t - 0.74 * forward) / 7.0))
        base = ends * (fall * band)[None, :]
    uneven = zoom(rng.normal(0, 0.055, (4, 4)), (rows / 4, columns / 4), order=3)
    return np.asarray(base * (1 + uneven), dtype=np.float32)
