"""Which stacks a reader may draw on."""

from __future__ import annotations

from annotations.models import Case
from annotations.selectors.hanging import shown_exams
from spinestudy.common.errors import MissingError
from spinestudy.imaging.models import Stack


def require_shown_stack(case: Case, stack_id: int) -> Stack:
    """A stack of this case's exam, or of the prior exam where that is shown; else MissingError."""
    stack = Stack.objects.filter(
        pk=stack_id, series__imaging_study__in=shown_exams(case), is_reference_for_reading=True
    ).first()
    if stack is None:
        raise MissingError("This case has no such series.")
    return stack
