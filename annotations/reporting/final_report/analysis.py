"""What all sections share: ratings, arms to compare, groups of readers, the endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np

from annotations.agreement import Estimate, mean_pair_kappa
from annotations.agreement.estimate import not_estimable
from annotations.reporting.final_report.data import ReportData
from annotations.reporting.final_report.ratings import (
    MISSING,
    BoolArray,
    IntArray,
    ItemRatings,
    item_ratings,
)

Pair = tuple[int, int]


@dataclass(frozen=True)
class EndpointFacts:
    """The primary endpoint as the protocol in force has it."""

    item: str
    coefficient: str
    weights: str
    reader_pairs: str


class Analysis:
    """Computed on demand and once. Arms and readers are places in the tuples of the data."""

    def __init__(self, data: ReportData) -> None:
        self.data = data
        self.arms = tuple(arm.label for arm in data.arms)
        self.readers = tuple(reader.code for reader in data.readers)

    @cached_property
    def ratings(self) -> dict[str, ItemRatings]:
        """By code of the item, in order."""
        return item_ratings(self.data)

    @cached_property
    def endpoint(self) -> EndpointFacts | None:
        """None where the protocol names none, or an item that isn't there."""
        named = self.data.protocol.get("endpoint")
        if not named or named["item"] not in self.ratings:
            return None
        return EndpointFacts(
            named["item"], named["coefficient"], named["weights"], named["reader_pairs"]
        )

    @cached_property
    def focus(self) -> ItemRatings:
        """The endpoint's item; the first one where no endpoint is named."""
        if self.endpoint is not None:
            return self.ratings[self.endpoint.item]
        return next(iter(self.ratings.values()))

    @cached_property
    def focus_weights(self) -> str:
        """The endpoint's weights, or those of the scale."""
        return self.endpoint.weights if self.endpoint else self.focus.item.weights

    @cached_property
    def comparisons(self) -> tuple[Pair, ...]:
        """(arm, minus arm): arms with AI minus the unaided one, or later ones minus the first.

        Empty with one arm.
        """
        aided = [place for place, arm in enumerate(self.data.arms) if arm.shows_ai]
        unaided = [place for place, arm in enumerate(self.data.arms) if not arm.shows_ai]
        if len(unaided) == 1 and aided:
            return tuple((arm, unaided[0]) for arm in aided)
        return tuple((arm, 0) for arm in range(1, len(self.arms)))

    def difference_words(self, comparison: Pair) -> str:
        """As "AI-aided minus Unaided"."""
        return f"{self.arms[comparison[0]]} minus {self.arms[comparison[1]]}"

    def group(self, seniority: str) -> tuple[int, ...]:
        """Readers of that seniority."""
        return tuple(
            place for place, reader in enumerate(self.data.readers) if reader.seniority == seniority
        )

    def wanted_pairs(self, name: str) -> tuple[Pair, ...]:
        """Pairs of readers by the protocol's word: all, senior, junior, mixed."""
        if name == "mixed":
            return tuple(product(self.group("senior"), self.group("junior")))
        members = range(len(self.readers)) if name == "all" else self.group(name)
        return tuple(combinations(members, 2))

    def pairs_of(self, rated: ItemRatings, name: str) -> tuple[Pair, ...]:
        """Those of the wanted pairs that have a cell in common in every arm."""
        return tuple(
            (one, two)
            for one, two in self.wanted_pairs(name)
            if all(
                bool(((codes[one] != MISSING) & (codes[two] != MISSING)).any())
                for codes in rated.codes
            )
        )

    def pair_mean(
        self,
        rated: ItemRatings,
        arm: int,
        pairs: Sequence[Pair],
        *,
        weights: str | None = None,
        keep: BoolArray | None = None,
    ) -> Estimate:
        """Mean kappa of these pairs in one arm; readers fixed, clustered by patient."""
        codes: IntArray = rated.codes[arm]
        patients = rated.patients
        if keep is not None:
            codes, patients = codes[:, keep], patients[keep]
        if not pairs:
            return not_estimable("mean pairwise kappa", "no pair of readers with a cell in common")
        return mean_pair_kappa(
            codes.T,
            pairs,
            n_categories=rated.k,
            weights=weights or rated.item.weights,
            cluster=patients,
        )

    def pipelines(self) -> tuple[str, ...]:
        """Those of the arms first, then others that have predictions."""
        own = [arm.pipeline for arm in self.data.arms if arm.pipeline]
        return tuple(dict.fromkeys([*own, *sorted(self.data.predictions)]))

    def pipeline_of(self, arm: int) -> str:
        """The AI that an arm shows, "" without."""
        return self.data.arms[arm].pipeline


def tiled(row: IntArray, times: int) -> IntArray:
    """(n,) repeated for every reader, one after the other."""
    return np.tile(row, times)
