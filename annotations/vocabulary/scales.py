"""Scales: what may be answered, in which order, with which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from annotations.vocabulary.codes import Code


@dataclass(frozen=True)
class Category:
    """One answer: its score as published, its words, and its code where there is one.

    Scales published with letters or without scores are counted from 0, the healthy end.
    """

    score: int
    label: str
    definition: str
    code: Code | None = None


@dataclass(frozen=True)
class Scale:
    """Categories in order. K, the number of categories, always comes from here."""

    code: str
    scale_type: Literal["ordinal", "nominal"]
    weights: Literal["quadratic", "linear", "nominal"]
    categories: tuple[Category, ...]
    source: str

    @property
    def scores(self) -> tuple[int, ...]:
        """The scores in order."""
        return tuple(c.score for c in self.categories)

    def index(self, score: int) -> int:
        """Position of a score on the scale, 0..K-1; ValueError if it isn't on it."""
        return self.scores.index(score)
