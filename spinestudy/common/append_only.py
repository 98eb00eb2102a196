"""Tables to which rows can only be added: the database refuses everything else."""

from __future__ import annotations

import pgtrigger


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers against UPDATE and DELETE of rows and TRUNCATE of the table."""
    return [
        pgtrigger.Protect(name="no_change", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'rows of % can only be added', TG_TABLE_NAME;",
        ),
    ]
