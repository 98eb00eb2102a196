"""Write reference records: new versions beside the old, nobody's answers touched."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from annotations.models import Arm, Case, Item, ReaderStudy, ReferenceRecord
from annotations.selectors.votes import CellKey, majority, votes_of
from annotations.vocabulary import LEVELS_OF_KIND
from spinestudy.audit.services import record
from spinestudy.common.errors import InvalidInputError

COLUMNS = ("case", "item", "disc_level", "side", "score")


class ReferenceFileError(InvalidInputError):
    """Lines of the file don't match; `details["problems"]` names each. Nothing was stored."""

    code = "reference_file"


def _newest(reader_study: ReaderStudy) -> dict[CellKey, int]:
    rows = (
        ReferenceRecord.objects.filter(case__reader_study=reader_study)
        .values("case_id", "item_id", "disc_level", "side")
        .annotate(newest=Max("version"))
        .order_by()
    )
    return {
        CellKey(one["case_id"], one["item_id"], one["disc_level"], one["side"]): one["newest"]
        for one in rows
    }


@transaction.atomic
def write_records(
    *,
    reader_study: ReaderStudy,
    scores: Mapping[CellKey, int | None],
    provenance: str,
    bases: Mapping[CellKey, Mapping[str, Any]],
    actor: User,
) -> int:
    """Append the next version of each cell. Writers of one reader study wait for each other."""
    ReaderStudy.objects.select_for_update(no_key=True).get(pk=reader_study.pk)
    newest = _newest(reader_study)
    rows = ReferenceRecord.objects.bulk_create(
        ReferenceRecord(
            case_id=cell.case_id,
            item_id=cell.item_id,
            disc_level=cell.disc_level,
            side=cell.side,
            version=newest.get(cell, 0) + 1,
            score=score,
            provenance=provenance,
            basis=dict(bases.get(cell, {})),
            made_by=actor,
        )
        for cell, score in sorted(scores.items())
    )
    record(
        actor=actor,
        action="reference.written",
        subject=reader_study,
        provenance=provenance,
        records=len(rows),
    )
    return len(rows)


@transaction.atomic
def accept_majority(*, arm: Arm, actor: User) -> tuple[int, int]:
    """Take the answer of more than half of the readers where no reference stands yet.

    Returns how many cells got one, and how many have no majority.
    """
    ReaderStudy.objects.select_for_update(no_key=True).get(pk=arm.reader_study_id)
    known = _newest(arm.reader_study)
    scores: dict[CellKey, int | None] = {}
    bases: dict[CellKey, dict[str, Any]] = {}
    without = 0
    queued = {
        CellKey(one.case_id, one.item_id, one.disc_level, one.side)
        for one in arm.adjudications.all()
    }
    for cell, votes in votes_of(arm).items():
        if cell in known or cell in queued:
            continue
        try:
            scores[cell] = majority(votes)
        except LookupError:
            without += 1
            continue
        bases[cell] = {"arm": arm.label, "votes": votes}
    if scores:
        write_records(
            reader_study=arm.reader_study,
            scores=scores,
            provenance=ReferenceRecord.Provenance.MAJORITY,
            bases=bases,
            actor=actor,
        )
    return len(scores), without


@dataclass(frozen=True)
class MatchingReport:
    """stored: lines taken. cases_without: numbers of cases that the file doesn't name."""

    stored: int
    cases_without: tuple[str, ...]


def import_references(
    *, reader_study: ReaderStudy, text: str, source: str, actor: User
) -> MatchingReport:
    """Take a reference from a CSV with the columns case, item, disc_level, side and score.

    An empty score means not gradable. Every line must match a cell of this reader study, once;
    else ReferenceFileError names all lines that don't.
    """
    if not source.strip():
        raise InvalidInputError("Say where the reference comes from.")
    table = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    if set(COLUMNS) - set(table.fieldnames or ()):
        raise ReferenceFileError(f"The first line must name the columns {', '.join(COLUMNS)}.")
    cases = {case.number: case for case in Case.objects.filter(reader_study=reader_study)}
    items = {item.finding_code: item for item in reader_study.items.all()}
    scores: dict[CellKey, int | None] = {}
    problems: list[str] = []
    named: set[str] = set()
    for number, row in enumerate(table, start=2):
        try:
            cell, score = _matched(row, cases, items)
        except ValueError as error:
            problems.append(f"Line {number}: {error}.")
            continue
        if cell in scores:
            problems.append(f"Line {number}: this cell stands in the file twice.")
        scores[cell] = score
        named.add(row["case"].strip())
    if problems:
        shown = " ".join(problems[:5])
        more = f" And {len(problems) - 5} more." if len(problems) > 5 else ""
        raise ReferenceFileError(f"Nothing was stored. {shown}{more}", problems=problems)
    if not scores:
        raise ReferenceFileError("The file has no lines after the first.")
    stored = write_records(
        reader_study=reader_study,
        scores=scores,
        provenance=ReferenceRecord.Provenance.EXTERNAL,
        bases={cell: {"source": source.strip()} for cell in scores},
        actor=actor,
    )
    return MatchingReport(stored, tuple(sorted(set(cases) - named)))


def _matched(
    row: Mapping[str, str | None], cases: Mapping[str, Case], items: Mapping[str, Item]
) -> tuple[CellKey, int | None]:
    """The cell and score of one line; ValueError says what doesn't match."""
    case, code, level, side, score = ((row.get(name) or "").strip() for name in COLUMNS)
    if case not in cases:
        raise ValueError(f"there is no case {case!r}")
    if code not in items:
        raise ValueError(f"{code!r} isn't an item of this reader study")
    item = items[code]
    if level not in LEVELS_OF_KIND[item.site_kind]:
        raise ValueError(f"{code} has no level {level!r}")
    if side not in item.sides:
        raise ValueError(f"{code} has no side {side!r}")
    cell = CellKey(cases[case].pk, item.pk, level, side)
    if not score:
        return cell, None
    if not score.lstrip("-").isdigit() or int(score) not in item.scores:
        raise ValueError(f"{score!r} isn't on the scale of {code}")
    return cell, int(score)
