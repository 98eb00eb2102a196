"""Read reports, and store what was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction

from inference.models import ClinicalReport, ReportLabel, ReportRun
from inference.reports import ENGINE_VERSION, Lexicon, read_report
from inference.selectors.lexicon import site_lexicon, stale_reports

AT_ONCE = 200


def label_reports(reports: Iterable[ClinicalReport], lexicon: Lexicon | None = None) -> int:
    """A new run for each report in use, in one transaction; how many there were."""
    used = lexicon or site_lexicon()
    in_use = [one for one in reports if one.state == ClinicalReport.State.IN_USE]
    with transaction.atomic():
        readings = [read_report(one.text, used) for one in in_use]
        runs = ReportRun.objects.bulk_create(
            ReportRun(
                report=report,
                engine_version=ENGINE_VERSION,
                lexicon_version=used.version,
                contradictions=[asdict(one) for one in reading.contradictions],
            )
            for report, reading in zip(in_use, readings, strict=True)
        )
        ReportLabel.objects.bulk_create(
            [
                ReportLabel(
                    run=run,
                    target=label.target,
                    disc_level=label.level,
                    side=label.side,
                    category=label.category,
                    certainty=label.certainty,
                    is_uncertain=label.is_uncertain,
                    section=label.section,
                    start=label.start,
                    end=label.end,
                )
                for run, reading in zip(runs, readings, strict=True)
                for label in reading.labels
            ],
            batch_size=2000,
        )
    return len(in_use)


def relabel_stale() -> int:
    """Read anew all reports whose labels are of another lexicon or engine; how many there were."""
    lexicon = site_lexicon()
    numbers = stale_reports(lexicon)
    done = 0
    for at in range(0, len(numbers), AT_ONCE):
        chunk = ClinicalReport.objects.filter(pk__in=numbers[at : at + AT_ONCE])
        done += label_reports(chunk, lexicon)
    return done
