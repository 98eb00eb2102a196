"""The truth of an exam with findings, row by row: item, level, side, latent and its grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spinestudy.imaging.phantom.findings import (
    DRAWN_FEATURES,
    SIDE_RANGE,
    SIDES,
    Findings,
    Fracture,
    score_of,
)
from spinestudy.imaging.phantom.levels import graded_bodies
from spinestudy.imaging.phantom.spec import SCORE_RANGE, PhantomSpec

_BELOW = 0.2
"""Latent severity of what a specification leaves out: surely the lowest grade."""
_BODY_HEIGHT_MM = 26.0


@dataclass(frozen=True)
class TruthRow:
    """One grade. Either disc_level or vertebral_level is set; side is "" for both together."""

    item: str
    disc_level: str
    vertebral_level: str
    side: str
    latent: float

    @property
    def score(self) -> int:
        """The floor of the latent severity, on the scale of the item."""
        return score_of(self.item, self.latent)


def truth_rows(spec: PhantomSpec) -> tuple[TruthRow, ...]:
    """Every graded item of a specification at every level.

    Without findings these are the items of every specification alone. Items that depend on another
    (zone of a herniation, extent of a Modic change, features of a fracture) have rows only where
    they would be asked.
    """
    if spec.findings is None:
        return tuple(
            TruthRow(item, level, "", "", float(spec.latent[item][level]))
            for level in spec.disc_levels
            for item in SCORE_RANGE
        )
    findings = spec.findings
    rows = [
        TruthRow(item, level, "", side, round(latent, 4))
        for level in spec.disc_levels
        for item, side, latent in _of_disc(spec, findings, level)
    ]
    rows += [
        TruthRow(item, "", name, "", round(latent, 4))
        for name in graded_bodies(spec.lumbar_count)
        for item, latent in _of_body(findings, name)
    ]
    return tuple(rows)


def modic_extent(extent_mm: float, body_height_mm: float = _BODY_HEIGHT_MM) -> float:
    """Latent severity of modic_extent: quarters of the height of the body, counted from 1."""
    share = max(0.0, extent_mm / body_height_mm)
    return float(np.interp(share, (0.0, 0.25, 0.5, 1.0), (1.0, 2.0, 3.0, 3.99)))


def _of_disc(spec: PhantomSpec, findings: Findings, level: str) -> Iterator[tuple[str, str, float]]:
    for item in SCORE_RANGE:
        yield item, "", spec.latent[item][level]
    if spec.latent["modic"][level] >= 1:
        plates = findings.modic_plates.get(level)
        changed = [p.extent_mm for p in plates or () if p.latent >= 1]
        extent = max(changed, default=spec.modic_extent_mm.get(level, 8.0))
        yield "modic_extent", "", modic_extent(extent)
    hernia = findings.herniations.get(level)
    yield "disc_morphology", "", hernia.morphology if hernia else _BELOW
    if hernia and hernia.morphology >= 2:
        yield "herniation_zone", hernia.side, hernia.zone
    yield "spondylolisthesis", "", findings.slips.get(level, _BELOW)
    for item in SIDE_RANGE:
        for side in SIDES:
            yield item, side, findings.sides.get(item, {}).get(level, {}).get(side, _BELOW)


def _of_body(findings: Findings, name: str) -> Iterator[tuple[str, float]]:
    broken = findings.fractures.get(name)
    loss = broken.loss if broken else 0.05
    yield "vertebral_fracture", min(loss / 0.2, 1.99)
    yield "genant", broken.genant if broken else 0.25
    if broken is None or loss < 0.2:
        return
    yield "fracture_nature", broken.nature
    for feature in DRAWN_FEATURES:
        yield f"fracture_{feature}", broken.features.get(feature, _BELOW)
    for feature, latent in derived_features(findings, name, broken).items():
        yield f"fracture_{feature}", latent


def derived_features(findings: Findings, name: str, broken: Fracture) -> dict[str, float]:
    """Features that follow from the others and from the rest of the spine."""
    others = [one for key, one in findings.fractures.items() if key != name]
    old = max((one.loss for one in others if one.is_old), default=0.0)
    return {
        "spared_marrow": float(
            np.clip(1.999 - broken.features.get("diffuse_marrow", 0.2), 0, 1.99)
        ),
        "other_lesions": 1.5 if findings.metastases else _BELOW,
        "old_fractures": min(old / 0.2, 1.99) if old else _BELOW,
        "wedge": _BELOW if broken.shape == "crush" else 1.5,
    }
