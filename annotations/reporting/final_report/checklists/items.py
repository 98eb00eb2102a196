"""What a line of a checklist is."""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """number: as published, "" where we aren't certain; asks: what is asked, in our words.

    targets: keys of sections and tables that answer it. Without one the manuscript has to.
    """

    number: str
    asks: str
    targets: tuple[str, ...] = ()


class Checklist(NamedTuple):
    """key, name, and how sure the numbers are."""

    key: str
    name: str
    numbering: str
    items: tuple[Item, ...]
