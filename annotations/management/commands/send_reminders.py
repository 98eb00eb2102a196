"""Remind readers who are late, for cron or by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from annotations.selectors.overdue import overdue_readers
from annotations.services.reminders import send_reminders


class Command(BaseCommand):
    help = "Send an e-mail to every reader who is late, once a day at most."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say who is late, send nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if dry_run:
            for late in overdue_readers():
                title, code = late.enrolment.reader_study.title, late.enrolment.code
                self.stdout.write(f"{title}: {code}, {late.left} overdue")
            return
        sent, unsent = send_reminders()
        for words in unsent:
            self.stdout.write(words)
        self.stdout.write(f"{sent} reminders sent.")
