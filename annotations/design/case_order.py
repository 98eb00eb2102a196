"""Seeded case order, the same in any language that has SHA-256.

Sort the blinded case numbers by SHA-256 of "seed/reader code/period/case number" (UTF-8,
as hex digits). The order depends on nothing else, so a statistician can make it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def case_order(seed: int, reader_code: str, period: int, case_numbers: Iterable[str]) -> list[str]:
    """The case numbers in the order in which this reader reads them in this period."""

    def key(number: str) -> str:
        return hashlib.sha256(f"{seed}/{reader_code}/{period}/{number}".encode()).hexdigest()

    return sorted(case_numbers, key=key)


def blinded_numbers(seed: int, exam_keys: Iterable[str]) -> dict[str, str]:
    """Exam key -> "C-001", "C-002", ... in an order that tells nothing of the exams."""

    def key(exam: str) -> str:
        return hashlib.sha256(f"{seed}/number/{exam}".encode()).hexdigest()

    shuffled = sorted(exam_keys, key=key)
    return {exam: f"C-{place:03d}" for place, exam in enumerate(shuffled, start=1)}
