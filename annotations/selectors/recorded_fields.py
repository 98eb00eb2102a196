"""What the audit record keeps, field by field, of what readers say beside grades."""

from __future__ import annotations

from typing import Any

from annotations.models import LevelMark, Measurement, Segmentation, SpineAnatomy


def anatomy_fields(anatomy: SpineAnatomy) -> dict[str, Any]:
    """The number of lumbar bodies and the transition; nothing before anything is said."""
    if not anatomy.revision:
        return {}
    return {
        "lumbar_count": anatomy.lumbar_count,
        "transition": anatomy.transition,
        "revision": anatomy.revision,
    }


def level_fields(reading_id: int) -> dict[str, Any]:
    """Kind and level, as disc L4/L5 -> centre, LPS mm; the reader's own marks."""
    marks = LevelMark.objects.filter(reading_id=reading_id)
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


def mask_fields(row: Segmentation) -> dict[str, Any]:
    """The newest version by its hash; nothing before one is stored."""
    newest = row.revisions.order_by("-revision").first() if row.pk else None
    if newest is None:
        return {}
    return {"revision": newest.revision, "sha256": newest.sha256, "voxels": newest.voxels}
