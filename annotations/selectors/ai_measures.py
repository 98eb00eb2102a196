"""Numbers behind AI's grades, and what makes them less sure, as the reading room shows them.

Called with a prediction that came through `ai_assistance`, the one door.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from inference.contract import MEASURES, MeasureKind
from inference.models import PredictedMeasure, Prediction


def kind_of(measure: PredictedMeasure) -> MeasureKind:
    """What a measure is; one of a pipeline's own is called by its code."""
    words = measure.code.replace("_", " ")
    return MEASURES.get(measure.code) or MeasureKind(words, words, measure.unit, 2, words)


_SAC: Final = (
    "central_canal_stenosis",
    "central_canal_schizas",
    "central_canal_thirds",
    "central_canal_rsna",
)
BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    "dural_sac_area": _SAC,
    "dural_sac_ap": _SAC,
    "disc_height_ratio": ("pfirrmann", "disc_morphology"),
    "disc_t2_ratio": ("pfirrmann", "high_intensity_zone"),
    "slip": ("spondylolisthesis",),
}
"""Measure -> items whose grade it helps to judge. One that isn't here stands behind every item."""


def measure_views(prediction: Prediction) -> list[dict[str, Any]]:
    """Every measure, in the order in which the pipeline gave them."""
    return [
        {
            "code": one.code,
            "name": kind.name,
            "short_name": kind.short_name,
            "definition": kind.definition,
            "items": list(BEHIND.get(one.code, ())),
            "disc_level": one.disc_level,
            "side": one.side,
            "value": one.value,
            "unit": one.unit,
            "digits": kind.digits,
            "reason": one.reason,
        }
        for one in prediction.measures.all()
        for kind in (kind_of(one),)
    ]
