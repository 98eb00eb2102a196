"""House rules as small programs: each says what to do instead."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("spinestudy", "annotations", "inference", "tests")
# names that a standard fixes: DICOM's UIDs and attributes, DICOMweb's paths
STANDARD_NAMES = re.compile(
    r"imaging_?stud(y|ies)|reader_?stud(y|ies)|study_instance_uid|StudyInstanceUID|study_date|"
    r"study_(uid|description)|Study(Date|Time|ID|Description)|spinestudy",
    re.IGNORECASE,
)
LONGEST_FILE_LINES = 300


def tracked(*endings: str) -> Iterator[Path]:
    """Files of the project: those that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.splitlines():
        path = ROOT / name
        if path.is_file() and name.endswith(endings):
            yield path


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.arg | ast.keyword):
            yield node.lineno, node.arg or ""
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def test_study_never_stands_alone() -> None:
    """Write ImagingStudy or exam, ReaderStudy or reader study."""
    faults = []
    for path in tracked(".py"):
        if "migrations" in path.parts or path == Path(__file__):
            continue
        for line, name in identifiers(ast.parse(path.read_text())):
            rest = STANDARD_NAMES.sub("", name)
            if re.search(r"stud(y|ies)", rest, re.IGNORECASE):
                faults.append(f"{path.relative_to(ROOT)}:{line} {name}")
    assert faults == []


def test_files_stay_short() -> None:
    """Split a file that grows beyond 300 lines by its subjects."""
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in tracked(".py", ".ts", ".tsx")
        if "migrations" not in path.parts and path.name != "schema.d.ts"
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE_LINES
    ]
    assert long == []


def test_no_lock_file_names_a_registry() -> None:
    """A lock pins versions; where they come from is the installer's matter."""
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "nvidia" not in lock
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text()


def test_every_python_dependency_is_locked_and_explained() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines()}
    explained = (ROOT / "docs/dependencies.md").read_text().lower()
    for requirement in project["dependencies"]:
        name = re.split(r"[\[;= ]", requirement)[0]
        assert name in locked, name
        assert name.split("-")[0] in explained, name


@pytest.mark.parametrize("ending", [".html", ".ts", ".tsx", ".css"])
def test_pages_load_nothing_from_elsewhere(ending: str) -> None:
    """The site runs without internet: no address of another host in what a browser gets."""
    allowed = "http://www.w3.org/"
    faults = [
        f"{path.relative_to(ROOT)}: {address}"
        for path in tracked(ending)
        if "tests" not in path.parts and path.name != "schema.d.ts"
        for address in re.findall(r"https?://[^\s'\"`)]+", path.read_text())
        if not address.startswith(allowed)
    ]
    assert faults == []
