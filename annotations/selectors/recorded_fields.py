"""What the audit record keeps, field by field, of what readers say beside grades."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from annotations.models import LevelMark, Measurement, SegmentationRevision, SpineAnatomy


def anatomy_fields(anatomy: SpineAnatomy) -> dict[str, Any]:
    """The number of lumbar bodies and the transition; nothing before anything is said."""
    if not anatomy.revision:
        return {}
    return {
        "lumbar_count": anatomy.lumbar_count,
        "transition": anatomy.transition,
        "revision": anatomy.revision,
    }


def level_fields(marks: Iterable[LevelMark]) -> dict[str, Any]:
    """Kind and level, as disc L4/L5 -> centre, LPS mm; of one reading."""
    return {f"{one.kind} {one.level}": one.position_lps for one in marks}


def measurement_fields(row: Measurement) -> dict[str, Any]:
    """Where it is and what it measures; nothing before it is stored."""
    if not row.revision:
        return {}
    return {
        "kind": row.kind,
        "stack": row.stack_id,
        "stack_position": row.stack_position,
        "points_lps": row.points_lps,
        "label": row.label,
        "values": row.values,
        "is_deleted": row.is_deleted,
        "revision": row.revision,
    }


def mask_fields(masks: QuerySet[SegmentationRevision]) -> dict[int, dict[str, Any]]:
    """Segmentation -> its newest version by its hash; the labelmaps themselves aren't read."""
    newest = masks.order_by("segmentation_id", "-revision").distinct("segmentation_id")
    rows = newest.values_list("segmentation_id", "revision", "sha256", "voxels")
    return {
        pk: {"revision": revision, "sha256": sha256, "voxels": voxels}
        for pk, revision, sha256, voxels in rows
    }
