#!/usr/bin/env python
"""Run a management command; embedded servers start on demand where none is configured."""

import os
import sys

from spinestudy.services.on_demand import services_for_command


def main() -> None:
    """Run the command named in argv."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spinestudy.settings.development")
    from django.core.management import execute_from_command_line

    with services_for_command(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
