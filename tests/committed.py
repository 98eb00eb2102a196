"""A database in which several connections see each other's work; emptied afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What the test commits is really committed. Append-only tables are emptied all the same."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            tables = sorted(set(connection.introspection.table_names()) - KEPT)
            names = ", ".join(connection.ops.quote_name(name) for name in tables)
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")  # triggers rest
                cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
                cursor.execute("SET session_replication_role = origin")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do the acts at the same moment, each on a connection of its own; results or errors."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=30)
            return act()
        except Exception as error:  # the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(one, act) for act in acts]]
