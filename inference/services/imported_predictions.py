"""Bring the out-of-fold predictions of a training run in, as predictions of a version of their own.

A reader study may then show AI on the very cases that the model was trained on: each was predicted
by weights that never saw its patient. Levels, grades and notes come in; masks, outlines and boxes
are not kept by a run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from inference.models import Job, LocatedLevel, PipelineVersion, PredictedGrade, Prediction
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError
from spinestudy.imaging.models import ImagingStudy

FOLDER: Final = "out-of-fold"


class RunFolderError(InvalidInputError):
    """The folder isn't a finished run with folds, or its files were changed."""

    code = "run_folder"


@dataclass(frozen=True)
class Imported:
    """What came of it. unknown: exams of the run that this site doesn't have."""

    version: PipelineVersion
    stored: int
    unknown: tuple[str, ...]


def import_predictions(*, run: Path, actor: Any) -> Imported:
    """Store them as NAME@VERSION-oof-HASH; all or nothing. The same run again stores nothing twice.

    An exam is found by its Study Instance UID, else by a patient ID that has one exam only.
    """
    manifest, told = _checked(run)
    name = f"{manifest['pipeline']}-oof-{_digest(run / FOLDER / 'manifest.json')[:8]}"
    with transaction.atomic():
        version, is_new = PipelineVersion.objects.get_or_create(
            pipeline=name,
            defaults={
                "origin": PipelineVersion.Origin.IMPORTED,
                "metadata": json.loads((run / "metadata.json").read_text()),
                "card": (run / "CARD.md").read_text("utf-8"),
                "changed_by": actor if getattr(actor, "pk", None) else None,
            },
        )
        if not is_new:
            raise ConflictError(f"The predictions of this run are here already, as {name}.")
        unknown, stored = [], 0
        for data in told:
            exam = _exam_of(data)
            if exam is None:
                unknown.append(str(data["exam"]))
                continue
            _store(exam, name, data, run)
            stored += 1
        if not stored:
            raise RunFolderError(
                f"None of the {len(told)} exams of this run is on this site (the first is "
                f"{told[0]['exam']}). Import their files first."
            )
        record(
            actor=actor,
            action="predictions.imported",
            subject=version,
            pipeline=name,
            stored=stored,
            unknown=len(unknown),
        )
    return Imported(version, stored, tuple(unknown))


def _checked(run: Path) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """The manifest, and every file that it lists; RunFolderError where a hash differs."""
    try:
        manifest = json.loads((run / FOLDER / "manifest.json").read_text())
        files = [
            (one, (run / FOLDER / one["file"]).read_bytes()) for one in manifest["predictions"]
        ]
    except (OSError, ValueError, KeyError) as error:
        raise RunFolderError(
            f"{run} is not a finished run with folds: {FOLDER}/manifest.json or a file that it "
            "lists can't be read. Train with --folds."
        ) from error
    for one, content in files:
        if hashlib.sha256(content).hexdigest() != one["sha256"]:
            raise RunFolderError(f"{one['file']} was changed after the run. Nothing was stored.")
    return manifest, [json.loads(content) for _, content in files]


def _exam_of(data: Mapping[str, Any]) -> ImagingStudy | None:
    exact = ImagingStudy.objects.filter(study_instance_uid=data["exam"]).first()
    if exact is not None:
        return exact
    own = list(ImagingStudy.objects.filter(patient__patient_id=data["patient"])[:2])
    return own[0] if len(own) == 1 else None


def _store(exam: ImagingStudy, pipeline: str, data: Mapping[str, Any], run: Path) -> None:
    now = timezone.now()
    job = Job.objects.create(
        imaging_study=exam,
        pipeline=pipeline,
        state=Job.State.SUCCEEDED,
        progress=1,
        step="brought in",
        finished_at=now,
    )
    prediction = Prediction.objects.create(
        job=job,
        imaging_study=exam,
        pipeline=pipeline,
        weights_sha256=data["weights_sha256"],
        notes=[*data["notes"], f"Out of fold: fold {data['fold']} of a training run."],
        device="training run",
        provenance={"fold": data["fold"], "run": run.name},
    )
    LocatedLevel.objects.bulk_create(
        LocatedLevel(
            prediction=prediction,
            level=one["level"],
            kind=one["kind"],
            center_lps=one["center_lps"],
            confidence=one["confidence"],
        )
        for one in data["levels"]
    )
    PredictedGrade.objects.bulk_create(
        PredictedGrade(
            prediction=prediction,
            item_code=one["item"],
            disc_level=one["disc_level"],
            side=one["side"],
            score=one["score"],
            probabilities=one["probabilities"],
        )
        for one in data["grades"]
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
