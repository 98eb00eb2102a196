"""Which measures of AI stand beside which items."""

from __future__ import annotations

from annotations.selectors.ai_measures import BEHIND
from annotations.vocabulary import FINDINGS
from inference.contract import MEASURES


def test_every_measure_stands_behind_items_that_there_are() -> None:
    assert set(BEHIND) == set(MEASURES)
    for code, items in BEHIND.items():
        assert items, code
        assert set(items) <= set(FINDINGS), code
