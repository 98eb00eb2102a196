"""From a latent severity to what the picture shows: heights, signals, narrowing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.phantom.findings import Findings
from spinestudy.imaging.phantom.spec import DISC_LEVELS, PhantomSpec

_PFIRRMANN = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
_STENOSIS = (0.0, 1.0, 2.0, 3.0, 4.0)
# Modic latent -> signal relative to marrow. Plateaus are the types, slopes are mixed lesions.
_MODIC = (0.0, 0.55, 1.0, 1.25, 1.75, 2.2, 2.8, 3.2, 4.0)
_MODIC_T1 = (1.0, 1.0, 0.82, 0.60, 0.62, 1.45, 1.42, 0.42, 0.30)
_MODIC_T2 = (1.0, 1.0, 1.28, 1.70, 1.68, 1.34, 1.22, 0.42, 0.28)
_SOUND = {"pfirrmann": 1.9, "central_canal_stenosis": 0.2, "modic": 0.2}
# Latent disc_morphology -> bulge all round (mm); a focal herniation has a lesser one.
_BULGE_MM = ((0.0, 0.9, 1.0, 1.99, 2.0, 5.0), (0.1, 0.7, 1.6, 3.6, 0.9, 1.2))


@dataclass(frozen=True)
class DiscState:
    """How one disc level looks. Lengths in mm, signals relative to cerebrospinal fluid."""

    height_factor: float
    nucleus_t2: float
    nucleus_softness: float
    cleft: float
    narrowing: float
    """Anteroposterior diameter of the sac relative to the patient's own normal."""
    crowding: float
    """Spread of the nerve roots relative to the sac."""
    fluid: float
    """Signal of the fluid left between the roots, relative to free fluid."""
    modic_t1: float
    modic_t2: float
    modic_extent_mm: float
    osteophyte_mm: float
    bulge_mm: float
    bulge_side: float
    facet_wear: float


def disc_states(spec: PhantomSpec) -> dict[str, DiscState]:
    """The look of every lumbar disc level; thoracic discs look like a sound L1/L2.

    The jitter comes from the seed alone, so that a change of one severity moves the picture
    in one direction only.
    """
    rng = np.random.default_rng([spec.seed, 23])
    states = {}
    names = spec.disc_seats
    for seat in DISC_LEVELS:
        states[seat] = _state(spec, names.get(seat, ""), rng.normal(0, 1, 5))
    above = replace(
        states["L1/L2"],
        height_factor=1.0,
        nucleus_t2=0.85 * states["L1/L2"].nucleus_t2,
        narrowing=1.0,
        crowding=1.0,
        fluid=1.0,
        modic_t1=1.0,
        modic_t2=1.0,
        osteophyte_mm=0.3,
        bulge_mm=0.3,
        facet_wear=0.1,
    )
    states = {**states, **dict.fromkeys(("T10/T11", "T11/T12", "T12/L1"), above)}
    if "T12/L1" in names:  # where there are six lumbar bodies
        jitter = np.random.default_rng([spec.seed, 24]).normal(0, 1, 5)
        states["T12/L1"] = _state(spec, names["T12/L1"], jitter)
    return _with_findings(states, spec.findings, names)


def _with_findings(
    states: dict[str, DiscState], findings: Findings | None, names: dict[str, str]
) -> dict[str, DiscState]:
    """Bulges, herniations and remnants; Modic changes are then drawn plate by plate."""
    if findings is None:
        return states
    changed = {}
    above = dict.fromkeys(("T8/T9", "T9/T10"), states["T10/T11"])
    for seat, state in {**states, **above}.items():
        hernia = findings.herniations.get(names.get(seat, ""))
        bulge = _at(hernia.morphology, *_BULGE_MM) if hernia else min(state.bulge_mm, 0.6)
        state = replace(state, bulge_mm=bulge, modic_t1=1.0, modic_t2=1.0)
        if findings.transition == "sacralised_l5" and seat == "L5/S1":
            state = replace(state, height_factor=0.34, osteophyte_mm=0.2, bulge_mm=0.1)
        changed[seat] = state
    return changed


def _state(spec: PhantomSpec, level: str, jitter: NDArray[np.float64]) -> DiscState:
    """One disc; a level that the specification doesn't name is sound."""
    j_height, j_signal, j_canal, j_side, j_modic = jitter

    def latent(item: str) -> float:
        return spec.latent[item].get(level, _SOUND[item])

    p = latent("pfirrmann") + 0.08 * j_signal
    s = latent("central_canal_stenosis") + 0.08 * j_canal
    m = latent("modic") + 0.03 * j_modic
    narrowing = _at(s, _STENOSIS, (1.0, 0.86, 0.68, 0.50, 0.34))
    return DiscState(
        height_factor=_at(p, _PFIRRMANN, (1.0, 1.0, 0.94, 0.80, 0.50, 0.26))
        * (1 + 0.05 * j_height),
        nucleus_t2=_at(p, _PFIRRMANN, (0.86, 0.72, 0.47, 0.27, 0.14, 0.09)),
        nucleus_softness=_at(p, _PFIRRMANN, (0.10, 0.13, 0.26, 0.40, 0.45, 0.45)),
        cleft=_at(p, (1.3, 2.0, 3.0, 4.2), (0.0, 0.45, 0.45, 0.0)),
        narrowing=narrowing,
        crowding=_at(s, _STENOSIS, (1.0, 0.98, 0.80, 0.62, 0.55)),
        fluid=_at(s, (0.0, 2.0, 3.0, 4.0), (1.0, 0.97, 0.72, 0.46)),
        modic_t1=_at(m, _MODIC, _MODIC_T1),
        modic_t2=_at(m, _MODIC, _MODIC_T2),
        modic_extent_mm=spec.modic_extent_mm.get(level, 8.0),
        osteophyte_mm=_at(p, _PFIRRMANN, (0.0, 0.2, 0.8, 2.0, 3.4, 4.5)),
        bulge_mm=_at(p, _PFIRRMANN, (0.0, 0.3, 1.0, 1.6, 1.8, 1.8)),
        bulge_side=float(np.clip(3.0 * j_side, -6, 6)),
        facet_wear=_at(0.5 * p + s, (1.0, 3.0, 5.0, 6.5), (0.0, 0.35, 0.8, 1.0)),
    )


def modic_signal(latent: float) -> tuple[float, float]:
    """T1 and T2 signal of a Modic change, relative to healthy marrow."""
    return _at(latent, _MODIC, _MODIC_T1), _at(latent, _MODIC, _MODIC_T2)


def _at(value: float, xs: tuple[float, ...], ys: tuple[float, ...]) -> float:
    return float(np.interp(value, xs, ys))
