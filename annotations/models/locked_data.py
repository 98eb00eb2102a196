"""The database's own guard of locked data."""

from __future__ import annotations

import pgtrigger

_DATA_ARE_LOCKED = """
IF EXISTS (
    SELECT 1 FROM annotations_reading r
    JOIN annotations_enrolment e ON e.id = r.enrolment_id
    JOIN annotations_readerstudy s ON s.id = e.reader_study_id
    WHERE s.status IN ('locked', 'analysed')
        AND r.id = CASE TG_OP WHEN 'DELETE' THEN OLD.reading_id ELSE NEW.reading_id END
) THEN
    RAISE EXCEPTION 'the data of this reader study are locked' USING ERRCODE = 'check_violation';
END IF;
RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
"""


def refuse_when_locked() -> pgtrigger.Trigger:
    """A trigger for tables whose rows belong to a reading."""
    return pgtrigger.Trigger(
        name="data_are_locked",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_DATA_ARE_LOCKED,
    )
