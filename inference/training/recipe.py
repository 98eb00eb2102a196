"""What a pipeline must give so that the one training command can train it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, cast

from torch import Tensor, nn

from inference.contract import Pipeline
from inference.training.exams import TrainingExam
from inference.training.loop import BatchOf, Say
from inference.training.phantom_data import Population
from inference.training.tables import table

Values = Mapping[str, float]
"""Setting -> number, from a preset and what the command line put in its place."""

RECIPES: Final[dict[str, str]] = {
    "deepspine": "inference.training.deepspine.recipe:DeepSpineRecipe",
    "lumbar_grading": "inference.training.lumbar_grading.recipe:LumbarGradingRecipe",
}
"""Pipeline -> "module:class". A further pipeline is a folder and a line here."""
PRESETS: Final = ("demo", "paper", "quick")


class RecipeError(ValueError):
    """The training was asked for something it doesn't know; the message says what there is."""


@dataclass(frozen=True)
class Stage:
    """One network to fit. Its batches follow from the step alone (see loop.BatchOf)."""

    name: str
    network: nn.Module
    batch_of: BatchOf
    loss_of: Callable[[Any, Tensor], Tensor]
    steps: int
    learning_rate: float


class Recipe(Protocol):
    """One pipeline's training. Made without arguments; keeps no state between calls.

    population: of the phantoms that it learns from ("usual" where a recipe doesn't say).
    presets: name -> values; "demo", "paper" and "quick" are there. Values named `exams`,
        `validation_exams` and `test_exams` are the numbers of phantoms, `mask_exams` that of
        phantoms which only a segmenter learns from. Of a stage with 0 `..._steps` nothing changes.
    preprocessing: modules whose source decides what the networks see; their hash is kept.
    """

    name: str
    presets: Mapping[str, Values]
    preprocessing: tuple[str, ...]

    def samples(self, exam: TrainingExam) -> Any:
        """What is learnt from one exam. Runs in a process of its own: give arrays, no tensors."""
        ...

    def build(self, values: Values) -> nn.Module:
        """All networks of the pipeline in one module, weights drawn by torch's random state."""
        ...

    def stages(
        self, networks: nn.Module, samples: Sequence[Any], values: Values, seed: int, say: Say
    ) -> Iterator[Stage]:
        """What to fit, one after the other; asked for the next when the last is done."""
        ...

    def calibrate(self, networks: nn.Module, samples: Sequence[Any]) -> dict[str, float]:
        """Calibrate in place on samples not learnt from; what was chosen, for the record."""
        ...

    def describe(self) -> dict[str, Any]:
        """What no run changes in `metadata.json`: name, version, inputs, outputs, limits."""
        ...

    def pipeline(self, folder: Path) -> Pipeline:
        """The pipeline with the weights in a folder."""
        ...

    def table(self, figures: Mapping[str, Any]) -> str:
        """The figures in the form of the paper that the pipeline follows."""
        ...


class PlainTable:
    """For recipes that need no table of their own."""

    def table(self, figures: Mapping[str, Any]) -> str:
        """Levels, overlap, items overall and by level, confusion matrices."""
        return table(figures)


def recipe_of(pipeline: str) -> Recipe:
    """The recipe of a pipeline by its name; RecipeError for one that has none."""
    if pipeline not in RECIPES:
        raise RecipeError(
            f"There is no recipe for '{pipeline}'. There are recipes for: "
            f"{', '.join(sorted(RECIPES))}."
        )
    module, _, attribute = RECIPES[pipeline].partition(":")
    return cast("Recipe", getattr(importlib.import_module(module), attribute)())


def population_of(pipeline: str) -> Population:
    """Which phantoms the recipe of a pipeline learns from; the usual ones without a recipe."""
    if pipeline not in RECIPES:
        return "usual"
    return cast("Population", getattr(recipe_of(pipeline), "population", "usual"))


def values_of(recipe: Recipe, preset: str, changes: Sequence[str]) -> dict[str, float]:
    """The preset's values with `name=number` changes; RecipeError for what isn't known."""
    if preset not in recipe.presets:
        raise RecipeError(
            f"{recipe.name} has no preset '{preset}'; it has: {', '.join(sorted(recipe.presets))}."
        )
    values = dict(recipe.presets[preset])
    for change in changes:
        name, _, text = change.partition("=")
        if name not in values:
            raise RecipeError(
                f"--set {change}: {recipe.name} has no setting '{name}'. It has: "
                f"{', '.join(sorted(values))}."
            )
        least = 0 if name.endswith(("_steps", "mask_exams")) else 1
        values[name] = _number(change, text, like=values[name], least=least)
        if name.endswith("_patch") and values[name] % 16:
            raise RecipeError(f"--set {change}: give a multiple of 16.")
    return values


def _number(change: str, text: str, *, like: float, least: int) -> float:
    try:
        number = int(text) if isinstance(like, int) else float(text)
    except ValueError as error:
        kind = "a whole number" if isinstance(like, int) else "a number"
        raise RecipeError(f"--set {change}: give {kind}, as in NAME=3.") from error
    if number < 0 or (isinstance(like, int) and number < least) or number > 10**7:
        raise RecipeError(f"--set {change}: give a number of {least} or more, up to ten million.")
    return number
