"""Queue the cells on which readers differ, and decide them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from annotations.design.adjudication_rule import disagrees
from annotations.models import Adjudication, Arm, Case, ReferenceRecord, Signature
from annotations.selectors.adjudication_case import letters_of
from annotations.selectors.protocols import adjudication_rule_of
from annotations.selectors.votes import CellKey, votes_of
from annotations.services.reference_records import write_records
from annotations.services.signatures import sign
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError


class AdjudicationError(ConflictError):
    """It was decided by somebody else meanwhile, or isn't in the queue."""

    code = "adjudication"


@transaction.atomic
def queue_disagreements(*, arm: Arm, actor: User) -> int:
    """Put cells of complete cases into the queue by the protocol's rule; returns how many are new.

    Cells that are in the queue already stay as they are, decided or not.
    """
    rule = adjudication_rule_of(arm.reader_study)
    items = {item.pk: item for item in arm.reader_study.items.all()}
    rows = []
    for cell, votes in votes_of(arm).items():
        item = items[cell.item_id]
        places = {score: place for place, score in enumerate(item.scores)}
        grades = {r: None if s is None else places[s] for r, s in votes.items()}
        if disagrees(rule, item.finding_code, grades):
            rows.append(
                Adjudication(
                    arm=arm,
                    case_id=cell.case_id,
                    item_id=cell.item_id,
                    disc_level=cell.disc_level,
                    side=cell.side,
                    votes=votes,
                    rule=asdict(rule),
                )
            )
    before = arm.adjudications.count()
    Adjudication.objects.bulk_create(rows, ignore_conflicts=True)
    fresh = arm.adjudications.count() - before
    record(
        actor=actor,
        action="adjudication.queued",
        subject=arm,
        cells=fresh,
        rule=asdict(rule),
    )
    return fresh


@dataclass(frozen=True)
class Decision:
    """score None: not gradable."""

    score: int | None
    comment: str = ""


@transaction.atomic
def decide_case(
    *,
    arm: Arm,
    case: Case,
    decisions: Mapping[int, Decision],
    adjudicator: User,
    password: str,
    is_consensus: bool = False,
) -> int:
    """Decide queued cells of one case with one signature; each gives a new reference record.

    decisions: adjudication -> decision, for all open cells of the case. Readers' answers stay as
    they are. AdjudicationError where somebody else was faster; nothing is stored then.
    """
    rows = list(
        Adjudication.objects.select_for_update(of=("self",))
        .filter(arm=arm, case=case)
        .select_related("item")
        .order_by("pk")
    )
    waiting = [row for row in rows if row.decided_at is None]
    if not waiting:
        raise AdjudicationError(
            "Somebody else has decided this case meanwhile. Go on with the next one."
            if rows
            else "This case isn't in the queue."
        )
    if {row.pk for row in waiting} != set(decisions):
        raise InvalidInputError("Decide every cell of the case, or call it not gradable.")
    now = timezone.now()
    letters = letters_of(arm, case)
    scores: dict[CellKey, int | None] = {}
    bases = {}
    for row in waiting:
        decision = decisions[row.pk]
        if decision.score is not None and decision.score not in row.item.scores:
            raise InvalidInputError(f"{decision.score} isn't on the scale of {row.item}.")
        row.score, row.is_not_gradable = decision.score, decision.score is None
        row.comment, row.decided_by, row.decided_at = decision.comment, adjudicator, now
        row.full_clean()
        row.save()
        cell = CellKey(row.case_id, row.item_id, row.disc_level, row.side)
        scores[cell] = row.score
        bases[cell] = {
            "arm": arm.label,
            "votes": row.votes,
            "shown_as": letters,
            "adjudication": row.pk,
        }
    kinds = ReferenceRecord.Provenance
    write_records(
        reader_study=arm.reader_study,
        scores=scores,
        provenance=kinds.CONSENSUS if is_consensus else kinds.ADJUDICATOR,
        bases=bases,
        actor=adjudicator,
    )
    sign(
        signer=adjudicator,
        password=password,
        meaning=Signature.Meaning.ADJUDICATED,
        subject=case,
        reason=f"{len(scores)} cells in arm {arm.label}",
    )
    return len(scores)
