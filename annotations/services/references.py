"""References of the training phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotations.models import Case, Item, ReferenceGrade
from annotations.services.grades import GradeNotOnScaleError
from annotations.vocabulary import LEVELS_OF_KIND
from spinestudy.audit.services import record


@dataclass(frozen=True)
class Reference:
    """What is right in one cell, and why."""

    finding_code: str
    disc_level: str
    score: int
    explanation: str = ""
    side: str = ""


@transaction.atomic
def set_references(*, case: Case, references: Sequence[Reference], actor: Any) -> None:
    """Store the references of a case; GradeNotOnScaleError where one isn't on its scale."""
    asked = Item.objects.filter(reader_study=case.reader_study)
    items = {item.finding_code: item for item in asked}
    for one in references:
        item = items.get(one.finding_code)
        if (
            item is None
            or one.score not in item.scores
            or one.side not in item.sides
            or one.disc_level not in LEVELS_OF_KIND[item.site_kind]
        ):
            raise GradeNotOnScaleError(
                f"{one.finding_code} {one.disc_level}: {one.score} is not a grade of this "
                "reader study."
            )
        row = ReferenceGrade(
            case=case,
            item=item,
            disc_level=one.disc_level,
            side=one.side,
            score=one.score,
            explanation=one.explanation,
        )
        row.full_clean()
        row.save()
    record(actor=actor, action="case.references_set", subject=case, count=len(references))
