"""Scales of figures: from values to points on the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Axes:
    """A box on the page (points, y upwards) with the range that it shows; x begins at 0."""

    left: float
    bottom: float
    right: float
    top: float
    low: float
    high: float
    x_high: float = 1.0

    @property
    def width(self) -> float:
        """Of the box."""
        return self.right - self.left

    def y(self, value: float) -> float:
        """Height of a value."""
        return self.bottom + (self.top - self.bottom) * (value - self.low) / (self.high - self.low)

    def x(self, value: float) -> float:
        """Place of a value."""
        return self.left + self.width * value / self.x_high

    @classmethod
    def around(cls, values: Sequence[float], width: float, height: float, *, right: float) -> Axes:
        """A box in a drawing of that size whose range holds all values."""
        low, high = min(values), max(values)
        margin = 0.08 * (high - low) or max(abs(high) * 0.1, 0.05)
        return cls(50, 30, width - right, height - 24, low - margin, high + margin)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values in a range, no more than that many."""
    span = high - low
    step = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10):
        if span / (step * factor) <= most:
            step *= factor
            break
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]
