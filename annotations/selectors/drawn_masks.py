"""Which readers have drawn masks on which series of cases that are read by all."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotations.models import Arm, Reading, Segmentation, SegmentationRevision
from annotations.selectors.votes import complete_cases
from spinestudy.imaging.models import Stack

_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class DrawnStack:
    """One stack of one case: reader code -> newest revision; and who has read but not drawn."""

    case_id: int
    stack_id: int
    drawn: dict[str, SegmentationRevision] = field(default_factory=dict)
    not_drawn: tuple[str, ...] = ()


def drawn_stacks(arm: Arm) -> list[DrawnStack]:
    """Of complete cases, by case and stack; hidden repeats don't count. Bytes come with `labels`.

    Only who has drawn anything on a series counts there: one without a labelmap may have looked
    for nothing, and that isn't the same as an empty mask.
    """
    readings = (
        Reading.objects.filter(
            reading_session__arm=arm, repeat_of=None, case__in=complete_cases(arm)
        )
        .exclude(status=Reading.Status.WITHDRAWN)
        .select_related("enrolment")
    )
    readers: dict[int, set[str]] = defaultdict(set)
    for reading in readings:
        readers[reading.case_id].add(reading.enrolment.code)
    found: dict[tuple[int, int], dict[str, SegmentationRevision]] = defaultdict(dict)
    rows = (
        SegmentationRevision.objects.filter(segmentation__reading__in=readings)
        .select_related("segmentation__reading__enrolment")
        .defer("data")
        .order_by("revision")
    )
    for row in rows.iterator(500):
        reading = row.segmentation.reading
        found[reading.case_id, row.segmentation.stack_id][reading.enrolment.code] = row
    return [
        DrawnStack(
            case, stack, dict(sorted(drawn.items())), tuple(sorted(readers[case] - set(drawn)))
        )
        for (case, stack), drawn in sorted(found.items())
    ]


def labels(revision: SegmentationRevision, stack: Stack) -> NDArray[np.uint8]:
    """The labelmap, (slices, rows, columns)."""
    raw = zlib.decompress(bytes(revision.data), _GZIP)
    return np.frombuffer(raw, np.uint8).reshape(stack.slice_count, stack.rows, stack.columns)


def segment_voxels(drawn: Mapping[str, SegmentationRevision], value: int) -> int:
    """Voxels that the readers have marked with a label, all together."""
    return sum(one.voxels.get(str(value), 0) for one in drawn.values())


def has_two_readers(arm: Arm) -> bool:
    """Whether any series of a complete case was drawn on by two readers."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    rows = Segmentation.objects.filter(
        reading__reading_session__arm=arm,
        reading__repeat_of=None,
        reading__case__in=complete_cases(arm),
    ).exclude(reading__status=Reading.Status.WITHDRAWN)
    for case, stack in rows.values_list("reading__case_id", "stack_id"):
        counts[case, stack] += 1
    return any(count > 1 for count in counts.values())
