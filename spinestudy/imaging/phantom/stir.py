"""Short-tau inversion recovery, from what T1 and T2 weighting show of the same tissue."""

from __future__ import annotations

import numpy as np

from spinestudy.imaging.phantom.plane import Grid

_f = np.float32


def stir_signal(t1: Grid, t2: Grid, failed: Grid | float = 0.0) -> Grid:
    """Signal on STIR relative to free fluid = 1; any shape, as t1 and t2.

    Fat and fatty marrow are known by their ratio of T2 to T1 signal, which partial volume with
    cortex or air leaves as it is, so that no edge lights up. What isn't fat shows as on T2, a
    little brighter. failed: share of the fat signal that comes back where the field is off, same
    shape or one number.
    """
    ratio = t2 / np.maximum(t1, _f(0.02))
    fat = np.maximum(_step(ratio, 0.57, 0.67), _step(t1, 0.55, 0.70))
    fat = fat * (1 - _step(ratio, 0.92, 1.08))
    nulled = fat * (_f(0.80) + _f(0.17) * _step(t1, 0.45, 0.85))
    signal = t2 * (1 - nulled * (1 - np.asarray(failed, dtype=np.float32)))
    return np.asarray(np.minimum(signal * _f(1.35), _f(0.35) + _f(0.65) * signal))


def _step(value: Grid, low: float, high: float) -> Grid:
    """0 below low, 1 above high, straight between."""
    return np.asarray(np.clip((value - _f(low)) * _f(1 / (high - low)), 0, 1))
