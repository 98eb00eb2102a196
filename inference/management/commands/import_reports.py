"""`manage.py import_reports FILE.csv --cohort NAME [--column-text ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference.models import ReportImport
from inference.services.report_imports import Columns, import_reports
from spinestudy.common.errors import DomainError

SHOWN_LINES = 20


class Command(BaseCommand):
    help = (
        "Import free-text reports from a CSV file (UTF-8, with a header) and read labels from "
        "them. A report finds its exam by Study Instance UID, accession number or patient ID. "
        "Reports with likely identifiers are held back, or masked with --mask."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV file")
        parser.add_argument(
            "--cohort", default="", metavar="NAME", help="look for exams in it alone"
        )
        parser.add_argument(
            "--mask",
            action="store_true",
            help="mask likely identifiers and keep only the masked text",
        )
        for name in ("text", "study_instance_uid", "accession_number", "patient_id"):
            option = "--column-" + name.replace("_", "-")
            parser.add_argument(
                option, default=name, metavar="NAME", help=f"what the column is called ({name})"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        columns = Columns(
            options["column_text"],
            options["column_study_instance_uid"],
            options["column_accession_number"],
            options["column_patient_id"],
        )
        handling = (
            ReportImport.Handling.MASK if options["mask"] else ReportImport.Handling.QUARANTINE
        )
        try:
            made = import_reports(
                data=data,
                source=path.name,
                handling=handling,
                actor=None,
                cohort_name=options["cohort"],
                columns=columns,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.report(made)

    def report(self, made: ReportImport) -> None:
        """What was stored, and what wasn't, by reason."""
        flagged = "masked" if made.handling == ReportImport.Handling.MASK else "held back"
        for label, count in (
            ("rows", made.n_rows),
            ("new reports", made.n_new),
            ("known already", made.n_known),
            ("without exam", len(made.unmatched)),
            (flagged, made.n_flagged),
        ):
            self.stdout.write(f"{label:<16}{count:>8}")
        reasons = Counter(reason for _, reason in made.unmatched)
        if reasons:
            self.stdout.write("\nNot stored, by reason")
        for reason, count in reasons.most_common():
            lines = [str(line) for line, why in made.unmatched if why == reason]
            more = ", ..." if len(lines) > SHOWN_LINES else ""
            self.stdout.write(f"{count:>6}  {reason} (line {', '.join(lines[:SHOWN_LINES])}{more})")
