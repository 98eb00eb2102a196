"""Reference masks as a page tells of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotations.models import MaskFusion, ReaderStudy, ReferenceMask
from annotations.vocabulary import SEGMENTS


def newest_masks(reader_study: ReaderStudy, arms: Collection[int]) -> QuerySet[ReferenceMask]:
    """The newest version of each mask, of those made from arms that may be shown; without bytes."""
    newer = ReferenceMask.objects.filter(
        case=OuterRef("case"),
        stack=OuterRef("stack"),
        segment=OuterRef("segment"),
        version__gt=OuterRef("version"),
    )
    return (
        ReferenceMask.objects.filter(~Exists(newer), case__reader_study=reader_study)
        .filter(fusion__arm__in=arms)
        .select_related("case", "stack", "made_by")
        .defer("data")
        .order_by("case__number", "stack_id", "segment")
    )


def mask_view(mask: ReferenceMask) -> dict[str, Any]:
    """A row with its readers."""
    stack = mask.stack
    return {
        "mask": mask,
        "series": f"{stack.plane.capitalize()} {stack.weighting}".strip(),
        "segment": SEGMENTS[mask.segment].name,
        "readers": mask.basis["readers"],
        "basis": mask.basis,
        "version_of_program": mask.basis["software"].get("SpineStudy", ""),
    }


def fusions(reader_study: ReaderStudy, arms: Collection[int]) -> list[MaskFusion]:
    """The last ten, newest first."""
    found = MaskFusion.objects.filter(arm__reader_study=reader_study, arm__in=arms)
    return list(found.select_related("arm", "requested_by")[:10])
