"""What the reading room shows of an exam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spinestudy.imaging import cornerstone
from spinestudy.imaging.models import Frame, Stack
from spinestudy.imaging.selectors.reading_stacks import hanging_protocol, is_axial, reading_group

__all__ = ["hanging_protocol", "viewer_series", "viewer_stack"]


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
