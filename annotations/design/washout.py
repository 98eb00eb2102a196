"""When a reader may read a case again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def not_before(
    earlier_submissions: Iterable[datetime | None], washout_days: int
) -> datetime | None:
    """The moment from which a case may be read again by the same reader.

    earlier_submissions: of this reader's readings of the case in earlier periods, None where one
    isn't submitted. Returns None where there are none or one isn't submitted yet: then nothing
    can be said. The washout runs from the last submission, in days of 24 hours.
    """
    moments = list(earlier_submissions)
    known = [moment for moment in moments if moment is not None]
    if not known or len(known) < len(moments):
        return None
    return max(known) + timedelta(days=washout_days)
