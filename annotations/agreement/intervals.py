"""Intervals on a scale that keeps them inside the range; the point estimate is never touched."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import special

Scale = Literal["bounded", "log", "plain"]


def interval(
    value: float, half: float, scale: Scale, *, lowest: float = -1.0, highest: float = 1.0
) -> tuple[float, float] | None:
    """Value -/+ half (quantile x standard error), by the delta method on the scale.

    "bounded" is the logit of the place in lowest..highest; with -1..1 that is 2 atanh(value),
    Fisher's scale. A value below `lowest` (weighted coefficients may fall below -1) is taken on
    the scale log(highest - value), which is bounded above only. None at either end
    of the range, and where a limit is no number.
    """
    with np.errstate(over="ignore"):
        match scale:
            case "plain":
                limits = np.array([value - half, value + half])
            case "log":
                limits = value * np.exp(np.array([-half, half]) / value)
            case "bounded" if value < lowest:
                gap = highest - value
                limits = highest - gap * np.exp(np.array([half, -half]) / gap)
            case "bounded" if value in (lowest, highest):
                return None
            case _:
                span = highest - lowest
                place = (value - lowest) / span
                width = half / span / (place * (1 - place))
                limits = lowest + span * special.expit(
                    special.logit(place) + np.array([-width, width])
                )
    low, high = (float(limit) for limit in limits)
    return (low, high) if np.isfinite(low) and np.isfinite(high) else None
