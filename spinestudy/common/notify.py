"""Tell live watchers that something changed: PostgreSQL NOTIFY inside the transaction."""

from __future__ import annotations

import json
from typing import Any, Final

from django.db import connection

CHANNEL: Final = "spinestudy_live"


def notify(topic: str, **data: Any) -> None:
    """Send ids, not content, to the topic's watchers once the transaction commits.

    The payload limit of PostgreSQL is 8000 bytes; watchers fetch what they need.
    """
    payload = json.dumps({"topic": topic, **data}, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
