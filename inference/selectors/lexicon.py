"""The lexicon of this site: the shipped one with the newest change of each term."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from inference.models import ClinicalReport, LexiconChange
from inference.reports import ENGINE_VERSION, Label, Lexicon, Term, read_report, shipped_lexicon
from inference.selectors.clinical_reports import newest_runs


def newest_changes() -> dict[str, LexiconChange]:
    """Key of the term -> the change that counts, without those that were taken back."""
    found = (
        LexiconChange.objects.order_by("key", "-id").distinct("key").select_related("changed_by")
    )
    return {one.key: one for one in found if one.is_disabled or one.kind}


def site_lexicon() -> Lexicon:
    """What reports of this site are read with."""
    changes = newest_changes()
    return shipped_lexicon().changed(
        added=[
            Term(one.text, one.kind, one.value, one.notes)
            for one in changes.values()
            if not one.is_disabled
        ],
        disabled=[key for key, one in changes.items() if one.is_disabled],
    )


@dataclass(frozen=True)
class TermRow:
    """A term as the page lists it. change: of the site, None for a shipped term as it came."""

    term: Term
    change: LexiconChange | None
    is_disabled: bool


def term_rows(*, text: str = "", kind: str = "") -> list[TermRow]:
    """Every term, shipped and of the site, disabled ones too, by kind, value and text."""
    changes = newest_changes()
    shipped = {term.key: term for term in shipped_lexicon().terms}
    rows = {
        key: TermRow(term, changes.get(key), key in changes and changes[key].is_disabled)
        for key, term in shipped.items()
    }
    for key, one in changes.items():
        if not one.is_disabled:
            rows[key] = TermRow(Term(one.text, one.kind, one.value, one.notes), one, False)
    found = [
        row
        for row in rows.values()
        if text.lower() in row.term.text and kind in ("", row.term.kind)
    ]
    return sorted(found, key=lambda row: (row.term.kind, row.term.value, row.term.text))


@dataclass(frozen=True)
class LabelChange:
    """One label that another lexicon reads differently; "" where there is none."""

    report: ClinicalReport
    target: str
    disc_level: str
    side: str
    before: str
    after: str
    sentence: str


def label_changes(lexicon: Lexicon, reports: Collection[ClinicalReport]) -> list[LabelChange]:
    """What would change in the labels of these reports; nothing is stored."""
    runs = {run.report_id: run for run in newest_runs(reports).prefetch_related("labels")}
    found: list[LabelChange] = []
    for report in reports:
        run = runs.get(report.pk)
        before = (
            {(one.target, one.disc_level, one.side): one.category for one in run.labels.all()}
            if run
            else {}
        )
        after = {
            (one.target, one.level, one.side): one
            for one in read_report(report.text, lexicon).labels
        }
        for cell in sorted({*before, *after}):
            label: Label | None = after.get(cell)
            old, new = before.get(cell, ""), label.category if label else ""
            if old != new:
                sentence = report.text[label.start : label.end] if label else ""
                found.append(LabelChange(report, *cell, old, new, sentence))
    return found


def stale_reports(lexicon: Lexicon) -> list[int]:
    """Numbers of the reports in use whose newest labels are of another lexicon or engine."""
    current = set(
        newest_runs(None)
        .filter(lexicon_version=lexicon.version, engine_version=ENGINE_VERSION)
        .values_list("report_id", flat=True)
    )
    in_use = ClinicalReport.objects.filter(state=ClinicalReport.State.IN_USE)
    return [pk for pk in in_use.values_list("pk", flat=True) if pk not in current]
