"""Designing, opening and locking a reader study."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from annotations.design.case_order import blinded_numbers, case_order
from annotations.models import ReaderStudy, Reading
from annotations.services import reader_studies
from annotations.services.reader_studies import (
    UNAIDED,
    ReaderStudyDesignError,
    ReaderStudyStatusError,
    create_reader_study,
)
from spinestudy.audit.models import AuditRecord
from spinestudy.audit.services import first_broken_record
from tests import personas
from tests.factories.reader_studies import exam, opened_reader_study


def test_case_order_is_the_published_rule() -> None:
    # sha256("7/R1/1/C-001") = 6d..., computed with coreutils' sha256sum
    import hashlib

    numbers = [f"C-{n:03d}" for n in range(1, 9)]
    expected = sorted(numbers, key=lambda n: hashlib.sha256(f"7/R1/1/{n}".encode()).digest())
    assert case_order(7, "R1", 1, reversed(numbers)) == expected


def test_case_order_differs_by_reader_period_and_seed() -> None:
    numbers = [f"C-{n:03d}" for n in range(1, 17)]
    orders = [
        tuple(case_order(*key, numbers)) for key in [(1, "R1", 1), (1, "R2", 1), (1, "R1", 2)]
    ]
    orders.append(tuple(case_order(2, "R1", 1, numbers)))
    assert len(set(orders)) == 4
    assert all(sorted(order) == numbers for order in orders)


def test_blinded_numbers_do_not_follow_the_import_order() -> None:
    uids = [f"2.25.{n}" for n in range(20)]
    numbers = blinded_numbers(3, uids)
    assert sorted(numbers.values()) == [f"C-{n:03d}" for n in range(1, 21)]
    assert [numbers[uid] for uid in uids] != sorted(numbers.values())


def test_every_reader_gets_every_case_in_every_arm(coordinator: User, reader: User) -> None:
    second = personas.reader("reader-2")
    reader_study = opened_reader_study(coordinator, [reader, second], n_cases=4)
    assert Reading.objects.filter(case__reader_study=reader_study).count() == 2 * 2 * 4
    positions = Reading.objects.filter(enrolment__reader=second, reading_session__period=1)
    assert sorted(positions.values_list("position", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("missing", ["imaging_studies", "finding_codes", "arms"])
def test_a_design_without_a_part_is_refused_and_leaves_nothing(
    coordinator: User, reader: User, missing: str
) -> None:
    design: dict[str, object] = {
        "imaging_studies": [exam()],
        "readers": [reader],
        "finding_codes": ["modic"],
        "arms": [UNAIDED],
    }
    design[missing] = []
    with pytest.raises(ReaderStudyDesignError, match="Choose at least one"):
        create_reader_study(actor=coordinator, title="T", seed=1, **design)  # type: ignore[arg-type]
    assert not ReaderStudy.objects.exists()


def test_only_readers_can_be_enrolled(coordinator: User, outsider: User) -> None:
    with pytest.raises(ReaderStudyDesignError, match="outsider"):
        create_reader_study(
            actor=coordinator,
            title="T",
            seed=1,
            imaging_studies=[exam()],
            readers=[outsider],
            finding_codes=["modic"],
            arms=[UNAIDED],
        )


def test_a_reader_study_opens_once(coordinator: User, reader: User) -> None:
    reader_study = opened_reader_study(coordinator, [reader])
    with pytest.raises(ReaderStudyStatusError, match="Only a draft"):
        reader_studies.open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)


def test_locking_needs_a_reason(coordinator: User, reader: User) -> None:
    reader_study = opened_reader_study(coordinator, [reader])
    with pytest.raises(ReaderStudyDesignError, match="why"):
        reader_studies.lock_reader_study(
            reader_study_id=reader_study.pk, actor=coordinator, reason=" "
        )


def test_decisive_acts_stand_in_an_unbroken_audit_record(coordinator: User, reader: User) -> None:
    reader_study = opened_reader_study(coordinator, [reader])
    reader_studies.lock_reader_study(
        reader_study_id=reader_study.pk, actor=coordinator, reason="done"
    )
    actions = list(AuditRecord.objects.values_list("action", flat=True))
    assert actions == ["reader_study.created", "reader_study.opened", "reader_study.locked"]
    assert first_broken_record() is None
