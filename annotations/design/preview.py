"""What a schedule comes to, as a table and in plain sentences. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotations.design.allocation import Assignment


@dataclass(frozen=True)
class PreviewRow:
    """One reader in one period and arm."""

    reader: str
    period: int
    arm: str
    cases: int
    repeats: int
    opens: bool


@dataclass(frozen=True)
class Preview:
    """What a schedule comes to.

    rows: by reader, period and order of arms. readings: in all. readers_per_case and
    cases_shared_by_pairs: (fewest, most); the latter is (0, 0) with one reader.
    """

    rows: tuple[PreviewRow, ...]
    readings: int
    readers_per_case: tuple[int, int]
    cases_shared_by_pairs: tuple[int, int]


def preview(assignments: Iterable[Assignment], cases: Sequence[str]) -> Preview:
    """Count the schedule. cases: all of the plan, so that one nobody reads is noticed."""
    rows = list(assignments)
    first, repeats = Counter[tuple[str, int, str]](), Counter[tuple[str, int, str]]()
    start: dict[tuple[str, int, str], int] = {}
    by_reader: dict[str, set[str]] = {}
    for row in rows:
        key = (row.reader, row.period, row.arm)
        (repeats if row.repeat_of else first)[key] += 1
        start[key] = min(row.order, start.get(key, row.order))
        by_reader.setdefault(row.reader, set()).add(row.case)
    read = Counter(case for own in by_reader.values() for case in own)
    per_case = [read[case] for case in cases] or [0]
    shared = [len(a & b) for a, b in itertools.combinations(by_reader.values(), 2)] or [0]
    places = {reader: place for place, reader in enumerate(by_reader)}
    ordered = sorted(start, key=lambda key: (places[key[0]], key[1], start[key]))
    return Preview(
        rows=tuple(
            PreviewRow(*key, cases=first[key], repeats=repeats[key], opens=start[key] == 1)
            for key in ordered
        ),
        readings=len(rows),
        readers_per_case=(min(per_case), max(per_case)),
        cases_shared_by_pairs=(min(shared), max(shared)),
    )
