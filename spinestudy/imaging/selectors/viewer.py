"""What the reading room shows of an exam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spinestudy.imaging import cornerstone
from spinestudy.imaging.models import Frame, ImagingStudy, Stack
from spinestudy.imaging.selectors.reading_stacks import (
    doubtful_stacks,
    is_axial,
    readable_stacks,
    reading_group,
    stacks_by_role,
)

__all__ = ["exam_series", "stacks_by_role", "viewer_series", "viewer_stack"]

BANNERS: Final[Mapping[str, str]] = {
    "missing": "Slices are missing from this series: {}.",
    "irregular": "The distances between slices differ.",
    "duplicates": "Slices came more than once: {}.",
    "conflict": "Different images lie at the same place: {}.",
    "sheared": "The slices are shifted against each other.",
    "no geometry": "Position in the patient is unknown: no reference lines, no measurements.",
    "no pixel spacing": "The size of a pixel is unknown: lengths can't be measured.",
    "single image": "This series is a single image.",
}
"""Flag of a stack -> what a reader is told. Other flags are for the coordinator."""


def banners(stacks: Sequence[Stack]) -> list[str]:
    """What is unusual, in sentences, each once."""
    told: dict[str, None] = {}
    for stack in stacks:
        for flag in stack.flags:
            name, _, details = flag.partition(": ")
            if name in BANNERS and not (name == "single image" and len(stacks) > 1):
                told[BANNERS[name].format(details)] = None
    return list(told)


def exam_series(
    imaging_study: ImagingStudy, roles: Mapping[str, int | None], *, is_prior: bool = False
) -> list[dict[str, Any]]:
    """Every readable series of an exam, those with a role first; slabs joined, each once.

    roles: role -> stack, as `stacks_by_role` gives it.
    """
    stacks = {
        stack.pk: stack
        for stack in (*readable_stacks(imaging_study), *doubtful_stacks(imaging_study))
    }
    by_stack = {pk: role for role, pk in roles.items() if pk in stacks}
    found: list[dict[str, Any]] = []
    shown: set[int] = set()
    for stack in sorted(stacks.values(), key=lambda one: one.pk not in by_stack):
        if stack.pk in shown:
            continue
        group = reading_group(stack)
        shown |= {one.pk for one in group}
        view = viewer_series(group, shown_as=stack)
        found.append(
            {
                **view,
                "role": by_stack.get(stack.pk, ""),
                "title": view["label"],
                "is_prior": is_prior,
                "performed_on": imaging_study.performed_on if is_prior else None,
                "banners": banners(group),
            }
        )
    return found


def viewer_stack(stack: Stack) -> dict[str, Any]:
    """What the viewer shows for this stack: with all slabs of its series where it is axial."""
    return viewer_series(reading_group(stack), shown_as=stack)


def viewer_series(stacks: Sequence[Stack], *, shown_as: Stack | None = None) -> dict[str, Any]:
    """Join stacks to one scroll, in the order given; axial ones run from head to foot.

    `id` is that of `shown_as` (default: the first). Axial stacks are stored from foot to head,
    those that lean more than 45 degrees from front to back.
    """
    from_head = any(is_axial(stack) for stack in stacks)
    frames: dict[int, list[Frame]] = {stack.pk: [] for stack in stacks}
    for frame in Frame.objects.filter(stack__in=frames).order_by("stack_position"):
        frames[frame.stack_id].append(frame)
    ordered = [frames[stack.pk] for stack in stacks]
    if from_head:
        ordered = [list(reversed(one)) if _goes_up(one) else one for one in ordered]
    return cornerstone.viewer_series(stacks, ordered, shown_as=shown_as or stacks[0])


def _goes_up(frames: Sequence[Frame]) -> bool:
    first, last = frames[0].position_lps, frames[-1].position_lps
    return first is not None and last is not None and first[2] < last[2]
