"""Sets of grades that hold the right one as often as promised, for what a model proposes.

They rest on cases that the model didn't learn from (`inference.checked_cases`) and are computed by
the statistics engine: class-conditional, so that the promise holds for severe grades too (Lu 2022;
Vovk 2012).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from annotations.agreement.conformal import OrdinalConformal, ordinal_conformal
from annotations.vocabulary import PREDICTION_SET_COVERAGE
from inference import registry
from inference.checked_cases import CheckedItem

LEAST_OF_A_GRADE: Final = 50
"""With fewer checked cells of some grade no set is stated."""


@dataclass(frozen=True)
class PredictionSet:
    """scores: neighbouring, in order; none where `why_not` says why no set is stated."""

    scores: tuple[int, ...]
    why_not: str = ""


@dataclass(frozen=True)
class ItemSets:
    """The sets of one item; `conformal` is None where `why_not` says why."""

    scores: tuple[int, ...]
    conformal: OrdinalConformal | None
    why_not: str = ""

    def of(self, probabilities: Mapping[int, float]) -> PredictionSet:
        """The set of one proposal. probabilities: score -> share."""
        if self.conformal is None:
            return PredictionSet((), self.why_not)
        row = [probabilities.get(score, 0.0) for score in self.scores]
        if not sum(row) > 0:
            return PredictionSet((), "the proposal is on another scale")
        (held,) = self.conformal.sets([_whole(row)])
        return PredictionSet(tuple(s for s, is_in in zip(self.scores, held, strict=True) if is_in))


def sets_of_item(pipeline: str, item_code: str, scores: Sequence[int]) -> ItemSets:
    """The sets of a pipeline ("name@version") for an item with these scores."""
    try:
        path = registry.folder_of(pipeline)
        stamp = max(file.stat().st_mtime_ns for file in path.glob("*.json"))
        found = _item_sets(pipeline, stamp).get(item_code)
    except registry.UnknownPipelineError:  # gone, or its predictions were imported
        found = None
    except (ValueError, KeyError, TypeError, OSError):  # a broken file must not stop a reading
        return ItemSets(tuple(scores), None, "what the model was checked on can't be read")
    if found is None:
        return ItemSets(tuple(scores), None, "the model was not checked on cases of its own")
    if found.scores != tuple(scores):
        return ItemSets(tuple(scores), None, "the model grades on another scale")
    return found


@lru_cache(maxsize=16)
def _item_sets(pipeline: str, _stamp: int) -> Mapping[str, ItemSets]:
    checked = registry.checked_cases(pipeline)
    if checked is None:
        return {}
    return {code: _calibrated(item) for code, item in checked.items.items()}


def _calibrated(item: CheckedItem) -> ItemSets:
    counts = {score: item.true.count(score) for score in item.scores}
    rarest = min(counts, key=lambda score: counts[score])
    if counts[rarest] < LEAST_OF_A_GRADE:
        why_not = (
            f"it was checked on {counts[rarest]} cells of grade {rarest}, and a set needs "
            f"{LEAST_OF_A_GRADE} of each grade"
        )
        return ItemSets(item.scores, None, why_not)
    found = ordinal_conformal(
        [_whole(row) for row in item.probabilities],
        [item.scores.index(score) for score in item.true],
        alpha=1 - PREDICTION_SET_COVERAGE,
        class_conditional=True,
    )
    return ItemSets(item.scores, found)


def _whole(row: Sequence[float]) -> list[float]:
    """Shares that sum to 1: kept and shown ones are rounded."""
    total = sum(row)
    return [share / total for share in row]
