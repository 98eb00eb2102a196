"""The audit record: whole, in order under load, and any alteration is named."""

from __future__ import annotations

import io
from datetime import UTC, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from spinestudy.audit.models import AuditRecord
from spinestudy.audit.services import GENESIS, record, verify_chain, verify_chain_since
from tests import personas
from tests.committed import at_once, committed_db  # noqa: F401
from tests.conftest import client_of
from tests.factories.reader_studies import opened_reader_study, reading_of


def three_records(person: User) -> list[AuditRecord]:
    return [
        record(
            actor=person,
            action="test.done",
            subject=person,
            changes={"score": [None, number]},
            reason="because",
            number=number,
        )
        for number in range(3)
    ]


def behind_the_back(sql: str, *values: str | int) -> None:
    """What a person with the keys of the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def verified() -> str:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def test_a_whole_record_is_said_to_be_whole(coordinator: User) -> None:
    entries = three_records(coordinator)
    assert f"Whole: 3 records. Last hash: {entries[-1].hash}" in verified()
    assert entries[0].previous_hash == GENESIS


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "another"),
        ("changes", '{"score": [null, 9]}'),
        ("data", "{}"),
        ("source", "elsewhere"),
        ("action", "test.undone"),
        ("form", "1"),
        ("recorded_at", "2020-01-01T00:00:00Z"),
    ],
)
def test_an_altered_field_is_found_and_its_record_named(
    coordinator: User, column: str, value: str
) -> None:
    second = three_records(coordinator)[1]
    sql = f"UPDATE audit_auditrecord SET {column} = %s WHERE id = %s"  # noqa: S608
    behind_the_back(sql, value, second.pk)
    with pytest.raises(CommandError, match=rf"Broken at record {second.pk} .*test\..*1 records"):
        verified()


def test_a_removed_record_is_found_at_the_one_after_it(coordinator: User) -> None:
    entries = three_records(coordinator)
    behind_the_back("DELETE FROM audit_auditrecord WHERE id = %s", entries[1].pk)
    broken = verify_chain().broken
    assert broken == entries[2]


def test_records_cut_off_at_the_end_are_found_by_a_noted_hash(coordinator: User) -> None:
    entries = three_records(coordinator)
    behind_the_back("DELETE FROM audit_auditrecord WHERE id = %s", entries[2].pk)
    verified()
    with pytest.raises(CommandError, match="cut off at the end"):
        call_command("verify_audit", expect=entries[2].hash, stdout=io.StringIO())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditrecord SET reason = ''",
        "DELETE FROM audit_auditrecord",
        "TRUNCATE audit_auditrecord",
    ],
)
def test_the_database_refuses_every_change(coordinator: User, sql: str) -> None:
    three_records(coordinator)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match=r"Cannot update or delete|can only be added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AuditRecord.objects.count() == 3


def test_an_act_that_fails_leaves_no_record(coordinator: User) -> None:
    def act() -> None:
        record(actor=coordinator, action="test.failed", subject=coordinator)
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        act()
    assert not AuditRecord.objects.exists()


def test_the_clock_is_the_databases_in_utc(coordinator: User) -> None:
    entry = three_records(coordinator)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    assert entry.recorded_at.utcoffset() == timezone.now().astimezone(UTC).utcoffset()
    assert timedelta(0) <= now - entry.recorded_at < timedelta(minutes=1)


def test_a_request_says_where_it_came_from(coordinator: User, reader: User) -> None:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1)
    reading = reading_of(reader_study, reader, aided=False)
    address = f"/api/v1/readings/{reading.pk}/grades/"
    body = {
        "item": "modic",
        "disc_level": "L4/L5",
        "score": 2,
        "not_gradable": False,
        "side": "",
        "reason": "",
        "confidence": None,
        "comment": "",
        "base_revision": 0,
        "answer_key": "5a3a4a3e-0c6d-4e38-9a55-0c8c6d1b1f00",
        "answered_at": "2026-11-20T09:30:00Z",
    }
    assert client_of(reader).put(address, body, format="json").status_code == 200
    entry = AuditRecord.objects.get(action="grade.stored")
    assert entry.source == f"127.0.0.1 PUT {address}"
    assert entry.changes == {"score": [None, 2], "revision": [0, 1]}
    assert (entry.actor, entry.data["item"]) == (reader, "modic")
    assert AuditRecord.objects.get(action="reader_study.opened").source == "server"


def test_many_writers_at_once_make_one_chain(committed_db: None) -> None:  # noqa: F811
    person = personas.coordinator()

    def write() -> None:
        for number in range(10):
            record(actor=person, action="test.done", subject=person, number=number)

    assert at_once(*[write] * 4) == [None] * 4
    chain = verify_chain()
    assert (chain.length, chain.broken) == (40, None)


def since(subject: User) -> tuple[int, AuditRecord | None]:
    chain = verify_chain_since(subject, action="made")
    return chain.length, chain.broken


def test_the_chain_is_followed_from_the_making_of_a_subject_on(coordinator: User) -> None:
    """Each record: what was done behind the back, and where it is noticed."""
    subject = User.objects.create_user("subject")
    earlier = three_records(coordinator)
    made = record(actor=coordinator, action="made", subject=subject)
    later = three_records(coordinator)
    head = verify_chain().head
    assert since(subject) == (4, None)
    assert verify_chain_since(subject, action="made").head == head
    sql = "UPDATE audit_auditrecord SET reason = %s WHERE id = %s"

    def broken_after(number: int) -> int | None:
        reason = AuditRecord.objects.get(pk=number).reason
        behind_the_back(sql, "other words", number)
        found = since(subject)[1]
        behind_the_back(sql, reason, number)
        return found.pk if found else None

    assert broken_after(earlier[0].pk) is None  # long before: verify_audit tells
    assert broken_after(earlier[2].pk) == earlier[2].pk  # what the first record stands on
    assert broken_after(made.pk) == made.pk
    assert broken_after(later[1].pk) == later[1].pk  # of others, but in between
    assert since(subject) == (4, None)
    behind_the_back("DELETE FROM audit_auditrecord WHERE id = %s", later[0].pk)
    assert since(subject)[1] == later[1]


def test_without_the_record_of_its_making_the_whole_chain_is_followed(coordinator: User) -> None:
    subject = User.objects.create_user("subject")
    three_records(coordinator)
    made = record(actor=coordinator, action="made", subject=subject)
    three_records(coordinator)
    behind_the_back("UPDATE audit_auditrecord SET action = %s WHERE id = %s", "x", made.pk)
    total = AuditRecord.objects.filter(pk__lt=made.pk).count()
    assert since(subject) == (total, AuditRecord.objects.get(pk=made.pk))
