"""Which stacks of an exam are read, and which of them scroll as one.

The index splits strictly: each disc-angled slab of an axial series is a stack of its own, since
only parallel slices form a volume. A reader scrolls through all slabs of the series as one. A
*reading group* joins them again: slabs from head to foot, each with its own orientation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spinestudy.imaging.dicom.geometry import orientation_of
from spinestudy.imaging.models import ImagingStudy, Stack

ROLES: Final = (
    "sagittal_t1",
    "sagittal_t2",
    "sagittal_stir",
    "axial_t2",
    "axial_t1",
    "coronal",
)
SAME_PLACE_MM: Final = 0.1
SAME_ROW_COSINE: Final = 0.95
TILTED_COSINE: Final = 0.4
"""Slabs of one series are tilted less than about 65 degrees against each other."""
_T1: Final = ("T1", "T1-FLAIR", "T1-GRE")
_T2: Final = ("T2", "STIR", "T2*", "PD")
_STIR: Final = ("STIR",)
_UNREADABLE: Final = ("localizer", "derived", "map", "mosaic")
_LUMBAR: Final = re.compile(r"lumb|lws|l.?spine|lsp|(?<![a-z])ls(?![a-z])", re.IGNORECASE)


def is_axial(stack: Stack) -> bool:
    """Axial, or a slab so steep that it is called oblique but still mostly axial (L5/S1)."""
    if stack.plane == Stack.Plane.AXIAL:
        return True
    orientation = orientation_of(stack.orientation_lps)
    if stack.plane != Stack.Plane.OBLIQUE or orientation is None:
        return False
    return int(np.argmax(np.abs(orientation.normal))) == 2


def readable_stacks(imaging_study: ImagingStudy) -> list[Stack]:
    """Everything that can be read: no localizers, no derived images."""
    return list(
        Stack.objects.select_related("series__imaging_study")
        .filter(series__imaging_study=imaging_study, is_reference_for_reading=True)
        .order_by("series__number", "series_id", "index")
    )


def doubtful_stacks(imaging_study: ImagingStudy) -> list[Stack]:
    """Nothing speaks against reading them but different images at the same place.

    A reader is shown such a stack, with what is wrong, where there is no better one; programs
    that need a volume get none.
    """
    stacks = Stack.objects.select_related("series__imaging_study").filter(
        series__imaging_study=imaging_study,
        is_reference_for_reading=False,
        row_spacing_mm__isnull=False,
    )
    return [
        stack
        for stack in stacks.order_by("series__number", "series_id", "index")
        if any(flag.startswith("conflict") for flag in stack.flags)
        and not any(flag.startswith(_UNREADABLE) for flag in stack.flags)
    ]


def stacks_by_role(imaging_study: ImagingStudy) -> dict[str, int | None]:
    """The best stack for each role, None where the exam has none.

    T1 goes before T1-FLAIR and T1-GRE; T2 before STIR, T2* and PD; plain before fat-suppressed
    and contrast-enhanced; more slices and finer pixels before fewer; a later series before an
    earlier (a repeat is made for a reason). A sagittal stack of unknown weighting takes the
    empty T2 slot, where most findings are graded, else the empty T1 slot. What is still empty
    takes a doubtful stack.
    """
    stacks = readable_stacks(imaging_study)
    sagittal = [one for one in stacks if one.plane == Stack.Plane.SAGITTAL]
    axial = [one for one in stacks if is_axial(one)]
    chosen: dict[str, Stack | None] = {
        "sagittal_t1": _best(sagittal, _T1),
        "sagittal_t2": _best(sagittal, _T2),
        "axial_t2": _best(axial, _T2) or _best(axial, _T1) or _best(axial, None),
        "coronal": _best([one for one in stacks if one.plane == Stack.Plane.CORONAL], None),
    }
    unknown = [one for one in sagittal if one.weighting not in (*_T1, *_T2)]
    for slot in ("sagittal_t2", "sagittal_t1"):
        if chosen[slot] is None:
            chosen[slot] = _best([one for one in unknown if one not in chosen.values()], None)
    doubtful = doubtful_stacks(imaging_study)
    sides = [one for one in doubtful if one.plane == Stack.Plane.SAGITTAL]
    chosen["sagittal_t1"] = chosen["sagittal_t1"] or _best(sides, _T1)
    chosen["sagittal_t2"] = chosen["sagittal_t2"] or _best(sides, _T2)
    chosen["axial_t2"] = chosen["axial_t2"] or _best([o for o in doubtful if is_axial(o)], None)
    used = list(chosen.values())
    chosen["sagittal_stir"] = _best([one for one in sagittal if one not in used], _STIR)
    chosen["axial_t1"] = _best([one for one in axial if one not in used], _T1)
    return {role: one.pk if (one := chosen[role]) else None for role in ROLES}


def prior_of(imaging_study: ImagingStudy) -> ImagingStudy | None:
    """The patient's latest exam before this one; None where the dates don't say."""
    if imaging_study.performed_on is None:
        return None
    return (
        ImagingStudy.objects.filter(
            patient=imaging_study.patient_id, performed_on__lt=imaging_study.performed_on
        )
        .order_by("-performed_on", "-pk")
        .first()
    )


def _best(stacks: Sequence[Stack], weightings: Sequence[str] | None) -> Stack | None:
    fitting = [one for one in stacks if weightings is None or one.weighting in weightings]
    slices: Counter[int] = Counter()  # the slabs of one axial series count together
    for one in fitting:
        slices[one.series_id] += one.slice_count
    return max(fitting, key=lambda one: _rank(one, weightings or (), slices), default=None)


def _rank(stack: Stack, weightings: Sequence[str], slices: Counter[int]) -> tuple[float, ...]:
    series = stack.series
    order = weightings.index(stack.weighting) if stack.weighting in weightings else 0
    return (
        -order,
        -int(stack.is_contrast_enhanced),
        -int(stack.is_fat_suppressed and stack.weighting != "STIR"),
        int(bool(_LUMBAR.search(f"{series.body_part} {series.description}"))),
        -round(stack.row_spacing_mm or 9.0, 1),
        slices[stack.series_id],
        series.number or 0,
        stack.slice_count,
        -stack.pk,
    )


def reading_group(stack: Stack) -> list[Stack]:
    """The stacks that scroll as one with this one, from head to foot; itself alone mostly.

    Axial stacks of one series join, with slabs tilted further about the same left-right line,
    where weighting agrees and no two slices lie at the same place (a second echo or repeat
    stays apart).
    """
    if not is_axial(stack):
        return [stack]
    others = Stack.objects.filter(
        series_id=stack.series_id,
        weighting=stack.weighting,
        is_reference_for_reading=True,
        photometric_interpretation=stack.photometric_interpretation,
        frame_of_reference_uid=stack.frame_of_reference_uid,
    ).exclude(pk=stack.pk)
    group, places = [stack], _places(stack)
    for other in others.order_by("-slice_count", "index"):
        if not _is_slab_beside(other, stack):
            continue
        found = _places(other)
        distances = np.linalg.norm(found[:, None, :] - places[None, :, :], axis=2)
        if distances.min() > SAME_PLACE_MM:
            group.append(other)
            places = np.concatenate([places, found])
    return sorted(group, key=lambda one: -float(_places(one)[:, 5].mean()))


def _is_slab_beside(other: Stack, stack: Stack) -> bool:
    if is_axial(other):
        return True
    a, b = orientation_of(other.orientation_lps), orientation_of(stack.orientation_lps)
    if a is None or b is None:
        return False
    return abs(float(a.row @ b.row)) > SAME_ROW_COSINE and abs(float(a.normal @ b.normal)) > (
        TILTED_COSINE
    )


def _places(stack: Stack) -> NDArray[np.float64]:
    """First pixel and centre of every slice, (slices, 6) mm."""
    rows = []
    for position, cosines in stack.frames.order_by("stack_position").values_list(
        "position_lps", "orientation_lps"
    ):
        orientation = orientation_of(cosines)
        corner = np.array(position, float)
        if orientation is None:
            rows.append(np.concatenate([corner, corner]))
            continue
        center = (
            corner
            + orientation.row * (stack.columns - 1) / 2 * (stack.column_spacing_mm or 1.0)
            + orientation.column * (stack.rows - 1) / 2 * (stack.row_spacing_mm or 1.0)
        )
        rows.append(np.concatenate([corner, center]))
    return np.array(rows, np.float64).reshape(-1, 6)
