"""Prove that the audit record is whole."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from spinestudy.audit.models import AuditRecord
from spinestudy.audit.services import verify_chain


class Command(BaseCommand):
    help = "Follow the audit record from its beginning; fail at the first record that is altered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect",
            default="",
            metavar="HASH",
            help="a hash noted earlier; fail where the record doesn't hold it any more",
        )

    def handle(self, *args: Any, expect: str, **options: Any) -> None:
        chain = verify_chain()
        if chain.broken is not None:
            one = chain.broken
            raise CommandError(
                f"Broken at record {one.pk} ({one.recorded_at.isoformat()}, {one.action}, "
                f"{one.subject_type} {one.subject_id}): it, or a record before it, was altered or "
                f"removed. The {chain.length} records before it are whole."
            )
        if expect and not AuditRecord.objects.filter(hash=expect).exists():
            raise CommandError(
                "The record with the expected hash is missing: records were cut off at the end."
            )
        self.stdout.write(f"Whole: {chain.length} records. Last hash: {chain.head}")
