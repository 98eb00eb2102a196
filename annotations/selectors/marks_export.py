"""Measurements, masks, and what happened with AI, of every reading of a reader study."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet

from annotations.models import (
    Measurement,
    MeasurementEvent,
    ReaderStudy,
    Reading,
    ReadingEvent,
    SegmentationRevision,
)
from annotations.reporting import AiEventRow, FindingRow, MaskRow, MeasurementRow
from annotations.reporting.marks_table import AI_EVENTS
from annotations.selectors.ai_assistance import is_ai_open
from annotations.selectors.readings_export import patient_keys, utc_text
from annotations.vocabulary import SEGMENTS
from annotations.vocabulary.events import FINDING_VERDICTS
from inference.models import PredictedDetection
from inference.selectors.predictions import detections_of, newest_number
from spinestudy.imaging.models import Stack

_VALUES = (
    "length_mm",
    "angle_deg",
    "width_mm",
    "height_mm",
    "depth_mm",
    "area_mm2",
    "n",
    "mean",
    "sd",
    "min",
    "max",
)


Arms = Collection[int]
"""Arms whose readings may be told; a reading of another arm has no row in these tables."""


def readings_of_arms(reader_study: ReaderStudy, arms: Arms) -> QuerySet[Reading]:
    """Every reading of these arms, reader by reader in the order of reading."""
    return (
        Reading.objects.filter(case__reader_study=reader_study, reading_session__arm__in=list(arms))
        .select_related("enrolment", "case__imaging_study", "reading_session__arm")
        .order_by("enrolment_id", "reading_session__period", "position")
    )


def reading_columns(
    reader_study: ReaderStudy, keys: dict[int, str], reading: Reading
) -> dict[str, Any]:
    """What every row says of its reading."""
    return {
        "reader_study": reader_study.title,
        "case": reading.case.number,
        "patient_key": keys[reading.case.imaging_study.patient_id],
        "reader": reading.enrolment.code,
        "arm": reading.reading_session.arm.label,
        "period": reading.reading_session.period,
        "phase": reading.reading_session.phase,
        "reading_status": reading.status,
        "reader_status": reading.enrolment.status,
    }


def _of_stack(stack: Stack) -> dict[str, Any]:
    return {
        "series_instance_uid": stack.series.series_instance_uid,
        "frame_of_reference_uid": stack.frame_of_reference_uid,
        "stack": stack.pk,
    }


def _points(points: Iterable[Sequence[float]], digits: int = 3) -> str:
    """JSON: a list that begins with a minus would be taken for a formula, and be escaped."""
    return json.dumps([[round(value, digits) for value in point] for point in points])


def measurement_rows(reader_study: ReaderStudy, arms: Arms) -> list[MeasurementRow]:
    """Every mark that isn't deleted, in its newest form."""
    keys = patient_keys(reader_study)
    marks = Measurement.objects.filter(
        reading__case__reader_study=reader_study, is_deleted=False
    ).select_related("stack__series")
    by_reading: dict[int, list[Measurement]] = defaultdict(list)
    for mark in marks:
        by_reading[mark.reading_id].append(mark)
    stored = dict(
        MeasurementEvent.objects.filter(measurement__in=marks)
        .order_by("revision")
        .values_list("measurement_id", "stored_at")
    )
    return [
        MeasurementRow(
            **reading_columns(reader_study, keys, reading),
            **_of_stack(mark.stack),
            **{name: mark.values.get(name) for name in _VALUES},
            measurement_key=str(mark.measurement_key),
            kind=mark.kind,
            label=mark.label,
            slice=mark.stack_position + 1,
            points_lps=_points(mark.points_lps),
            revision=mark.revision,
            drawn_at_utc=utc_text(mark.drawn_at),
            stored_at_utc=utc_text(stored.get(mark.pk)),
        )
        for reading in readings_of_arms(reader_study, arms)
        for mark in by_reading[reading.pk]
    ]


def _voxel_mm3(stack: Stack) -> float | None:
    sides = (stack.row_spacing_mm, stack.column_spacing_mm, stack.slice_spacing_mm)
    height, width, depth = sides
    if height is None or width is None or depth is None:
        return None
    return height * width * depth


