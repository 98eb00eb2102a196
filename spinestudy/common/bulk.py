"""Rows by the hundred thousand, by PostgreSQL's COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def next_keys(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that nobody else gets, in ascending order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(sequence) FROM generate_series(1, %s), "
            "(SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence OFFSET 0) AS one",
            [count, model._meta.db_table, model._meta.pk.column],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows, given as values of these columns; what isn't given is null.

    Constraints and triggers of the database hold; `save` and signals are passed by.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
