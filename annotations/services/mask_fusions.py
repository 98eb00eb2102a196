"""Reference masks: asked for, claimed by a worker, computed, stored as new versions or refused."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from numpy.typing import NDArray

from annotations.agreement import dice, majority_vote, staple
from annotations.models import Arm, MaskFusion, ReaderStudy, ReferenceMask
from annotations.selectors.drawn_masks import (
    DrawnStack,
    drawn_stacks,
    has_two_readers,
    labels,
    segment_voxels,
)
from annotations.selectors.votes import complete_cases
from annotations.services.software import software_versions
from annotations.vocabulary import SEGMENTS, Segment
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError
from spinestudy.imaging.models import Stack

LEASE: Final = timedelta(minutes=30)
"""A worker that has said nothing for so long is taken for lost."""
Mask = NDArray[np.bool_]


class MaskFusionError(ConflictError):
    """No reference can be made of these masks; the message says why."""

    code = "mask_fusion"


@transaction.atomic
def queue_fusion(*, arm: Arm, method: str, actor: User) -> MaskFusion:
    """Ask for reference masks of an arm. One that waits, or whose worker is lost, gives way."""
    reader_study = ReaderStudy.objects.select_for_update(no_key=True).get(pk=arm.reader_study_id)
    if method not in MaskFusion.Method.values:
        raise InvalidInputError("Choose STAPLE or the majority.")
    _require_masks(reader_study, arm)
    now = timezone.now()
    waiting = Q(state=MaskFusion.State.QUEUED)
    lost = Q(state=MaskFusion.State.RUNNING, lease_expires_at__lt=now)
    MaskFusion.objects.filter(waiting | lost, arm=arm).update(
        state=MaskFusion.State.FAILED,
        lease_expires_at=None,
        error_message="It was asked for again before a worker had made it.",
    )
    if MaskFusion.objects.filter(arm=arm, state=MaskFusion.State.RUNNING).exists():
        raise MaskFusionError("Reference masks of this arm are being made. Wait until it is done.")
    fusion = MaskFusion(arm=arm, method=method, requested_by=actor)
    fusion.full_clean()
    fusion.save()
    record(actor=actor, action="reference_masks.requested", subject=fusion, method=method)
    return fusion


def _require_masks(reader_study: ReaderStudy, arm: Arm) -> None:
    unread = (ReaderStudy.Status.DRAFT, ReaderStudy.Status.DISCARDED)
    if reader_study.status in unread:
        raise MaskFusionError("Nothing is read yet: open the reader study first.")
    if not reader_study.segments:
        raise MaskFusionError("This reader study asks for no masks.")
    complete = len(complete_cases(arm))
    if not complete:
        raise MaskFusionError("No case of this arm is submitted by all its readers yet.")
    if not has_two_readers(arm):
        raise MaskFusionError(
            f"A reference needs masks of two readers on the same series; none of the {complete} "
            "cases that all their readers have submitted has them."
        )


def claim_fusion(fusion_id: int) -> MaskFusion | None:
    """Take it for this worker, or None where somebody else has it or it is over."""
    now = timezone.now()
    claimed = MaskFusion.objects.filter(
        Q(state=MaskFusion.State.QUEUED)
        | Q(state=MaskFusion.State.RUNNING, lease_expires_at__lt=now),
        pk=fusion_id,
    ).update(
        state=MaskFusion.State.RUNNING,
        lease_expires_at=now + LEASE,
        attempts=F("attempts") + 1,
        error_message="",
    )
    return (
        MaskFusion.objects.select_related("arm__reader_study").get(pk=fusion_id)
        if claimed
        else None
    )


def make_fusion(fusion: MaskFusion) -> MaskFusion:
    """Compute and store every mask of a claimed fusion: all of them, or none."""
    software = software_versions()
    counts: Counter[str] = Counter()
    rows: list[ReferenceMask] = []
    segments = [SEGMENTS[code] for code in fusion.arm.reader_study.segments]
    for one in drawn_stacks(fusion.arm):
        for made, why in _masks_of(fusion, one, segments, software):
            counts[why] += 1
            if made is not None:
                rows.append(made)
    return _finish(fusion, rows, dict(counts))


def _masks_of(
    fusion: MaskFusion, one: DrawnStack, segments: list[Segment], software: dict[str, str]
) -> Iterator[tuple[ReferenceMask | None, str]]:
    """The masks of one stack, or why there is none."""
    if len(one.drawn) < 2:
        yield None, "drawn on by one reader alone"
        return
    stack = Stack.objects.get(pk=one.stack_id)
    maps = {reader: labels(revision, stack) for reader, revision in one.drawn.items()}
    for segment in segments:
        if not segment_voxels(one.drawn, segment.value):
            yield None, "drawn by nobody"
            continue
        inputs = [{"reader": reader, "sha256": one.drawn[reader].sha256} for reader in maps]
        newest = ReferenceMask.objects.filter(
            case=one.case_id, stack=stack, segment=segment.code
        ).last()
        if newest is not None and _is_same(newest, fusion.method, inputs):
            yield None, "there already, from the same drawings"
            continue
        masks = {reader: labelmap == segment.value for reader, labelmap in maps.items()}
        fused, said = fuse(masks, fusion.method)
        basis = {
            "arm": fusion.arm.label,
            "readers": _said_of_readers(one, masks, fused, said.pop("readers", {})),
            "not_drawn": list(one.not_drawn),
            **said,
            "software": software,
        }
        data = gzip.compress(fused.astype(np.uint8).tobytes(), mtime=0)
        yield (
            ReferenceMask(
                case_id=one.case_id,
                stack=stack,
                segment=segment.code,
                method=fusion.method,
                fusion=fusion,
                data=data,
                sha256=hashlib.sha256(data).hexdigest(),
                voxels=int(fused.sum()),
                basis=basis,
                made_by=fusion.requested_by,
            ),
            "written",
        )


def _is_same(mask: ReferenceMask, method: str, inputs: list[dict[str, str]]) -> bool:
    before = [{"reader": one["reader"], "sha256": one["sha256"]} for one in mask.basis["readers"]]
    return mask.method == method and before == inputs


def fuse(masks: dict[str, Mask], method: str) -> tuple[Mask, dict[str, Any]]:
    """One mask, and what the method says: of itself, and under "readers" of each reader.

    STAPLE looks at the whole stack; its prior is the mean share of the masks.
    """
    if method == MaskFusion.Method.MAJORITY:
        return majority_vote(list(masks.values())), {"ties": "background"}
    found = staple(list(masks.values()))
    fused = found.mask()
    if fused is None or found.sensitivity is None or found.specificity is None:
        raise MaskFusionError(f"STAPLE gives no mask: {found.undefined}.")
    readers = list(masks)
    each = {
        reader: {"sensitivity": float(p), "specificity": float(q)}
        for reader, p, q in zip(readers, found.sensitivity, found.specificity, strict=True)
    }
    dominant = None if found.dominated_by is None else readers[found.dominated_by]
    return fused, {
        "readers": each,
        "prior": found.prior,
        "iterations": found.iterations,
        "has_converged": found.has_converged,
        "dominated_by": dominant,
    }


def _said_of_readers(
    one: DrawnStack, masks: dict[str, Mask], fused: Mask, said: dict[str, dict[str, float]]
) -> list[dict[str, Any]]:
    return [
        {
            "reader": reader,
            "revision": one.drawn[reader].revision,
            "sha256": one.drawn[reader].sha256,
            "voxels": int(mask.sum()),
            "dice": dice(mask, fused).value,
            **said.get(reader, {}),
        }
        for reader, mask in masks.items()
    ]


@transaction.atomic
def _finish(fusion: MaskFusion, rows: list[ReferenceMask], counts: dict[str, int]) -> MaskFusion:
    """Append the next version of each mask; writers of one reader study wait for each other."""
    ReaderStudy.objects.select_for_update(no_key=True).get(pk=fusion.arm.reader_study_id)
    row = MaskFusion.objects.select_for_update().get(pk=fusion.pk)
    if row.state != MaskFusion.State.RUNNING or row.attempts != fusion.attempts:
        return row  # another worker has taken it over
    newest = {
        (case, stack, segment): version
        for case, stack, segment, version in ReferenceMask.objects.filter(
            case__in={one.case_id for one in rows}
        )
        .order_by()
        .values_list("case_id", "stack_id", "segment")
        .annotate(Max("version"))
    }
    for one in rows:
        one.version = newest.get((one.case_id, one.stack_id, one.segment), 0) + 1
    ReferenceMask.objects.bulk_create(rows, batch_size=50)
    row.state, row.counts, row.finished_at = MaskFusion.State.SUCCEEDED, counts, timezone.now()
    row.lease_expires_at = None
    row.full_clean()
    row.save()
    record(
        actor=row.requested_by,
        action="reference_masks.written",
        subject=row,
        method=row.method,
        counts=counts,
        masks=[[one.case_id, one.stack_id, one.segment, one.version, one.sha256] for one in rows],
    )
    return row


def fail_fusion(fusion: MaskFusion, message: str) -> None:
    """Keep why it failed; masks that were there stay."""
    MaskFusion.objects.filter(
        pk=fusion.pk, state=MaskFusion.State.RUNNING, attempts=fusion.attempts
    ).update(state=MaskFusion.State.FAILED, error_message=message[:1000], lease_expires_at=None)
