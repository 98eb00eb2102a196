"""Readers that aren't people, for every item: skill, thresholds and drift of their own.

A reader sees latent severity + drift + noise and counts the own thresholds that lie below it. The
thresholds are the bounds of the grades, moved once for each reader, item and bound; drift grows
from case to case; noise is the larger, the less the skill, and now and then attention lapses.
All of it follows from the reader's seed, so that the same exams are read the same way.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from spinestudy.imaging.phantom.findings import ITEM_RANGE
from spinestudy.imaging.phantom.truth import TruthRow

# How much harder an item is than the canal: factor on noise and on the spread of thresholds.
_DIFFICULTY: Final = {
    "pfirrmann": 0.8,
    "modic": 0.9,
    "foraminal_stenosis": 1.25,
    "subarticular_stenosis": 1.4,
    "vertebral_fracture": 0.5,
    "genant": 0.8,
    "spondylolisthesis": 0.5,
}
_FEATURE_DIFFICULTY: Final = 0.7
_NOISE_AT_SKILL: Final = (0.75, 0.15)
"""Standard deviation of the noise, in grades, of a reader with skill 0 and with skill 1."""


@dataclass(frozen=True)
class SyntheticReader:
    """One reader.

    skill: 0 to 1. threshold_sd: spread of the own thresholds, in grades. drift: change of the
    severity seen, in grades per 100 cases. lapse: share of answers given without looking.
    """

    code: str
    seed: int
    skill: float
    threshold_sd: float
    drift: float
    lapse: float

    def thresholds(self, item: str) -> tuple[float, ...]:
        """The own bounds between the grades of an item, ascending."""
        low, high = ITEM_RANGE[item]
        rng = np.random.default_rng([self.seed, 1, _number(item)])
        lean = 0.6 * self.threshold_sd * rng.normal()
        own = np.arange(low + 1, high + 1) + _difficulty(item) * (
            lean + 0.8 * self.threshold_sd * rng.normal(size=high - low)
        )
        return tuple(np.maximum.accumulate(own).tolist())

    def score(self, row: TruthRow, exam: str, case_number: int) -> int:
        """This reader's answer to one row of an exam, read as the case_number-th (from 0)."""
        low, high = ITEM_RANGE[row.item]
        place = f"{exam}/{row.item}/{row.disc_level}{row.vertebral_level}/{row.side}"
        rng = np.random.default_rng([self.seed, 2, _number(place)])
        lapsed, guess, noise = rng.random(), rng.random(), rng.normal()
        if lapsed < self.lapse:
            return low + int(guess * (high - low + 1))
        spread = float(np.interp(self.skill, (0.0, 1.0), _NOISE_AT_SKILL))
        drift = self.drift * case_number / 100
        seen = row.latent + drift + spread * _difficulty(row.item) * noise
        return low + int(np.searchsorted(self.thresholds(row.item), seen, "right"))


def sample_readers(count: int, seed: int) -> tuple[SyntheticReader, ...]:
    """So many readers, R1 the most skilled; 0 gives none."""
    rng = np.random.default_rng([seed, 3])
    skills = np.sort(np.clip(rng.normal(0.68, 0.18, count), 0.15, 0.97))[::-1]
    readers = []
    for number, skill in enumerate(skills.tolist(), 1):
        drift = float(np.clip(rng.normal(0.0, 0.12), -0.3, 0.3))
        spread = 0.12 + 0.22 * (1 - skill) + 0.05 * float(rng.random())
        lapse = 0.002 + 0.02 * (1 - skill)
        readers.append(
            SyntheticReader(
                code=f"R{number}",
                seed=int(rng.integers(1, 2**31)),
                skill=round(skill, 3),
                threshold_sd=round(spread, 3),
                drift=round(drift, 3),
                lapse=round(lapse, 4),
            )
        )
    return tuple(readers)


def _difficulty(item: str) -> float:
    if item.startswith("fracture_"):
        return _FEATURE_DIFFICULTY
    return _DIFFICULTY.get(item, 1.0)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
