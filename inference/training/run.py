"""One training from data to card, the same for every pipeline; what was done is not done twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from inference.training import checking, out_of_fold
from inference.training.bundle import take_weights, write_bundle, write_description, write_json
from inference.training.checkpoint import Checkpoint, write_whole
from inference.training.evaluation import ExamResult, figures, results_of
from inference.training.exams import TrainingExam
from inference.training.loop import Say, device_named, device_words, fit, has_bf16
from inference.training.provenance import provenance, software
from inference.training.recipe import Recipe
from inference.training.sources import Case, DataSource, made_of
from inference.training.split import Split, final_split, fold_splits, folds_as_told

RUN_FILE: Final = "run.json"
RESULTS_FILE: Final = "results.json"


class RunConflictError(ValueError):
    """The folder holds another run."""


@dataclass(frozen=True)
class Settings:
    """All that decides a run. The same settings on the same machine give the same weights."""

    pipeline: str
    data: str
    labels: str
    preset: str
    values: dict[str, float]
    seed: int
    folds: int
    init: str
    device: str
    version: str


@dataclass(frozen=True)
class Work:
    """How a run is carried out; none of it changes the weights."""

    out: Path
    processes: int
    checkpoint_every_s: float
    say: Say


def train(settings: Settings, recipe: Recipe, source: DataSource, work: Work) -> dict[str, Any]:
    """Train, calibrate, evaluate, write the bundle; with folds also all out-of-fold predictions.

    Goes on where an earlier call with the same settings was stopped. Returns `results.json`.
    """
    start = time.perf_counter()
    done = _opened(settings, source, work)
    if done is not None:
        work.say(f"this run is finished; its results stand in {work.out / RESULTS_FILE}")
        return done
    split = final_split(source.cases, settings.seed)
    folded = fold_splits(source.cases, settings.seed, settings.folds) if settings.folds else []
    for part, cases in split.named().items():
        work.say(f"{part}: {len(cases)} exams, {cases[0].exam_key} to {cases[-1].exam_key}")
    samples = _Samples(recipe, work)
    oof: list[ExamResult] = []
    for fold, own in enumerate(folded, 1):
        oof += _fold(fold, own, settings, recipe, source, work, samples)
    if folded:
        told = folds_as_told(source.cases, settings.seed, settings.folds)
        write_json(work.out / "folds.json", told)
        head = {
            "pipeline": f"{settings.pipeline}@{settings.version}",
            **_run_data(settings, source),
        }
        out_of_fold.write_manifest(work.out, head)
    metadata = _trained(work.out, "", split, settings, recipe, source, work, samples)
    if folded:
        scores = metadata["outputs"]["grades"]
        metadata["out_of_fold_metrics"] = figures(oof, scores, settings.seed)
    pipeline = recipe.pipeline(work.out)
    checked = checking.check(
        pipeline,
        metadata["outputs"]["grades"],
        source,
        split.validation,
        processes=work.processes,
        say=work.say,
    )
    checking.keep(checked, work.out)
    exams = (case.load() for case in split.test)
    results = list(results_of(pipeline, exams))
    metadata["eval_metrics"] = figures(results, metadata["outputs"]["grades"], settings.seed)
    metadata["training"]["minutes"] = round((time.perf_counter() - start) / 60, 1)
    return _finished(metadata, recipe, work)


def _opened(settings: Settings, source: DataSource, work: Work) -> dict[str, Any] | None:
    """Claim the folder for these settings; the results where the run is finished already.

    Half-written files of a process that was killed are removed.
    """
    path = work.out / RUN_FILE
    wanted: dict[str, Any] = {"settings": asdict(settings), "data_sha256": source.digest}
    if not path.exists():
        write_json(path, wanted)
        return None
    found = json.loads(path.read_text())
    if found != wanted:
        before, now = found.get("settings", {}), wanted["settings"]
        differing = sorted(k for k in {*before, *now} if before.get(k) != now.get(k)) or ["data"]
        raise RunConflictError(
            f"{work.out} holds a run with other settings ({', '.join(differing)} differ). Choose "
            "another --out, or delete that folder."
        )
    for draft in work.out.rglob(".*.draft"):
        draft.unlink(missing_ok=True)
    results = work.out / RESULTS_FILE
    return json.loads(results.read_text()) if results.exists() else None


def _fold(
    fold: int,
    split: Split,
    settings: Settings,
    recipe: Recipe,
    source: DataSource,
    work: Work,
    samples: _Samples,
) -> list[ExamResult]:
    """Predict the patients of one fold by a model that learnt from the others."""
    kept = out_of_fold.kept_results(work.out, [case.exam_key for case in split.test])
    if kept is not None:
        work.say(f"fold {fold}: predictions of {len(kept)} exams are there")
        return kept
    folder = work.out / "folds" / f"fold-{fold}"
    work.say(f"fold {fold} of {settings.folds}: {len(split.train)} exams to learn from")
    _trained(folder, f"fold-{fold}", split, settings, recipe, source, work, samples)
    pipeline = recipe.pipeline(folder)
    keep = partial(
        out_of_fold.keep_prediction,
        work.out,
        fold=fold,
        weights_sha256=pipeline.weights_sha256,
    )
    return list(results_of(pipeline, (case.load() for case in split.test), keep))


def _trained(
    folder: Path,
    name: str,
    split: Split,
    settings: Settings,
    recipe: Recipe,
    source: DataSource,
    work: Work,
    samples: _Samples,
) -> dict[str, Any]:
    """Fit every stage, calibrate, and write the bundle; its metadata."""
    device = device_named(settings.device)
    torch.manual_seed(settings.seed)
    networks = recipe.build(settings.values)
    taken = take_weights(networks, Path(settings.init), work.say) if settings.init else None
    networks.to(device)
    learnt_from = samples.of(split.train)
    torch.set_num_threads(max(work.processes, 1))
    checkpoints = work.out / "checkpoints" / (name or "final")
    for stage in recipe.stages(networks, learnt_from, settings.values, settings.seed, work.say):
        fit(
            stage.network,
            stage.batch_of,
            stage.loss_of,
            steps=stage.steps,
            learning_rate=stage.learning_rate,
            name=f"{name} {stage.name}".strip(),
            say=work.say,
            checkpoint=Checkpoint(checkpoints / f"{stage.name}.pt", work.checkpoint_every_s),
        )
    networks.to("cpu")
    chosen = recipe.calibrate(networks, samples.of(split.validation))
    work.say(f"calibration: { ({k: round(v, 2) for k, v in chosen.items()}) }")
    metadata = {
        **recipe.describe(),
        **software(),
        "version": settings.version,
        "date": datetime.now(UTC).date().isoformat(),
        "data_source": source.description,
        "training": {
            **_run_data(settings, source, split),
            "calibration": {k: round(v, 3) for k, v in chosen.items()},
            "parameters": _parameters(networks),
            "device": device_words(device),
            "precision": _precision(networks, device),
            **({"init": taken} if taken else {}),
        },
        "eval_metrics": {},
        "provenance": provenance(
            recipe, data_sha256=source.digest, data_covers=source.digest_covers
        ),
    }
    write_bundle(networks, metadata, folder)
    return metadata


def _run_data(settings: Settings, source: DataSource, split: Split | None = None) -> dict[str, Any]:
    """What is told of a run; folders of this machine are left out."""
    parts = split.named() if split else {}
    told = {k: v for k, v in asdict(settings).items() if k not in ("init", "data")}
    return {
        "settings": {"data": settings.data.partition(":")[0], **told},
        "data": {
            "name": source.name,
            "licence": source.licence,
            "label_source": source.label_source,
            "is_synthetic": source.is_synthetic,
            "exams": {part: len(cases) for part, cases in parts.items()},
            "patients": {
                part: len({case.patient_key for case in cases}) for part, cases in parts.items()
            },
        },
    }


def _finished(metadata: dict[str, Any], recipe: Recipe, work: Work) -> dict[str, Any]:
    """Write card and results; the weights are on disk and stay as they are."""
    sha256 = write_description(metadata, work.out)
    told = {
        "pipeline": f"{metadata['name']}@{metadata['version']}",
        "weights_sha256": sha256,
        "eval_metrics": metadata["eval_metrics"],
        "out_of_fold_metrics": metadata.get("out_of_fold_metrics"),
    }
    text = recipe.table(metadata["eval_metrics"])
    if told["out_of_fold_metrics"]:
        text += f"\n\nOut of fold\n\n{recipe.table(told['out_of_fold_metrics'])}"
    write_whole(work.out / "results.txt", lambda draft: draft.write_text(text + "\n", "utf-8"))
    write_json(work.out / RESULTS_FILE, told)
    work.say(text)
    return told


def _parameters(networks: nn.Module) -> int:
    return sum(p.numel() for p in networks.parameters())


def _precision(networks: nn.Module, device: torch.device) -> str:
    """As it stands in the card. Networks may say that a CPU computes them in another way."""
    own = getattr(networks, "precision_on_cpu", "") if device.type == "cpu" else ""
    return own or ("bfloat16 autocast" if has_bf16(device) else "float32")


class _Samples:
    """What is learnt from each exam, made once a run and held in memory."""

    def __init__(self, recipe: Recipe, work: Work) -> None:
        self.recipe, self.work = recipe, work
        self.made: dict[str, Any] = {}

    def of(self, cases: Sequence[Case]) -> list[Any]:
        """The samples of these cases, in their order."""
        new = [case for case in cases if case.exam_key not in self.made]
        make: Callable[[Case], Any] = partial(sample_of, type(self.recipe))
        for number, (case, sample) in enumerate(
            zip(new, made_of(make, new, self.work.processes), strict=True), 1
        ):
            self.made[case.exam_key] = sample
            if number % 50 == 0 or number == len(new):
                self.work.say(f"{number} of {len(new)} exams prepared")
        return [self.made[case.exam_key] for case in cases]


def sample_of(kind: Callable[[], Recipe], case: Case) -> Any:
    """The samples of one case; a function of the module, so that another process can run it."""
    torch.set_num_threads(1)
    exam: TrainingExam = case.load()
    return kind().samples(exam)
