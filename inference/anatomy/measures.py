"""The numbers behind a grade: what can be measured at every disc, from labels and pixels.

Each is given with its unit, or is absent with a reason. They describe what the segmenter has
labelled; no grade is made of them and none is changed by them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import body_edges, grid
from inference.anatomy.crops import DiscFrame, disc_frames
from inference.anatomy.disc_planes import (
    ASIDE_MM,
    STEP_MM,
    DiscShape,
    Midplane,
    along_discs,
    disc_shape,
    leaned,
    midplanes,
)
from inference.contract import MEASURES, LevelLocation, MeasureOutput, StackInput

_MIDLINE_MM: Final = 2.0
_LEAST_SAC_MM2: Final = 8.0
_BESIDE_MM: Final = (-4.0, 0.0, 4.0)
_FLUID_REACH_MM: Final = 20.0
_LEAST_FLUID: Final = 40
"""Points that must lie surely in the sac before its signal counts."""
_FLUID_PERCENTILE: Final = 85.0
"""Roots and cord are darker than the fluid between them."""
_NO_DISC: Final = "no disc is labelled here"


@dataclass(frozen=True)
class _AtDisc:
    """upright: the frame of `plane`; frame: the same, turned to lie along the disc."""

    upright: DiscFrame
    frame: DiscFrame
    shape: DiscShape
    plane: Midplane
    canal: NDArray[np.float32]
    body_above: tuple[float, float]
    t2: StackInput | None


def disc_measures(
    probabilities: NDArray[np.float32],
    stack: StackInput,
    levels: tuple[LevelLocation, ...],
    t2: StackInput | None,
) -> tuple[MeasureOutput, ...]:
    """Every measure of MEASURES at every named disc.

    probabilities: (slices, 5, rows, columns) of the classes on the grid of `stack`. t2: the
    sagittal T2 stack with its own pixels, None where there is none.
    """
    frames = disc_frames(levels)
    if not frames:
        return ()
    centers = {one.level: np.array(one.center_lps) for one in levels}
    planes = midplanes(probabilities, stack, list(frames.values()))
    shapes = [disc_shape(plane) for plane in planes]
    lying = [
        frame if shape is None else leaned(frame, shape)
        for frame, shape in zip(frames.values(), shapes, strict=True)
    ]
    canals = along_discs(probabilities, stack, lying)
    found: list[MeasureOutput] = []
    for (level, frame), plane, shape, lies, canal in zip(
        frames.items(), planes, shapes, lying, canals, strict=True
    ):
        if shape is None:
            found += [
                MeasureOutput(code, level, None, MEASURES[code].unit, _NO_DISC) for code in MEASURES
            ]
            continue
        offset = centers[level.split("/")[0]] - frame.center_lps
        above = (float(offset @ frame.dorsal), float(offset @ frame.caudal))
        place = _AtDisc(frame, lies, shape, plane, canal, above, t2)
        found += [_told(code, level, measure(place)) for code, measure in _MEASURED.items()]
    return tuple(found)


def _told(code: str, level: str, found: float | str) -> MeasureOutput:
    unit = MEASURES[code].unit
    if isinstance(found, str):
        return MeasureOutput(code, level, None, unit, found)
    return MeasureOutput(code, level, round(float(found), 3), unit)


def _sac(place: _AtDisc) -> NDArray[np.bool_] | None:
    """The sac in the plane along the disc, nearest to its rear edge; None without one."""
    numbered, count = ndimage.label(place.canal >= 0.5)
    if not count:
        return None
    sizes = np.bincount(numbered.ravel(), minlength=count + 1)[1:] * STEP_MM**2
    if sizes.max() < _LEAST_SAC_MM2:
        return None
    return np.asarray(numbered == 1 + int(np.argmax(sizes)))


_NO_SAC: Final = "no dural sac is labelled at this disc"


def _area(place: _AtDisc) -> float | str:
    """Dural sac cross-sectional area, mm2 (Schonstrom et al. 1985, Spine 10:806).

    From sagittal labels, linear between slices; no axial slice is segmented.
    """
    sac = _sac(place)
    return _NO_SAC if sac is None else float(sac.sum()) * STEP_MM**2


def _ap(place: _AtDisc) -> float | str:
    """Anteroposterior diameter of the sac, mm, mean over its middle 4 mm."""
    sac = _sac(place)
    if sac is None:
        return _NO_SAC
    left = -ASIDE_MM + STEP_MM * np.arange(sac.shape[1])
    middle = float((sac.sum(0) * left).sum() / sac.sum())
    near = np.abs(left - middle) <= _MIDLINE_MM
    wide = ndimage.binary_dilation(sac, iterations=2)
    share = np.where(wide, place.canal, 0)[:, near]
    return float(share.sum(0).mean() * STEP_MM)


def _height_ratio(place: _AtDisc) -> float | str:
    """Mean disc height over the height of the body above, midsagittal.

    As the relative height index of Al-Hadidi et al. (lumbar MRI of 153 people), with the mean
    over the middle three quarters of the disc for its midpoint. The body above alone: the
    sacrum has one label, so S1 has no lower edge.
    """
    body = body_edges.body_height_mm(place.plane, place.body_above)
    if body is None:
        return "the body above is not seen whole"
    cut = len(place.shape.u) // 8
    height = place.shape.height[cut : len(place.shape.u) - cut].mean()
    return float(height * np.cos(np.arctan(place.shape.slope)) / body)


def _slip(place: _AtDisc) -> float | str:
    """How many mm the body above lies before the one below, along the endplate of that one.

    Rear lower corner of the one against rear upper corner of the other (Wiltse and Winter 1983,
    J Bone Joint Surg Am 65:768); a corner is where the lines of rear wall and endplate meet.
    """
    found = body_edges.slip_mm(place.plane, place.shape)
    return "the rear walls of the two bodies are not seen well enough" if found is None else found


def _t2_ratio(place: _AtDisc) -> float | str:
    """Median T2 signal of the nucleus over that of the fluid beside it.

    Cerebrospinal fluid as reference as in Luoma et al. 2001 (Spine 26:680); the fluid is what is
    bright in the sac within 20 mm up and down, so that the fall-off of the coil has little say.
    """
    if place.t2 is None:
        return "there is no sagittal T2 series"
    frame, shape = place.frame, place.shape
    aside = np.array(_BESIDE_MM)[:, None, None, None] * frame.left
    along = np.linspace(-0.25, 0.25, 13) * shape.depth_mm
    high = np.linspace(-0.22, 0.22, 5) * float(np.median(shape.height))
    nucleus = (
        frame.center_lps
        + aside
        + along[None, None, :, None] * frame.dorsal
        + high[None, :, None, None] * frame.caudal
    )
    fluid = _surely_fluid(place)
    if len(fluid) < _LEAST_FLUID:
        return "too little of the dural sac is seen here to compare with its fluid"
    lateral = (fluid[None] + np.array(_BESIDE_MM)[:, None, None] * frame.left).reshape(-1, 3)
    reference = np.percentile(grid.sample(place.t2, lateral), _FLUID_PERCENTILE)
    if reference <= 0:
        return "the dural sac has no signal"
    return float(np.median(grid.sample(place.t2, nucleus)) / reference)


def _surely_fluid(place: _AtDisc) -> NDArray[np.float64]:
    """Points (n, 3) in the midline of the sac, LPS mm, well inside it."""
    plane = place.plane
    inside = ndimage.binary_erosion(plane.canal >= 0.8, np.ones((3, 3)))
    rows, columns = np.nonzero(inside & (np.abs(plane.v) <= _FLUID_REACH_MM)[:, None])
    u, v = plane.u[columns], plane.v[rows]
    upright = place.upright
    return np.asarray(
        upright.center_lps + u[:, None] * upright.dorsal + v[:, None] * upright.caudal
    )


_MEASURED: Final[dict[str, Callable[[_AtDisc], float | str]]] = {
    "dural_sac_area": _area,
    "dural_sac_ap": _ap,
    "disc_height_ratio": _height_ratio,
    "disc_t2_ratio": _t2_ratio,
    "slip": _slip,
}
