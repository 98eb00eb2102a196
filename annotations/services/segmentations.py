"""Store the masks that a reader draws."""

from __future__ import annotations

import hashlib
import zlib
from typing import Final
from uuid import UUID

import numpy as np
from django.db import transaction

from annotations.models import Reading, Segmentation, SegmentationRevision
from annotations.selectors.recorded_fields import mask_fields
from annotations.services.grades import ChangedElsewhereError
from annotations.services.readings import lock_reading, require_answerable
from annotations.services.stacks import require_shown_stack
from annotations.vocabulary import SEGMENTS
from spinestudy.audit.services import changes_between, record
from spinestudy.common.errors import InvalidInputError, MissingError
from spinestudy.imaging.models import Stack

LARGEST_BODY: Final = 20 * 2**20
_GZIP: Final = 16 + zlib.MAX_WBITS


class MaskError(InvalidInputError):
    """The labelmap doesn't fit its stack or the reader study; nothing was stored."""

    code = "mask"


@transaction.atomic
def store_mask(
    *, reading_id: int, stack_id: int, data: bytes, base_revision: int, act_key: UUID
) -> Segmentation:
    """Store a labelmap, gzip of uint8 (slices, rows, columns); a known act_key changes nothing.

    Raises MaskError, or ChangedElsewhereError where the reader saw another revision.
    """
    reading = lock_reading(reading_id)
    known = (
        SegmentationRevision.objects.filter(act_key=act_key).select_related("segmentation").first()
    )
    if known is not None:
        if known.segmentation.reading_id != reading_id:
            raise MaskError("This key belongs to another reading.")
        return known.segmentation
    require_answerable(reading)
    stack = require_shown_stack(reading.case, stack_id)
    voxels = _counted(reading, stack, data)
    row = Segmentation.objects.filter(reading=reading, stack=stack).first() or Segmentation(
        reading=reading, stack=stack
    )
    if base_revision != row.revision:
        raise ChangedElsewhereError(
            "These masks were changed in another window or on another computer.",
            mask={"stack_id": stack_id, "revision": row.revision},
        )
    versions = SegmentationRevision.objects.filter(
        segmentation__reading=reading, segmentation__stack=stack
    )
    before = mask_fields(versions).get(row.pk, {})
    row.revision += 1
    row.full_clean()
    row.save()
    SegmentationRevision.objects.create(
        segmentation=row,
        act_key=act_key,
        revision=row.revision,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        voxels=voxels,
    )
    record(
        actor=reading.enrolment.reader,
        action="mask.stored",
        subject=row,
        changes=changes_between(before, mask_fields(versions)[row.pk]),
        reading=reading_id,
        stack=stack_id,
    )
    return row


def _counted(reading: Reading, stack: Stack, data: bytes) -> dict[str, int]:
    """Voxels by label value; MaskError where size or labels are wrong."""
    if len(data) > LARGEST_BODY:
        raise MaskError("This labelmap is too large to be stored.")
    expected = stack.slice_count * stack.rows * stack.columns
    try:
        unpacker = zlib.decompressobj(_GZIP)
        raw = unpacker.decompress(data, expected + 1)
    except zlib.error as error:
        raise MaskError("The labelmap came damaged; the next stroke sends it again.") from error
    if len(raw) != expected or not unpacker.eof:
        raise MaskError("The labelmap hasn't the size of its series.")
    counts = np.bincount(np.frombuffer(raw, np.uint8), minlength=256)
    allowed = {SEGMENTS[code].value for code in reading.case.reader_study.segments}
    found = {int(value) for value in np.flatnonzero(counts)} - {0}
    if found - allowed:
        raise MaskError("The labelmap holds labels that this reader study doesn't ask for.")
    return {str(value): int(counts[value]) for value in sorted(found)}


def mask_of(reading: Reading, stack_id: int) -> SegmentationRevision:
    """The newest version, or MissingError."""
    found = (
        SegmentationRevision.objects.filter(
            segmentation__reading=reading, segmentation__stack_id=stack_id
        )
        .order_by("-revision")
        .first()
    )
    if found is None:
        raise MissingError("Nothing is drawn on this series yet.")
    return found
