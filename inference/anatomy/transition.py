"""Whether the lowest disc looks like one that lies below a vertebra joined to the sacrum.

That disc is rudimentary and spared by wear (Aihara et al. 2005, J Bone Joint Surg Br 87:687; Konin
and Walz 2010, AJNR 31:1778): low, so that the endplates beside it run more alike, without a bulge,
and as bright as ever. A worn disc is low too, but dark and bulging. No sign parts the two alone, so
four are added up. Levels are counted from the sacrum, whatever is found here: ribs, by which one
counts from above, aren't in the images.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.anatomy.crops import disc_frames
from inference.anatomy.disc_planes import DiscShape, disc_shape, midplanes
from inference.contract import FlagOutput, LevelLocation, MeasureOutput, StackInput

LOWEST, NEXT = "L5/S1", "L4/L5"
CODE: Final = "transitional"
WORDS: Final = (
    "The lowest disc is low but hardly worn, as where the last vertebra is joined to the sacrum: "
    "names of levels, counted from there, may all be one off. Check the count."
)
CONFIDENCE: Final = 0.6
"""Levels are so much less sure by their names when the flag stands: a sign, no probability."""
_WEIGHTS: Final = (-10.9, -3.5, -20.4, 1.5)
_CONSTANT: Final = 41.8
"""Logistic regression (ridge 1) on 71 ordinary and 72 sacralised rich phantoms, coarse pixels; the
constant so that 4 % of the ordinary ones were flagged when left out of the fit. See the card."""


MIN_T2_RATIO: Final = 0.2
"""A darker disc is worn whatever its shape, and low for that."""


@dataclass(frozen=True)
class JunctionSigns:
    """ventral_mm: height of L5/S1 in its ventral third; ventral_ratio: over that of L4/L5.

    depth_ratio: from front to back, over that of L4/L5. t2_ratio: its measure disc_t2_ratio.
    """

    ventral_mm: float
    ventral_ratio: float
    depth_ratio: float
    t2_ratio: float

    @property
    def is_transitional(self) -> bool:
        """Whether the disc is bright enough to be spared, and its shape that of a rudiment."""
        return self.t2_ratio >= MIN_T2_RATIO and self.score > 0

    @property
    def score(self) -> float:
        """What the signs add up to, in units of log odds."""
        signs = (
            log(self.ventral_mm),
            log(self.ventral_ratio),
            self.depth_ratio,
            log(max(self.t2_ratio, 0.05)),
        )
        return _CONSTANT + sum(w * sign for w, sign in zip(_WEIGHTS, signs, strict=True))


def junction_signs(
    probabilities: NDArray[np.float32],
    stack: StackInput,
    levels: tuple[LevelLocation, ...],
    measures: Sequence[MeasureOutput],
) -> JunctionSigns | None:
    """Signs at the lowest disc; None where a disc isn't labelled or there is no T2 signal.

    probabilities: (slices, 5, rows, columns) of the classes on the grid of `stack`.
    """
    t2 = next(
        (m.value for m in measures if (m.code, m.disc_level) == ("disc_t2_ratio", LOWEST)), None
    )
    frames = disc_frames(levels)
    if t2 is None or not {LOWEST, NEXT} <= frames.keys():
        return None
    planes = midplanes(probabilities, stack, [frames[LOWEST], frames[NEXT]])
    lowest, above = (disc_shape(plane) for plane in planes)
    if lowest is None or above is None:
        return None
    ventral = _ventral_mm(lowest)
    return JunctionSigns(
        ventral, ventral / _ventral_mm(above), lowest.depth_mm / above.depth_mm, t2
    )


def _ventral_mm(shape: DiscShape) -> float:
    """Mean height of the ventral third but for its rim."""
    count = len(shape.u)
    return max(float(shape.height[count // 8 : count // 3].mean()), 0.5)


def transitional_flags(signs: JunctionSigns | None) -> tuple[FlagOutput, ...]:
    """The flag, where the signs add up to one."""
    return (FlagOutput(CODE, WORDS),) if signs is not None and signs.is_transitional else ()


def less_sure(
    levels: tuple[LevelLocation, ...], flags: Sequence[FlagOutput]
) -> tuple[LevelLocation, ...]:
    """The levels, less sure of their names where the flag stands."""
    if not any(flag.code == CODE for flag in flags):
        return levels
    return tuple(replace(one, confidence=round(one.confidence * CONFIDENCE, 3)) for one in levels)
