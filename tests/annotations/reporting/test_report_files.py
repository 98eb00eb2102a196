"""Files of the final report: their bytes don't change, and each holds what it has to."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from annotations.reporting.final_report import build_report
from annotations.reporting.final_report.files import report_files
from annotations.reporting.final_report.result import Number, PValue
from annotations.vocabulary import FINDINGS
from tests.factories.report_data import SEED, report_data
from tests.factories.report_parts import numbers_of, tables

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    print(f"seed {SEED}")  # noqa: T201
    return report_files(report_data())


def test_the_same_data_give_the_same_bytes(files: dict[str, bytes]) -> None:
    assert report_files(report_data()) == files
    assert {name: content[:4] for name, content in files.items() if name.endswith("zip")} == {
        "tables.zip": b"PK\x03\x04",
        "analysis.zip": b"PK\x03\x04",
    }
    assert files["report.pdf"].startswith(b"%PDF")


def test_another_process_with_other_hashes_and_threads_gives_the_same_bytes(
    files: dict[str, bytes],
) -> None:
    script = (
        "import hashlib, json\n"
        "from annotations.reporting.final_report.files import report_files\n"
        "from tests.factories.report_data import report_data\n"
        "made = report_files(report_data())\n"
        "print(json.dumps({n: hashlib.sha256(c).hexdigest() for n, c in made.items()}))\n"
    )
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, **threads, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert json.loads(done.stdout) == expected


def test_another_answer_gives_other_bytes(files: dict[str, bytes]) -> None:
    data = report_data()
    row = next(row for row in data.rows if row.score == 1)
    changed = [replace(one, score=2) if one is row else one for one in data.rows]
    other = report_files(replace(data, rows=changed))
    assert {name for name in files if files[name] == other[name]} == set()


class Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(str(value))
            elif name == "href" and str(value).startswith("#"):
                self.targets.add(str(value)[1:])
            elif name in ("src", "href", "xlink:href", "data"):
                self.sources.append(str(value))


def test_the_page_holds_everything_that_it_shows(files: dict[str, bytes]) -> None:
    page = files["report.html"].decode()
    parser = Ids()
    parser.feed(page)
    assert len(parser.ids) == len(set(parser.ids))
    assert parser.targets <= set(parser.ids)
    assert parser.sources == []
    assert "<script" not in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_titles_of_people_are_text_and_not_markup() -> None:
    data = replace(report_data(n_cases=3), title="<b>&\"' 椎間板", description="<script>x</script>")
    made = report_files(data)
    page = made["report.html"].decode()
    assert "&lt;script&gt;x" in page
    assert "<script" not in page
    assert "椎間板" in page
    assert made["report.pdf"].startswith(b"%PDF")


def test_json_and_csv_hold_every_number(files: dict[str, bytes]) -> None:
    report = build_report(report_data())
    body = json.loads(files["report.json"])
    assert [one["key"] for one in body["sections"]] == [one.key for one in report.sections]
    rows = list(csv.DictReader(io.StringIO(files["numbers.csv"].decode())))
    n = sum(
        isinstance(cell, Number | PValue | int | float)
        for table in tables(report)
        for row in table.rows
        for cell in row
    )
    assert len(rows) == n
    unaided = next(one for one in rows if one["table"] == "primary-arms")
    cell = numbers_of(report, "primary-arms")[0][1]
    assert float(unaided["value"]) == pytest.approx(cell.value, rel=1e-11)
    assert unaided["status"] == "primary"
    with zipfile.ZipFile(io.BytesIO(files["tables.zip"])) as archive:
        assert set(archive.namelist()) == {f"{t.key}.csv" for t in tables(report)} | {"index.csv"}
        assert all(one.date_time == (1980, 1, 1, 0, 0, 0) for one in archive.infolist())


def test_items_of_every_scale_can_be_reported() -> None:
    codes = [code for code, one in FINDINGS.items() if one.depends_on is None]
    for code in codes:
        files = report_files(report_data(items=(code,), n_cases=4, n_readers=2, preset="deepspine"))
        assert files["report.pdf"].startswith(b"%PDF"), code