def mask_rows(reader_study: ReaderStudy, arms: Arms) -> list[MaskRow]:
    """Every segment that the reader study asks for, of each newest labelmap."""
    keys = patient_keys(reader_study)
    newest: dict[int, SegmentationRevision] = {
        one.segmentation_id: one
        for one in SegmentationRevision.objects.filter(
            segmentation__reading__case__reader_study=reader_study
        )
        .select_related("segmentation__stack__series")
        .defer("data")
        .order_by("revision")
    }
    by_reading: dict[int, list[SegmentationRevision]] = defaultdict(list)
    for one in newest.values():
        by_reading[one.segmentation.reading_id].append(one)
    segments = [SEGMENTS[code] for code in reader_study.segments]
    rows = []
    for reading in readings_of_arms(reader_study, arms):
        for one in by_reading[reading.pk]:
            voxel = _voxel_mm3(one.segmentation.stack)
            for segment in segments:
                voxels = one.voxels.get(str(segment.value), 0)
                rows.append(
                    MaskRow(
                        **reading_columns(reader_study, keys, reading),
                        **_of_stack(one.segmentation.stack),
                        segment=segment.code,
                        label_value=segment.value,
                        voxels=voxels,
                        voxel_mm3=voxel,
                        volume_mm3=None if voxel is None else round(voxels * voxel, 3),
                        revision=one.revision,
                        sha256=one.sha256,
                        stored_at_utc=utc_text(one.stored_at),
                    )
                )
    return rows


def _events(reader_study: ReaderStudy, kinds: Iterable[str]) -> dict[int, list[ReadingEvent]]:
    found: dict[int, list[ReadingEvent]] = defaultdict(list)
    for event in ReadingEvent.objects.filter(
        reading__case__reader_study=reader_study, kind__in=list(kinds)
    ):
        found[event.reading_id].append(event)
    return found


def finding_rows(reader_study: ReaderStudy, arms: Arms) -> list[FindingRow]:
    """Every finding of the newest AI run, and earlier ones that were judged, a row a verdict."""
    keys = patient_keys(reader_study)
    items = set(reader_study.items.values_list("finding_code", flat=True))
    events = _events(reader_study, FINDING_VERDICTS)
    known: dict[tuple[int, str], dict[int, PredictedDetection]] = {}
    newest = cache(newest_number)
    rows = []
    for reading in readings_of_arms(reader_study, arms):
        exam, arm = reading.case.imaging_study, reading.reading_session.arm
        if not is_ai_open(reading):
            continue
        place = exam.pk, arm.pipeline
        if place not in known:
            known[place] = detections_of(exam, arm.pipeline)
        said: dict[int, list[ReadingEvent]] = defaultdict(list)
        for event in events[reading.pk]:
            said[event.detail["detection"]].append(event)
        for one in known[place].values():
            is_shown = one.prediction_id == newest(exam, arm.pipeline) and one.item_code in items
            if not is_shown and one.pk not in said:
                continue
            shared = {
                **reading_columns(reader_study, keys, reading),
                **_of_finding(arm.pipeline, one),
            }
            versions: list[ReadingEvent | None] = [*said[one.pk]] or [None]
            for revision, version in enumerate(versions, start=1 if said[one.pk] else 0):
                rows.append(
                    FindingRow(
                        **shared,
                        verdict=FINDING_VERDICTS[version.kind] if version else "",
                        revision=revision,
                        is_newest=version is versions[-1],
                        said_at_utc=utc_text(version.at if version else None),
                        stored_at_utc=utc_text(version.stored_at if version else None),
                    )
                )
    return rows


def _of_finding(pipeline: str, one: PredictedDetection) -> dict[str, Any]:
    return {
        "pipeline": pipeline,
        "prediction": one.prediction_id,
        "detection": one.pk,
        "item": one.item_code,
        "at_least": one.at_least,
        "disc_level": one.disc_level,
        "side": one.side,
        "score": one.score,
        "is_calibrated": one.is_calibrated,
        "series_instance_uid": one.stack.series.series_instance_uid,
        "center_lps": json.dumps(one.center_lps),
        "axes_lps": _points([one.axes_lps[at : at + 3] for at in (0, 3, 6)], 6),
        "size_mm": json.dumps(one.size_mm),
    }


def ai_event_rows(reader_study: ReaderStudy, arms: Arms) -> list[AiEventRow]:
    """Every showing, hiding, opacity and verdict, in the order in which the server took them."""
    keys = patient_keys(reader_study)
    events = _events(reader_study, AI_EVENTS)
    return [
        AiEventRow(
            **reading_columns(reader_study, keys, reading),
            event=event.kind,
            item=event.detail.get("item", ""),
            disc_level=event.detail.get("disc_level", ""),
            side=event.detail.get("side", ""),
            detection=event.detail.get("detection"),
            opacity_percent=event.detail.get("percent"),
            at_utc=utc_text(event.at),
            stored_at_utc=utc_text(event.stored_at),
        )
        for reading in readings_of_arms(reader_study, arms)
        for event in events[reading.pk]
    ]
