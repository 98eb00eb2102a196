"""Names and versions of the programs that a report is made with."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from django.db import connection

PACKAGES = ("numpy", "scipy", "django", "reportlab", "jinja2", "xlsxwriter", "pillow")


def software_versions() -> dict[str, str]:
    """Program -> version."""
    found = {name: version(name) for name in PACKAGES}
    try:
        found["SpineStudy"] = version("spinestudy")
    except PackageNotFoundError:
        found["SpineStudy"] = "not installed as a package"
    major, minor = divmod(connection.cursor().connection.info.server_version, 10_000)
    return {**found, "Python": platform.python_version(), "PostgreSQL": f"{major}.{minor}"}
