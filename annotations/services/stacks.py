"""Which stacks a reader may draw on."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from annotations.models import Case
from annotations.selectors.hanging import shown_exams
from spinestudy.common.errors import MissingError
from spinestudy.imaging.models import Stack


def shown_stacks(case: Case, stacks: Collection[int]) -> set[int]:
    """Which of these stacks the case shows: of its exam, or of the prior one where it hangs."""
    return set(_shown(case).filter(pk__in=stacks).values_list("pk", flat=True))


def _shown(case: Case) -> QuerySet[Stack]:
    exams = shown_exams(case)
    return Stack.objects.filter(series__imaging_study__in=exams, is_reference_for_reading=True)


def require_shown_stack(case: Case, stack_id: int) -> Stack:
    """A stack of this case's exam, or of the prior exam where that is shown; else MissingError."""
    stack = _shown(case).filter(pk=stack_id).first()
    if stack is None:
        raise MissingError("This case has no such series.")
    return stack
