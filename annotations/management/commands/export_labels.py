"""`manage.py export_labels FILE.csv --cohort NAME [--reader-study ID]`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.models import ReaderStudy
from annotations.selectors.training_labels import (
    COLUMNS,
    Row,
    reader_rows,
    reference_rows,
    report_rows,
)
from spinestudy.common.csv import csv_text
from spinestudy.imaging.models import Cohort


class Command(BaseCommand):
    help = (
        "Write labels of exams as the labels.csv that `train_pipeline --data dicom:FOLDER` reads: "
        "those of reports, and of a reader study the readers' grades without AI and the reference. "
        "Nothing is changed. Put the file beside the exams' DICOM files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV file to write")
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--cohort", metavar="NAME", help="reports of the exams of a cohort")
        chosen.add_argument(
            "--reader-study",
            metavar="ID",
            type=int,
            help="reports of its exams, grades of its readers and its reference",
        )
        parser.add_argument(
            "--stated-only",
            action="store_true",
            help="of reports, leave out what is only assumed: unmentioned, so not narrowed",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.exists():
            raise CommandError(f"{path} is there already. Choose another name, or delete it.")
        if not path.parent.is_dir():
            raise CommandError(f"{path.parent} is not a folder.")
        rows = self._rows(options)
        if not rows:
            raise CommandError(
                "There is no label to write. Bring reports in (manage.py import_reports), or "
                "choose a reader study with finished readings without AI, or with a reference."
            )
        path.write_text(csv_text(COLUMNS, rows), "utf-8")
        exams = len({row[0] for row in rows})
        for source, count in sorted(Counter(row[-1] for row in rows).items()):
            self.stdout.write(f"{source:<16}{count:>8} labels")
        self.stdout.write(f"{path}: {len(rows)} labels of {exams} exams")

    def _rows(self, options: dict[str, Any]) -> list[Row]:
        with_assumed = not options["stated_only"]
        if options["cohort"] is not None:
            cohort = Cohort.objects.filter(name=options["cohort"]).first()
            if cohort is None:
                known = ", ".join(Cohort.objects.values_list("name", flat=True)[:20]) or "none"
                raise CommandError(f"There is no cohort '{options['cohort']}'. There are: {known}.")
            exams = list(cohort.imaging_studies.values_list("pk", flat=True))
            return list(report_rows(exams, with_assumed=with_assumed))
        reader_study = ReaderStudy.objects.filter(pk=options["reader_study"]).first()
        if reader_study is None:
            raise CommandError(f"There is no reader study {options['reader_study']}.")
        exams = list(reader_study.cases.values_list("imaging_study_id", flat=True))
        return [
            *report_rows(exams, with_assumed=with_assumed),
            *reader_rows(reader_study),
            *reference_rows(reader_study),
        ]
