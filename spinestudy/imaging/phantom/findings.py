"""What is wrong with a phantom spine beyond canal, disc degeneration and Modic type.

Each severity is a continuous latent value; the grade is its floor on the scale of the grading
vocabulary, whose item codes and score ranges these are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from spinestudy.imaging.phantom.levels import (
    LUMBAR_COUNTS,
    TRANSITIONS,
    graded_bodies,
    lumbar_discs,
)

Side = Literal["right", "left"]
SIDES: Final[tuple[Side, ...]] = ("right", "left")
SIDE_RANGE: Final = {"subarticular_stenosis": (0, 3), "foraminal_stenosis": (0, 3)}
DRAWN_FEATURES: Final = (
    "t1_band",
    "diffuse_marrow",
    "fluid_sign",
    "fracture_line",
    "vacuum_cleft",
    "retropulsion",
    "convex_border",
    "cortical_destruction",
    "posterior_elements",
    "epidural_mass",
    "paraspinal_mass",
)
DERIVED_FEATURES: Final = ("spared_marrow", "other_lesions", "old_fractures", "wedge")
ITEM_RANGE: Final[Mapping[str, tuple[int, int]]] = {
    "central_canal_stenosis": (0, 3),
    "pfirrmann": (1, 5),
    "modic": (0, 3),
    "modic_extent": (1, 3),
    "disc_morphology": (0, 4),
    "herniation_zone": (0, 3),
    "spondylolisthesis": (0, 5),
    **SIDE_RANGE,
    "vertebral_fracture": (0, 1),
    "genant": (0, 3),
    "fracture_nature": (0, 1),
    **{f"fracture_{name}": (0, 1) for name in (*DRAWN_FEATURES, *DERIVED_FEATURES)},
}
"""Item code -> lowest and highest score of every item that the phantom has a truth for."""

# Share of the height lost at the bounds of Genant's grades, Genant et al. 1993.
_GENANT_LOSS: Final = (0.0, 0.20, 0.25, 0.40, 0.80)
MAX_SLIP: Final = 3.4
"""Highest Meyerding latent that can be drawn: a slip of 60 % of the endplate."""


class FindingsError(ValueError):
    """The findings can't be drawn; the message says which value is wrong."""


@dataclass(frozen=True)
class Herniation:
    """morphology, zone: latent severities of disc_morphology and herniation_zone.

    side: "" where it is central. migration_mm: downward, of an extrusion or a fragment.
    """

    morphology: float
    zone: float = 0.0
    side: Side | Literal[""] = ""
    migration_mm: float = 0.0


@dataclass(frozen=True)
class ModicPlate:
    """Marrow change at one endplate; second_type 0 is none, else it holds second_share of it."""

    latent: float
    extent_mm: float
    second_type: int = 0
    second_share: float = 0.0


@dataclass(frozen=True)
class Fracture:
    """A broken body.

    loss: share of the height lost, 0 to 0.75. nature: latent, malignant from 1 on. is_old: healed,
    with normal marrow. features: name -> latent in 0 to 2, present from 1 on; those left out are
    absent. side: where pedicle and paraspinal mass lie, when one-sided.
    """

    loss: float
    nature: float = 0.5
    shape: Literal["wedge", "biconcave", "crush"] = "wedge"
    is_old: bool = False
    features: Mapping[str, float] = field(default_factory=dict)
    side: Side = "left"

    def strength(self, feature: str) -> float:
        """0 where a feature is absent, else 0.5 to 1, by its latent value."""
        value = self.features.get(feature, 0.0)
        return 0.0 if value < 1 else 0.5 + 0.5 * min(value - 1, 1.0)

    @property
    def genant(self) -> float:
        """Latent severity on Genant's scale."""
        return float(np.interp(self.loss, _GENANT_LOSS, (0, 1, 2, 3, 4)))


@dataclass(frozen=True)
class Findings:
    """All of it, by the names of levels; a level that is left out has none.

    sides: item -> disc level -> side -> latent. slips: disc level -> latent on Meyerding's scale;
    1 + 4 x slip / depth of the endplate below. modic_plates: disc level -> the endplates above
    and below the disc. metastases: vertebra -> radius (mm) in a body that is not broken.
    screws: vertebrae that carry a pair of pedicle screws.
    """

    sides: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    herniations: Mapping[str, Herniation] = field(default_factory=dict)
    slips: Mapping[str, float] = field(default_factory=dict)
    modic_plates: Mapping[str, tuple[ModicPlate, ModicPlate]] = field(default_factory=dict)
    fractures: Mapping[str, Fracture] = field(default_factory=dict)
    metastases: Mapping[str, float] = field(default_factory=dict)
    screws: tuple[str, ...] = ()
    lumbar_count: int = 5
    transition: str = "none"

    def __post_init__(self) -> None:
        _known("lumbar_count", self.lumbar_count, LUMBAR_COUNTS)
        _known("transition", self.transition, TRANSITIONS)
        discs, bodies = lumbar_discs(self.lumbar_count), graded_bodies(self.lumbar_count)
        for item, by_level in self.sides.items():
            _known("item with sides", item, tuple(SIDE_RANGE))
            for level, by_side in by_level.items():
                _known(f"level of {item}", level, discs)
                for side, value in by_side.items():
                    _known(f"side of {item}", side, SIDES)
                    _within(f"sides[{item!r}][{level!r}][{side!r}]", value, 0, 4)
        for level, one in self.herniations.items():
            _known("level of a herniation", level, discs)
            _within(f"herniations[{level!r}].morphology", one.morphology, 0, 5)
            _within(f"herniations[{level!r}].zone", one.zone, 0, 4)
        for level, value in self.slips.items():
            _known("level of a slip", level, discs)
            _within(f"slips[{level!r}]", value, 0, MAX_SLIP)
        for level, pair in self.modic_plates.items():
            _known("level of a Modic change", level, discs)
            for plate in pair:
                _within(f"modic_plates[{level!r}].latent", plate.latent, 0, 4)
                _within(f"modic_plates[{level!r}].extent_mm", plate.extent_mm, 1, 40)
                _within(f"modic_plates[{level!r}].second_type", plate.second_type, 0, 3)
        for name, broken in self.fractures.items():
            _known("broken vertebra", name, bodies[:-1])
            _within(f"fractures[{name!r}].loss", broken.loss, 0, 0.75)
            _within(f"fractures[{name!r}].nature", broken.nature, 0, 2)
            for feature, value in broken.features.items():
                _known(f"feature of {name}", feature, DRAWN_FEATURES)
                _within(f"fractures[{name!r}].features[{feature!r}]", value, 0, 2)
        for name, radius in self.metastases.items():
            _known("vertebra with a metastasis", name, bodies[:-1])
            _within(f"metastases[{name!r}]", radius, 1, 16)
        for name in self.screws:
            _known("vertebra with screws", name, bodies[:-1])


def slip_share(latent: float) -> float:
    """Slip as a share of the endplate below; a latent value under 1 is no slip."""
    return max(0.0, latent - 1.0) / 4.0


def score_of(item: str, latent: float) -> int:
    """The floor of a latent severity, on the scale of its item."""
    low, high = ITEM_RANGE[item]
    return int(np.clip(np.floor(latent), low, high))


def _known(what: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices:
        listed = ", ".join(str(c) for c in choices)
        raise FindingsError(f"There is no {what} {value!r}: give one of {listed}.")


def _within(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise FindingsError(f"{what} is {value}: give a number from {low:g} to {high:g}.")
