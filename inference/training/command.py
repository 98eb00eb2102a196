"""From the options of the commands to a run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from inference.contract import Pipeline
from inference.training import checking, phantom_data
from inference.training.bundle import write_json
from inference.training.checkpoint import CheckpointError, write_whole
from inference.training.evaluation import figures, results_of
from inference.training.exams import LeakageError, Part
from inference.training.loop import DeviceError, DivergedError, Say, device_named
from inference.training.phantom_data import Population
from inference.training.provenance import software
from inference.training.recipe import (
    RECIPES,
    RecipeError,
    Values,
    population_of,
    recipe_of,
    values_of,
)
from inference.training.rich_masks import with_rich_masks
from inference.training.run import RunConflictError, Settings, Work, train
from inference.training.sources import DataError, DataSource, open_adapter
from inference.training.split import final_split
from inference.training.tables import table

RUN_ERRORS: Final = (
    CheckpointError,
    DataError,
    DeviceError,
    DivergedError,
    LeakageError,
    RecipeError,
    RunConflictError,
)
"""What a person can mend; the message says how."""


def run_from(options: Mapping[str, Any], *, version: str, say: Say) -> dict[str, Any]:
    """Train as the options say; `results.json`."""
    recipe = recipe_of(options["pipeline"])
    values = values_of(recipe, options["preset"], options["set"])
    device_named(options["device"])
    source = source_of(
        options["data"],
        options["labels"],
        values,
        options["seed"],
        population=population_of(recipe.name),
        fine=_fine("test", is_coarse=options["coarse_test"]),
    )
    if options["data"] == "phantom" and not options["folds"]:
        source = with_rich_masks(source, int(values.get("mask_exams", 0)), options["seed"])
    say(f"{source.name}: {len(source.cases)} exams, labels from {source.label_source}")
    settings = Settings(
        pipeline=recipe.name,
        data=options["data"],
        labels=source.label_source,
        preset=options["preset"],
        values=values,
        seed=options["seed"],
        folds=options["folds"],
        init=str(options["init"] or ""),
        device=device_named(options["device"]).type,
        version=version,
    )
    work = Work(
        Path(options["out"]), max(options["processes"], 1), options["checkpoint_every"], say
    )
    return train(settings, recipe, source, work)


def source_of(
    data: str,
    labels: str | None,
    values: Values,
    seed: int,
    *,
    fine: Collection[Part],
    population: Population = "usual",
) -> DataSource:
    """The phantom with as many exams as the values say, or an adapter's folder."""
    if data == "phantom":
        counts = {
            "train": int(values["exams"]),
            "validation": int(values["validation_exams"]),
            "test": int(values["test_exams"]),
        }
        if max(counts.values()) > 10_000:
            raise DataError("A part can hold 10,000 phantoms at most.")
        return phantom_data.phantom_source(
            counts,  # type: ignore[arg-type]
            seed,
            fine=fine,
            labels=labels,
            population=population,
        )
    source = open_adapter(data, labels)
    if not source.cases:
        raise DataError(f"{data} holds no exam that has images and labels.")
    return source


def _source_to_judge(
    options: Mapping[str, Any], values: Values, pipeline: Pipeline, part: Part
) -> DataSource:
    """The data that a pipeline is judged or checked on; phantoms of the part are fine ones."""
    return source_of(
        options["data"],
        options["labels"],
        values,
        options["seed"],
        population=population_of(pipeline.name),
        fine=_fine(part, is_coarse=options["coarse"]),
    )


def evaluation_from(
    options: Mapping[str, Any],
    *,
    pipeline: Pipeline,
    items: Mapping[str, Sequence[int]],
    say: Say,
) -> dict[str, Any]:
    """Judge a pipeline as the options say; its figures, also kept below `out` where given.

    items: code -> scores, as the pipeline's metadata say.
    """
    values = {"exams": 1, "validation_exams": 1, "test_exams": options["exams"]}
    source = _source_to_judge(options, values, pipeline, "test")
    cases = source.cases
    if options["part"] == "test":
        cases = final_split(source.cases, options["seed"]).test
    say(
        f"{pipeline.name}@{pipeline.version}, weights {pipeline.weights_sha256[:12]}: "
        f"{len(cases)} exams of {source.name}, labels from {source.label_source}"
    )
    results = []
    for result in results_of(pipeline, (case.load() for case in cases)):
        results.append(result)
        if len(results) % 10 == 0:
            say(f"{len(results)} of {len(cases)} exams")
    told = {
        "pipeline": f"{pipeline.name}@{pipeline.version}",
        "weights_sha256": pipeline.weights_sha256,
        "data": source.name,
        "data_sha256": source.digest,
        "data_sha256_covers": source.digest_covers,
        "label_source": source.label_source,
        "seed": options["seed"],
        "exams": [case.exam_key for case in cases],
        "metrics": figures(results, items, options["seed"]),
        **software(),
    }
    text = _table_of(pipeline.name)(told["metrics"])
    if options["out"]:
        out = Path(options["out"])
        write_json(out / "results.json", told)
        write_whole(out / "results.txt", lambda draft: draft.write_text(text + "\n", "utf-8"))
    say(text)
    return told


def checking_from(
    options: Mapping[str, Any],
    *,
    pipeline: Pipeline,
    items: Mapping[str, Sequence[int]],
    folder: Path,
    say: Say,
) -> Path:
    """Check a pipeline on cases set aside, as the options say; where the rows were kept."""
    values = {"exams": 1, "validation_exams": options["exams"], "test_exams": 1}
    source = _source_to_judge(options, values, pipeline, "validation")
    cases = source.cases
    if options["part"] == "validation":
        cases = final_split(source.cases, options["seed"]).validation
    say(f"{pipeline.name}@{pipeline.version}: {len(cases)} exams of {source.name}")
    checked = checking.check(
        pipeline, items, source, cases, processes=options["processes"], say=say
    )
    for code, rows in checked.items.items():
        counts = ", ".join(f"{score}: {rows.true.count(score)}" for score in rows.scores)
        say(f"{code}: {len(rows.true)} cells ({counts})")
    return checking.keep(checked, folder)


def _fine(part: Part, *, is_coarse: bool) -> tuple[Part, ...]:
    return () if is_coarse else (part,)


def _table_of(name: str) -> Callable[[Mapping[str, Any]], str]:
    """The recipe's table, for a pipeline that has a recipe."""
    return recipe_of(name).table if name in RECIPES else table
