"""The codes of one item in one arm, kept by this process and brought up to date from the grades.

Nothing here is needed for correctness: a process that has nothing yet, or whose copy is of another
layout, reads all grades. A copy asks for the rows that a transaction has written which it could
not see before, by `Grade.changed_in` (docs/adr/0020).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from annotations.agreement import LiveKappas, PairEstimate
from annotations.agreement.tables import MISSING, IntArray
from annotations.models import Arm, Enrolment, Grade, Item, Reading, ReadingSession

ARMS_KEPT: Final = 16
FEW: Final = 500
"""So many changed cells are counted one by one; more are counted anew."""


class Cell(NamedTuple):
    """One cell of the grid of one case."""

    case: int
    disc_level: str
    side: str


@dataclass(frozen=True)
class Layout:
    """What rows are sorted by, and which count for nothing.

    readers: enrolments; sessions: by period; patients: of all cases; withdrawn: readings that
    were closed with their reader's withdrawal.
    """

    readers: tuple[int, ...]
    sessions: tuple[int, ...]
    patients: str
    withdrawn: str
    since: str


class LiveItem:
    """Codes (readers, cells), -1 missing, with the kappas of all pairs.

    Not gradable, taken back and unanswered are missing. Where an arm has several sessions, the
    earliest grade counts. The cells stand in the order in which they were first met.
    """

    def __init__(self, item: Item, layout: Layout) -> None:
        self._scores = {score: place for place, score in enumerate(item.scores)}
        self._weights = item.finding.scale.weights
        self._reader = {pk: place for place, pk in enumerate(layout.readers)}
        self._session = {pk: place for place, pk in enumerate(layout.sessions)}
        self._place: dict[Cell, int] = {}
        self._patient: list[int] = []
        shape = (len(layout.sessions), len(layout.readers), 0)
        self._stored: NDArray[np.int8] = np.full(shape, MISSING, dtype=np.int8)
        self.kappas = self._counted()
        self.told: dict[int, tuple[PairEstimate, dict[str, Any]]] = {}
        """What was said of each pair, by its place in the matrix; for whoever says it again."""

    @property
    def cells(self) -> list[Cell]:
        """The cells, as the columns of the codes."""
        return list(self._place)

    @property
    def patients(self) -> IntArray:
        """(cells,) the patient of each."""
        return np.array(self._patient, dtype=np.int64)

    @property
    def codes(self) -> IntArray:
        """(readers, cells) a copy."""
        return self.kappas.counts.codes

    def take(self, rows: Sequence[Row]) -> None:
        """Take over the grades as they are now."""
        new = []
        for row in rows:
            if row.cell not in self._place:
                self._place[row.cell] = len(self._place)
                self._patient.append(row.patient)
                new.append(row.patient)
        if new:
            shape = (*self._stored.shape[:2], len(new))
            room = np.full(shape, MISSING, dtype=np.int8)
            self._stored = np.concatenate([self._stored, room], axis=2)
        touched = set()
        for row in rows:
            reader, place = self._reader[row.enrolment], self._place[row.cell]
            code = MISSING if row.score is None else self._scores[row.score]
            self._stored[self._session[row.session], reader, place] = code
            touched.add((reader, place))
        if len(rows) > FEW:
            self.kappas = self._counted()
            return
        self.kappas.add_items(new)
        for reader, place in touched:
            self.kappas.set(reader, place, int(_earliest(self._stored[:, reader, place])))

    def _counted(self) -> LiveKappas:
        return LiveKappas(
            _earliest(self._stored).astype(np.int64),
            cluster=self.patients,
            n_categories=len(self._scores),
            weights=self._weights,
        )


class Row(NamedTuple):
    """A grade as it is now; score None where it counts for nothing."""

    item: int
    enrolment: int
    session: int
    cell: Cell
    patient: int
    score: int | None


@dataclass
class _ArmCopy:
    layout: Layout
    lock: Lock = field(default_factory=Lock)
    items: dict[int, tuple[int, LiveItem]] = field(default_factory=dict)
    """Item -> (first transaction that its copy may not have seen, the copy)."""


_copies: OrderedDict[int, _ArmCopy] = OrderedDict()
_copies_lock = Lock()


@contextmanager
def live_items(
    arm: Arm, enrolments: Sequence[Enrolment], items: Sequence[Item]
) -> Iterator[dict[int, LiveItem]]:
    """The codes of these items as they stand, all of one moment; nobody else changes them."""
    mark, is_writing, sessions, patients, withdrawn = _moment(arm)
    layout = Layout(
        readers=tuple(one.pk for one in enrolments),
        sessions=sessions,
        patients=patients,
        withdrawn=withdrawn,
        since=arm.reader_study.created_at.isoformat(),
    )
    # What this very transaction has written may yet be undone: not for the others.
    kept = _ArmCopy(layout) if is_writing else _copy_of(arm.pk, layout)
    with kept.lock:
        known = {pk: at for pk, (at, _) in kept.items.items()}
        since = min(known.get(item.pk, 0) for item in items) if items else 0
        found = {
            item.pk: kept.items.pop(item.pk)[1] if item.pk in known else LiveItem(item, layout)
            for item in items  # taken out: half brought up to date would be worse than none
        }
        for pk, rows in groupby(changed_rows(arm, items, since), attrgetter("item")):
            found[pk].take(list(rows))
        for pk, live in found.items():
            kept.items[pk] = (max(mark, known.get(pk, 0)), live)
        yield found


def forget_copies() -> None:
    """Drop what this process holds; the next question reads all grades."""
    with _copies_lock:
        _copies.clear()


def _copy_of(arm: int, layout: Layout) -> _ArmCopy:
    with _copies_lock:
        kept = _copies.get(arm)
        if kept is None or kept.layout != layout:
            kept = _copies[arm] = _ArmCopy(layout)
        _copies.move_to_end(arm)
        while len(_copies) > ARMS_KEPT:
            _copies.popitem(last=False)
        return kept


def changed_rows(arm: Arm, items: Sequence[Item], since: int) -> Iterator[Row]:
    """Grades of the pivotal phase, without repeats, written by transaction `since` or later."""
    grades = (
        Grade.objects.filter(
            item__in=[item.pk for item in items],
            changed_in__gte=since,
            reading__reading_session__arm=arm,
            reading__reading_session__phase=ReadingSession.Phase.PIVOTAL,
            reading__repeat_of__isnull=True,
        )
        .exclude(reading__status=Reading.Status.WITHDRAWN)
        .order_by("item_id")
    )
    values = grades.values_list(
        "item_id",
        "reading__enrolment_id",
        "reading__reading_session_id",
        "reading__case_id",
        "disc_level",
        "side",
        "reading__case__imaging_study__patient_id",
        "score",
        "is_applicable",
    )
    for item, enrolment, session, case, level, side, patient, score, counts in (
        values.iterator(5000) if since == 0 else values
    ):
        cell = Cell(case, level, side)
        yield Row(item, enrolment, session, cell, patient, score if counts else None)


def _moment(arm: Arm) -> tuple[int, bool, tuple[int, ...], str, str]:
    """The oldest transaction still under way, whether this one has written, and the layout.

    The layout: pivotal sessions by period, and hashes of which case is of which patient and of
    which readings are withdrawn.

    Every transaction before the first is over, so that a later look at the grades sees it. Asked
    before the grades are read: what ends in between is read twice, never left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
            " pg_current_xact_id_if_assigned() IS NOT NULL,"
            " (SELECT array_agg(id ORDER BY period) FROM annotations_readingsession"
            " WHERE arm_id = %s AND phase = %s),"
            " (SELECT md5(string_agg(c.id || ':' || e.patient_id, ',' ORDER BY c.id))"
            " FROM annotations_case c JOIN imaging_imagingstudy e ON e.id = c.imaging_study_id"
            " WHERE c.reader_study_id = %s),"
            " (SELECT md5(string_agg(r.id::text, ',' ORDER BY r.id)) FROM annotations_reading r"
            " JOIN annotations_readingsession s ON s.id = r.reading_session_id"
            " WHERE s.arm_id = %s AND r.status = %s)",
            [
                arm.pk,
                ReadingSession.Phase.PIVOTAL,
                arm.reader_study_id,
                arm.pk,
                Reading.Status.WITHDRAWN,
            ],
        )
        mark, is_writing, sessions, patients, withdrawn = cursor.fetchone()
    return int(mark), bool(is_writing), tuple(sessions or ()), str(patients), str(withdrawn)


def _earliest(stored: NDArray[np.int8]) -> NDArray[np.int8]:
    """(sessions, ...) codes -> (...) the first that isn't missing."""
    if not len(stored):
        return np.full(stored.shape[1:], MISSING, dtype=np.int8)
    first = (stored != MISSING).argmax(axis=0)
    return np.asarray(np.take_along_axis(stored, first[None], axis=0)[0])
