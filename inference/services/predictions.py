"""Store what a pipeline said."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inference.contract import (
    INSTANCES,
    EvidenceOutput,
    PredictionOutput,
    SegmentationOutput,
)
from inference.models import (
    Job,
    LocatedLevel,
    PredictedDetection,
    PredictedEvidence,
    PredictedGrade,
    PredictedMeasure,
    PredictedOutline,
    PredictedSegmentation,
    Prediction,
)
from inference.services.jobs import TOPIC
from spinestudy.common.errors import ConflictError
from spinestudy.common.notify import notify


class JobTakenOverError(ConflictError):
    """Another worker took this job over; this result is thrown away."""

    code = "job_taken_over"


def _write_labels(path: Path, segmentation: SegmentationOutput) -> None:
    arrays: dict[str, Any] = {"labels": segmentation.labels}
    if segmentation.instances is not None:
        arrays["instances"] = segmentation.instances
        arrays["instance_numbers"] = np.array([*INSTANCES], dtype=np.uint8)
        arrays["instance_names"] = np.array([*INSTANCES.values()])
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    with os.fdopen(handle, "wb") as file:
        np.savez_compressed(file, **arrays)
    Path(draft).rename(path)


def store_prediction(
    *,
    job: Job,
    output: PredictionOutput,
    weights_sha256: str,
    device: str = "",
    stage_seconds: Mapping[str, float] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> Prediction:
    """Write the prediction and finish the job in one transaction; all or nothing.

    stage_seconds: of loading and predicting, in order; those of the output where None.
    """
    times = output.stage_seconds if stage_seconds is None else stage_seconds
    folder = Path("predictions") / str(job.pk) / str(job.attempts)
    paths = {}
    for segmentation in output.segmentations:
        path = folder / f"stack-{segmentation.stack_id}.npz"
        _write_labels(Path(settings.STORAGE_ROOT) / path, segmentation)
        paths[segmentation.stack_id] = str(path)
    with transaction.atomic():
        owned = Job.objects.filter(
            pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts
        ).update(
            state=Job.State.SUCCEEDED,
            progress=1,
            step="done",
            lease_expires_at=None,
            finished_at=timezone.now(),
        )
        if not owned:
            raise JobTakenOverError(f"Job {job.pk} belongs to another worker now.")
        prediction = Prediction.objects.create(
            job=job,
            imaging_study=job.imaging_study,
            pipeline=job.pipeline,
            weights_sha256=weights_sha256,
            notes=list(output.notes),
            flags=[{"code": flag.code, "words": flag.words} for flag in output.flags],
            device=device[:80],
            stage_seconds=[[stage, seconds] for stage, seconds in times.items()],
            provenance=dict(provenance or {}),
        )
        LocatedLevel.objects.bulk_create(
            LocatedLevel(
                prediction=prediction,
                level=found.level,
                kind=found.kind,
                center_lps=[float(x) for x in found.center_lps],
                confidence=found.confidence,
            )
            for found in output.levels
        )
        grades = PredictedGrade.objects.bulk_create(
            PredictedGrade(
                prediction=prediction,
                item_code=grade.item,
                disc_level=grade.disc_level,
                side=grade.side,
                score=grade.score,
                probabilities={str(k): round(float(p), 6) for k, p in grade.probabilities.items()},
            )
            for grade in output.grades
        )
        PredictedSegmentation.objects.bulk_create(
            PredictedSegmentation(prediction=prediction, stack_id=stack_id, path=path)
            for stack_id, path in paths.items()
        )
        PredictedOutline.objects.bulk_create(
            PredictedOutline(
                prediction=prediction,
                stack_id=outline.stack_id,
                stack_position=outline.slice_index,
                structure=outline.structure,
                points_lps=np.round(outline.points_lps, 2).tolist(),
            )
            for outline in output.outlines
        )
        PredictedDetection.objects.bulk_create(
            PredictedDetection(
                prediction=prediction,
                stack_id=found.stack_id,
                item_code=found.item,
                at_least=found.at_least,
                disc_level=found.disc_level,
                side=found.side,
                center_lps=[round(float(x), 2) for x in found.center_lps],
                axes_lps=[round(float(x), 6) for axis in found.axes_lps for x in axis],
                size_mm=[round(float(x), 2) for x in found.size_mm],
                score=round(float(found.score), 6),
                is_calibrated=found.is_calibrated,
            )
            for found in output.detections
        )
        PredictedMeasure.objects.bulk_create(
            PredictedMeasure(
                prediction=prediction,
                code=one.code,
                disc_level=one.disc_level,
                side=one.side,
                value=None if one.value is None else round(float(one.value), 4),
                unit=one.unit,
                reason=one.reason,
            )
            for one in output.measures
        )
        _store_evidence(grades, output.evidence)
        notify(TOPIC, job=job.pk)
    return prediction


def _store_evidence(grades: Iterable[PredictedGrade], evidence: Iterable[EvidenceOutput]) -> None:
    by_cell = {(grade.item_code, grade.disc_level, grade.side): grade for grade in grades}
    PredictedEvidence.objects.bulk_create(
        PredictedEvidence(
            grade=by_cell[one.item, one.disc_level, one.side],
            stack_id=one.stack_id,
            stack_position=one.slice_index,
            plane=one.plane,
            center_lps=[round(float(x), 2) for x in one.center_lps],
            axes_lps=[
                round(float(x), 6) for x in (*one.row_direction_lps, *one.column_direction_lps)
            ],
            pixel_mm=one.pixel_mm,
            rows=one.pixels.shape[0],
            columns=one.pixels.shape[1],
            pixels=one.pixels.tobytes(),
            heat_rows=one.heat.shape[0],
            heat_columns=one.heat.shape[1],
            heat=one.heat.tobytes(),
        )
        for one in evidence
    )
