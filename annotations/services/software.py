"""Names and versions of the programs that a report is made with."""

from __future__ import annotations

import platform
import tomllib
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.db import connection

PACKAGES = ("numpy", "scipy", "django", "reportlab", "jinja2", "xlsxwriter", "pillow")


def software_versions() -> dict[str, str]:
    """Program -> version."""
    found = {name: version(name) for name in PACKAGES}
    found["SpineStudy"] = _own_version()
    major, minor = divmod(connection.cursor().connection.info.server_version, 10_000)
    return {**found, "Python": platform.python_version(), "PostgreSQL": f"{major}.{minor}"}


def _own_version() -> str:
    """Of the installed package; of the sources where it runs from them."""
    try:
        return version("spinestudy")
    except PackageNotFoundError:
        project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
        return str(project["version"])
