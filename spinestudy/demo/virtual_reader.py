"""Readers that aren't people: thresholds and noise of their own on the phantom's severities.

score = number of thresholds below (latent + bias + noise), noise normal with the reader's
own spread. Seeded by reader, exam, item and level, so the same demo is read the same way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

THRESHOLDS: Final[Mapping[str, tuple[tuple[float, ...], int]]] = {
    # item -> (thresholds on the latent severity, lowest score)
    "central_canal_stenosis": ((1.0, 2.0, 3.0), 0),
    "pfirrmann": ((2.0, 3.0, 4.0, 5.0), 1),
    "modic": ((1.0, 2.0, 3.0), 0),
}


@dataclass(frozen=True)
class VirtualReader:
    """bias and noise_sd in units of the latent severity (one grade = 1)."""

    username: str
    description: str
    bias: float
    noise_sd: float

    def score(self, exam_key: str, item: str, disc_level: str, latent: float) -> int:
        """This reader's answer."""
        text = f"{self.username}/{exam_key}/{item}/{disc_level}".encode()
        seed = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
        noise = float(np.random.default_rng(seed).normal(0.0, self.noise_sd))
        thresholds, lowest = THRESHOLDS[item]
        return lowest + int(np.searchsorted(thresholds, latent + self.bias + noise, "right"))


VIRTUAL_READERS: Final[Sequence[VirtualReader]] = (
    VirtualReader("virtual-reader-1", "steady, unbiased", 0.0, 0.25),
    VirtualReader("virtual-reader-2", "grades a little high", 0.15, 0.45),
    VirtualReader("virtual-reader-3", "less sure, grades a little low", -0.15, 0.75),
)
