"""For somebody who has lost the phone and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from spinestudy.accounts.services.second_factor import reset_second_factors


class Command(BaseCommand):
    help = "Remove every second factor of a person and end their sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account named {username!r}.")
        removed = reset_second_factors(user=user)
        self.stdout.write(f"{username}: second factors removed: {removed}. All sessions ended.")
