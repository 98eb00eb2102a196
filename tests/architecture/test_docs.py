"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([\w-]+):", text, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_command_of_a_document_exists(document: Path) -> None:
    text = document.read_text()
    for target in re.findall(r"\]\(([^)#]+?)\)", text):
        if "://" not in target:
            assert (document.parent / target).exists(), target
    for name in re.findall(r"`[^`]*\bmake ([a-z0-9-]+)", text):
        assert name in make_targets(), name
    for name in re.findall(r"manage\.py ([a-z_]+)", text):
        assert name in get_commands(), name


def test_the_readme_begins_with_the_two_commands_and_two_pictures() -> None:
    lines = [line for line in (ROOT / "README.md").read_text().splitlines() if line.strip()]
    assert "make demo" in lines[1]
    assert "make test" in lines[2]
    assert sum(line.startswith("![") for line in lines[:10]) == 2


def test_adrs_are_short() -> None:
    for path in (ROOT / "docs/adr").glob("*.md"):
        assert len(path.read_text().splitlines()) <= 60, path.name


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
