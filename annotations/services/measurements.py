"""Store what a reader measures or marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np
from django.db import transaction

from annotations.design.measures import (
    POINT_COUNTS,
    MeasureError,
    Points,
    SlicePlane,
    geometry,
    region,
    statistics,
)
from annotations.models import Measurement, MeasurementEvent, Reading
from annotations.selectors.marks import measurement_view
from annotations.selectors.recorded_fields import measurement_fields
from annotations.services.grades import ChangedElsewhereError
from annotations.services.readings import lock_reading, require_answerable
from annotations.services.stacks import require_shown_stack
from annotations.vocabulary import TOOLS
from spinestudy.audit.services import changes_between, record
from spinestudy.common.errors import InvalidInputError
from spinestudy.imaging.dicom.geometry import orientation_of
from spinestudy.imaging.models import Frame, Stack
from spinestudy.imaging.selectors.pixels import frame_array

OFF_PLANE_MM: Final = 1.0
STATISTICS_OF: Final = ("ellipse", "rectangle")


class MeasurementError(InvalidInputError):
    """It can't be measured or isn't allowed here; the message says why."""

    code = "measurement"


@dataclass(frozen=True)
class Drawing:
    """A mark as the browser sends it. base_revision: 0 for a new one."""

    measurement_key: UUID
    act_key: UUID
    base_revision: int
    kind: str
    stack_id: int
    stack_position: int
    points_lps: Sequence[Sequence[float]]
    label: str
    is_deleted: bool
    drawn_at: datetime


@transaction.atomic
def store_measurement(*, reading_id: int, drawing: Drawing) -> Measurement:
    """Store a mark and its version; the same act_key again returns what is stored.

    Raises MeasurementError, or ChangedElsewhereError where the reader saw another revision.
    """
    reading = lock_reading(reading_id)
    known = (
        MeasurementEvent.objects.filter(act_key=drawing.act_key)
        .select_related("measurement")
        .first()
    )
    if known is not None:
        if known.measurement.reading_id != reading_id:
            raise MeasurementError("This key belongs to another reading.")
        return known.measurement
    require_answerable(reading)
    row = Measurement.objects.filter(measurement_key=drawing.measurement_key).first()
    if row is not None and row.reading_id != reading_id:
        raise MeasurementError("This key belongs to another reading.")
    row = row or Measurement(
        reading=reading, measurement_key=drawing.measurement_key, kind=drawing.kind, revision=0
    )
    if drawing.base_revision != row.revision:
        raise ChangedElsewhereError(
            "This mark was changed in another window or on another computer.",
            measurement=measurement_view(row),
        )
    if row.kind != drawing.kind:
        raise MeasurementError("A mark can't become one of another kind; draw a new one.")
    stack, points = _checked(reading, drawing)
    before = measurement_fields(row)
    row.stack = stack
    row.stack_position = drawing.stack_position
    row.points_lps = points.tolist()
    row.label = drawing.label
    row.values = {} if drawing.is_deleted else _values(drawing, stack, points)
    row.is_deleted = drawing.is_deleted
    row.drawn_at = drawing.drawn_at
    row.revision += 1
    row.full_clean()
    row.save()
    MeasurementEvent.objects.create(
        measurement=row,
        act_key=drawing.act_key,
        revision=row.revision,
        points_lps=row.points_lps,
        label=row.label,
        values=row.values,
        is_deleted=row.is_deleted,
        drawn_at=row.drawn_at,
    )
    record(
        actor=reading.enrolment.reader,
        action="measurement.stored",
        subject=row,
        changes=changes_between(before, measurement_fields(row)),
        reading=reading_id,
    )
    return row


def _checked(reading: Reading, drawing: Drawing) -> tuple[Stack, Points]:
    if drawing.kind not in reading.case.reader_study.tools:
        words = TOOLS.get(drawing.kind, drawing.kind)
        raise MeasurementError(f"{words} isn't a tool of this reader study.")
    points = np.array(drawing.points_lps, np.float64)
    count = POINT_COUNTS[drawing.kind]
    if points.shape != (count, 3) or not np.isfinite(points).all():
        raise MeasurementError(f"{TOOLS[drawing.kind]} needs {count} points of three numbers.")
    stack = require_shown_stack(reading.case, drawing.stack_id)
    if drawing.stack_position >= stack.slice_count:
        raise MeasurementError("This series has no such slice.")
    plane = plane_of(stack, drawing.stack_position)
    on_plane = points[:1] if drawing.kind == "box" else points
    if np.abs(plane.distances(on_plane)).max() > OFF_PLANE_MM:
        raise MeasurementError("The points don't lie on the slice that is named.")
    return stack, points


def plane_of(stack: Stack, stack_position: int) -> SlicePlane:
    """The plane of one slice; MeasurementError where its place or pixel size isn't known."""
    frame = Frame.objects.get(stack=stack, stack_position=stack_position)
    orientation = orientation_of(frame.orientation_lps or stack.orientation_lps)
    if (
        orientation is None
        or frame.position_lps is None
        or stack.row_spacing_mm is None
        or stack.column_spacing_mm is None
    ):
        raise MeasurementError("This series has no position or pixel size: it can't be measured.")
    return SlicePlane(
        np.array(frame.position_lps, np.float64),
        orientation.row,
        orientation.column,
        stack.row_spacing_mm,
        stack.column_spacing_mm,
    )


def _values(drawing: Drawing, stack: Stack, points: Points) -> dict[str, float | int | None]:
    plane = plane_of(stack, drawing.stack_position)
    try:
        values: dict[str, float | int | None] = {**geometry(drawing.kind, points, plane)}
    except MeasureError as error:
        raise MeasurementError(str(error)) from error
    if drawing.kind in STATISTICS_OF:
        frame = Frame.objects.get(stack=stack, stack_position=drawing.stack_position)
        stored = frame_array(frame, stack.rows, stack.columns).astype(np.float64)
        if stored.ndim == 3:
            stored = stored.mean(axis=2)
        inside = region(drawing.kind, points, plane, (stack.rows, stack.columns))
        values |= statistics(stored[inside] * frame.rescale_slope + frame.rescale_intercept)
    return values
