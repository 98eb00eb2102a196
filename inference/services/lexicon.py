"""Change the lexicon of this site; the shipped one stays as it is."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from inference.models import LexiconChange
from inference.reports import Lexicon, LexiconError, Term, shipped_lexicon
from inference.selectors.lexicon import newest_changes, site_lexicon
from spinestudy.audit.services import record
from spinestudy.common.errors import InvalidInputError

ACTS = ("add", "disable", "restore")


class LexiconChangeError(InvalidInputError):
    """The change can't be made; the message says why."""

    code = "lexicon_change"


def changed_lexicon(*, act: str, term: Term) -> Lexicon:
    """The lexicon as it would be. act: "add", "disable", or "restore" what is shipped."""
    if act not in ACTS:
        raise LexiconChangeError("Choose whether to add, disable or restore the term.")
    lexicon = site_lexicon()
    there = {one.key for one in lexicon.terms}
    shipped = {one.key: one for one in shipped_lexicon().terms}
    try:
        if act == "add":
            changed = lexicon.changed(added=[term])
        elif act == "disable":
            if term.key not in there:
                raise LexiconChangeError(f"The lexicon has no term “{term.key}” in use.")
            changed = lexicon.changed(disabled=[term.key])
        else:
            if term.key not in newest_changes():
                raise LexiconChangeError(f"“{term.key}” isn't changed here.")
            was = shipped.get(term.key)
            changed = lexicon.changed(added=[was]) if was else lexicon.changed(disabled=[term.key])
    except LexiconError as error:
        raise LexiconChangeError(str(error)) from error
    if changed.version == lexicon.version and act != "restore":
        raise LexiconChangeError("The lexicon has this term already.")
    return changed


@transaction.atomic
def change_lexicon(*, act: str, term: Term, actor: Any) -> LexiconChange:
    """Keep the change; labels are read anew afterwards by `relabel_stale`."""
    changed = changed_lexicon(act=act, term=term)
    is_added = act == "add"
    row = LexiconChange.objects.create(
        key=term.key,
        text=term.text,
        kind=term.kind if is_added else "",
        value=term.value if is_added else "",
        notes=term.notes[:200] if is_added else "",
        is_disabled=act == "disable",
        lexicon_version=changed.version,
        changed_by=actor,
    )
    record(
        actor=actor,
        action="lexicon.changed",
        subject=row,
        act=act,
        term=[term.text, term.kind, term.value],
        lexicon_version=changed.version,
    )
    return row
