"""Simulated reader studies in which AI has no effect on average: what do the tests say?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CUTS = (-0.4, 0.4, 1.2)
LEVELS = 3


@dataclass(frozen=True)
class ReaderWorld:
    """Grades 0-3 of several levels a patient, by readers in two arms that are exchangeable.

    A level's severity is the patient's (sd 0.8) plus its own (sd 0.8); what a reader sees of it
    has an error shared by all readers (sd 0.3), one kept over the arms (sd 0.3) and one of the
    reading (sd 0.5). reader_by_ai: sd of the logarithm of each reader's error in each arm, and of
    a reader's shift of all grades in an arm; both arms are drawn alike, so that AI has no effect
    on average, but on each reader it has one.
    """

    name: str
    n_readers: int
    n_patients: int
    reader_by_ai: float


KAPPA_WORLDS = (
    ReaderWorld("no reader-by-AI variance", 5, 60, 0.0),
    ReaderWorld("reader-by-AI variance", 4, 60, 0.3),
    ReaderWorld("reader-by-AI variance", 8, 60, 0.3),
    ReaderWorld("reader-by-AI variance", 5, 100, 0.3),
)


@dataclass(frozen=True)
class ReaderStudyData:
    """ratings: (2, J, items); reference: (items,); patient: (items,)."""

    ratings: FloatArray
    reference: IntArray
    patient: IntArray

    @property
    def grades(self) -> IntArray:
        """Ratings cut into grades 0-3."""
        return np.searchsorted(CUTS, self.ratings).astype(np.int64)


def simulate_readers(world: ReaderWorld, rng: np.random.Generator) -> ReaderStudyData:
    """One reader study."""
    patient = np.repeat(np.arange(world.n_patients), LEVELS)
    items, readers = len(patient), world.n_readers
    severity = rng.normal(0, 0.8, world.n_patients)[patient] + rng.normal(0, 0.8, items)
    shared = rng.normal(0, 0.3, items)
    kept = rng.normal(0, 0.3, (1, readers, items))
    own = rng.normal(0, 0.5, (2, readers, items))
    skill = np.exp(rng.normal(0, world.reader_by_ai, (2, readers, 1)))
    shift = rng.normal(0, world.reader_by_ai, (2, readers, 1))
    ratings = severity + shared + skill * (kept + own) + shift
    return ReaderStudyData(ratings, np.searchsorted(CUTS, severity).astype(np.int64), patient)


def simulate_levels(
    n_patients: int, n_levels: int, rng: np.random.Generator
) -> tuple[FloatArray, IntArray, IntArray]:
    """Scores, truth and patients of levels: truth and scores both run in patients."""
    patient = np.repeat(np.arange(n_patients), n_levels)
    burden = rng.normal(0, 1, n_patients)[patient]
    truth = (burden + rng.normal(0, 1, len(patient)) > 0.5).astype(np.int64)
    bias = rng.normal(0, 0.8, n_patients)[patient]
    scores = 1.4 * truth + bias + rng.normal(0, 1, len(patient))
    return scores, truth, patient
