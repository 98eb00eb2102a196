"""Everything that decides a phantom exam, and a population to draw it from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal

import numpy as np

from spinestudy.imaging.phantom.acquisition import Acquisition
from spinestudy.imaging.phantom.findings import Findings
from spinestudy.imaging.phantom.levels import DISC_LEVELS, disc_seats, lumbar_discs

__all__ = ["DISC_LEVELS", "SCORE_RANGE", "PhantomSpec", "PhantomSpecError", "sample_spec"]

SCORE_RANGE: Final[Mapping[str, tuple[int, int]]] = {
    "central_canal_stenosis": (0, 3),
    "pfirrmann": (1, 5),
    "modic": (0, 3),
}
"""Item code -> lowest and highest score; a latent severity lies in [lowest, highest + 1)."""


class PhantomSpecError(ValueError):
    """The specification can't be drawn; the message says which value is wrong."""


@dataclass(frozen=True)
class PhantomSpec:
    """The same specification gives the same pixels, byte for byte.

    latent: item code -> disc level -> continuous severity; its floor is the true score.
        For "modic" the floor is the type; near a whole number the signal is mixed.
    modic_extent_mm: disc level -> depth of the marrow change from the endplate.
    rotation_deg: how the patient lies on the table, about x, y, z.
    noise: standard deviation relative to the signal of fat.
    findings: what else is wrong with the spine; None draws only the items of `latent`.
    acquisition: stacks, scanner and artefacts; None scans the three series of old.
    """

    seed: int
    latent: Mapping[str, Mapping[str, float]]
    modic_extent_mm: Mapping[str, float]
    sex: Literal["F", "M"] = "F"
    age_years: int = 55
    body_scale: float = 1.0
    lordosis_scale: float = 1.0
    sacral_slope_deg: float = 38.0
    scoliosis_mm: float = 0.0
    canal_ap_mm: float = 15.0
    subcutaneous_fat_mm: float = 18.0
    muscle_fat: float = 0.15
    marrow_fat: float = 0.5
    rotation_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    coil_falloff_mm: float = 150.0
    noise: float = 0.025
    findings: Findings | None = None
    acquisition: Acquisition | None = None

    def __post_init__(self) -> None:
        for item, (low, high) in SCORE_RANGE.items():
            values = self.latent.get(item, {})
            for level in self.disc_levels:
                value = values.get(level)
                if value is None or not low <= value <= high + 1:
                    raise PhantomSpecError(
                        f"latent[{item!r}][{level!r}] is {value}: give a number from "
                        f"{low} to {high + 1} for each of {', '.join(self.disc_levels)}."
                    )

    @property
    def lumbar_count(self) -> int:
        """How many lumbar bodies the spine has."""
        return self.findings.lumbar_count if self.findings else 5

    @property
    def disc_levels(self) -> tuple[str, ...]:
        """The graded discs, cranial to caudal."""
        return lumbar_discs(self.lumbar_count)

    @property
    def disc_seats(self) -> dict[str, str]:
        """Seat of a disc in the model -> its name, for every graded disc."""
        return disc_seats(self.lumbar_count)

    def grade(self, item: str, level: str) -> int:
        """True score: the floor of the latent severity, on the item's scale."""
        low, high = SCORE_RANGE[item]
        return int(np.clip(np.floor(self.latent[item][level]), low, high))

    def digest(self) -> str:
        """SHA-256 of the specification, hexadecimal: the root of the exam's UIDs.

        What was left out isn't hashed, so that an exam of old keeps its UIDs.
        """
        told = {key: value for key, value in asdict(self).items() if value is not None}
        text = json.dumps(told, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


# Mean wear of a disc relative to the patient's own, cranial to caudal.
_LEVEL_WEAR: Final = (-0.55, -0.35, -0.05, 0.45, 0.4)


def sample_spec(seed: int) -> PhantomSpec:
    """One member of the demonstration population.

    Degeneration follows age, is correlated over the levels of a spine and worse at L4/L5 and
    L5/S1. All scores occur; severe ones more often than in a clinic, so that a small
    demonstration has something to disagree on.
    """
    rng = np.random.default_rng([seed, 11])
    age = int(np.clip(rng.normal(54, 16), 21, 86))
    patient = (age - 54) / 16 * 0.55 + rng.normal(0, 0.6)
    latent: dict[str, dict[str, float]] = {item: {} for item in SCORE_RANGE}
    extent: dict[str, float] = {}
    for level, shift in zip(DISC_LEVELS, _LEVEL_WEAR, strict=True):
        wear = patient + shift + rng.normal(0, 0.6)
        pfirrmann = float(np.clip(3.35 + 1.05 * wear + rng.normal(0, 0.25), 1.02, 5.95))
        narrow = wear - (0.75 if level == "L5/S1" else 0.0) + (0.3 if level == "L4/L5" else 0.0)
        stenosis = float(np.clip(0.95 + 1.0 * narrow + rng.normal(0, 0.6), 0.02, 3.95))
        latent["pfirrmann"][level] = round(pfirrmann, 3)
        latent["central_canal_stenosis"][level] = round(stenosis, 3)
        latent["modic"][level] = round(_sample_modic(rng, wear), 3)
        extent[level] = round(float(np.clip(rng.normal(8.0 + 1.5 * wear, 2.5), 3.5, 16.0)), 2)
    sex: Literal["F", "M"] = "F" if rng.random() < 0.53 else "M"
    return PhantomSpec(
        seed=seed,
        latent=latent,
        modic_extent_mm=extent,
        sex=sex,
        age_years=age,
        body_scale=_draw(rng, 0.97 if sex == "F" else 1.05, 0.035, 0.88, 1.14),
        lordosis_scale=_draw(rng, 1.0, 0.16, 0.6, 1.35),
        sacral_slope_deg=_draw(rng, 38.0, 6.0, 24.0, 52.0),
        scoliosis_mm=_draw(rng, 0.0, 3.5, -9.0, 9.0),
        canal_ap_mm=_draw(rng, 15.0, 1.1, 12.5, 17.8),
        subcutaneous_fat_mm=_draw(rng, 22.0 if sex == "F" else 16.0, 7.0, 5.0, 45.0),
        muscle_fat=_draw(rng, 0.16 + 0.006 * (age - 50), 0.08, 0.03, 0.5),
        marrow_fat=_draw(rng, 0.5 + 0.006 * (age - 50), 0.1, 0.2, 0.85),
        rotation_deg=(_draw(rng, 0, 2, -5, 5), _draw(rng, 0, 1.5, -4, 4), _draw(rng, 0, 2, -5, 5)),
        shift_mm=(_draw(rng, 0, 3, -7, 7), _draw(rng, 0, 5, -12, 12), _draw(rng, 0, 6, -14, 14)),
        coil_falloff_mm=_draw(rng, 150.0, 25.0, 95.0, 220.0),
        noise=_draw(rng, 0.026, 0.007, 0.012, 0.048),
    )


def _draw(rng: np.random.Generator, mean: float, sd: float, low: float, high: float) -> float:
    return round(float(np.clip(rng.normal(mean, sd), low, high)), 4)


def _sample_modic(rng: np.random.Generator, wear: float) -> float:
    """Latent Modic value: changes become likely with wear, type 2 the most common."""
    likely = 1.0 / (1.0 + np.exp(-(1.5 * wear - 1.35)))
    present, kind, within = rng.random(), rng.random(), rng.random()
    if present > likely:
        return float(0.9 * within**1.5)
    grade = 1 if kind < 0.36 else 2 if kind < 0.8 else 3
    return float(grade + 0.1 + 0.8 * within)
