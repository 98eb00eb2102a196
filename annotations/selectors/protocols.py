"""The protocol that is in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotations.design.adjudication_rule import AdjudicationRule
from annotations.design.protocol import LiveView, differences
from annotations.models import Protocol, ReaderStudy


def protocol_of(reader_study: ReaderStudy) -> Protocol:
    """The newest version; every reader study has at least one."""
    return reader_study.protocols.latest("version")


def protocol_body(reader_study: ReaderStudy) -> dict[str, Any]:
    """What it says."""
    body: dict[str, Any] = protocol_of(reader_study).body
    return body


def live_view_of(reader_study: ReaderStudy) -> LiveView:
    """Who sees agreement while cases are being read."""
    return LiveView(**protocol_body(reader_study)["live_view"])


def frozen_settings_of(reader_study: ReaderStudy) -> list[str]:
    """Settings of the viewer that readers can't change (FREEZABLE)."""
    frozen: list[str] = protocol_body(reader_study)["frozen"]
    return frozen


def adjudication_rule_of(reader_study: ReaderStudy) -> AdjudicationRule:
    """When a cell goes to adjudication."""
    kept = protocol_body(reader_study)["adjudication"]
    return AdjudicationRule(
        kept["kind"], kept["steps"], tuple(kept["readers"]), tuple(kept["items"])
    )


def version_views(versions: Sequence[Protocol]) -> list[dict[str, Any]]:
    """Every version with what it changed, in words: "washout_days: 28, then 14"."""
    views = []
    before: dict[str, Any] | None = None
    for one in versions:
        changed = {} if before is None else differences(before, one.body)
        views.append(
            {
                "version": one,
                "changes": [f"{field}: {old}, then {new}" for field, (old, new) in changed.items()],
            }
        )
        before = one.body
    return views
