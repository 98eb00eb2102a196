"""`manage.py import_dicom PATH... [--cohort NAME]`."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from spinestudy.common.errors import DomainError
from spinestudy.imaging.models import ImagingStudy, Upload
from spinestudy.imaging.services.ingest import files_done, import_sources
from spinestudy.imaging.services.sources import find_sources
from spinestudy.imaging.services.uploads import create_upload


class Command(BaseCommand):
    help = (
        "Import DICOM files, folders or zip archives. What can't be used is kept in quarantine "
        "with the reason; that is no failure of the command."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder or zip archive")
        parser.add_argument("--cohort", default="", metavar="NAME", help="put the exams into it")

    def handle(self, *args: Any, **options: Any) -> None:
        paths = [Path(path) for path in options["paths"]]
        for path in paths:
            if not path.exists():
                raise CommandError(f"There is no file or folder {path}.")
        sources = list(find_sources((path.name or str(path), path) for path in paths))
        if not sources:
            raise CommandError("There are no files in " + ", ".join(map(str, paths)) + ".")
        try:
            upload = create_upload(
                source=", ".join(path.name or str(path) for path in paths),
                cohort_name=options["cohort"],
                actor=None,
                state=Upload.State.QUEUED,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.started = time.monotonic()
        try:
            upload = import_sources(
                upload_id=upload.pk, sources=sources, actor=None, watch=self.progress
            )
        except OSError as error:
            raise CommandError(f"The import stopped: {error}.") from error
        self.report(upload)

    def progress(self, upload: Upload) -> None:
        """One line that is written over; in a log file, one line a chunk."""
        done = files_done(upload)
        elapsed_s = max(time.monotonic() - self.started, 1e-3)
        line = f"{done}/{upload.files_total} files, {done / elapsed_s:.0f} files/s"
        if self.stdout.isatty():
            self.stdout.write(f"\r{line} ", ending="")
            self.stdout.flush()
        else:
            self.stdout.write(line)

    def report(self, upload: Upload) -> None:
        """What landed, and what didn't, by reason."""
        exams = ImagingStudy.objects.count()
        self.stdout.write("")
        for label, count in (
            ("files", upload.files_total),
            ("landed", upload.files_accepted),
            ("known already", upload.files_known),
            ("quarantined", upload.files_quarantined),
            ("exams here now", exams),
        ):
            self.stdout.write(f"{label:<16}{count:>8}")
        reasons = (
            upload.quarantined_files.values("reason_code")
            .annotate(count=Count("id"))
            .order_by("-count", "reason_code")
        )
        if reasons:
            self.stdout.write("\nQuarantined, by reason")
        for row in reasons:
            example = upload.quarantined_files.filter(reason_code=row["reason_code"]).first()
            text = example.reason if example else ""
            self.stdout.write(f"{row['count']:>6}  {row['reason_code']:<22}{text}")
