"""The final report from plain data: its numbers are the engine's, and its bytes don't change."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    difference,
    mean_pair_kappa,
    obuchowski_rockette,
    p_value,
)
from annotations.reporting.final_report import PRESETS, Report, build_report, report_files
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.result import Link, Number, PValue, Table, Text
from annotations.vocabulary import FINDINGS
from tests.factories.report_data import SEED, report_data

ALL = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    print(f"seed {SEED}")  # noqa: T201
    return report_files(report_data())


def numbers_of(report: Report, key: str) -> list[list[Any]]:
    return [list(row) for row in report.table(key).rows]


def tables(report: Report) -> list[Table]:
    return [b for section in report.sections for b in section.blocks if isinstance(b, Table)]


def test_the_same_data_give_the_same_bytes(files: dict[str, bytes]) -> None:
    assert report_files(report_data()) == files
    assert {name: content[:4] for name, content in files.items() if name.endswith("zip")} == {
        "tables.zip": b"PK\x03\x04",
        "analysis.zip": b"PK\x03\x04",
    }
    assert files["report.pdf"].startswith(b"%PDF")


def test_another_answer_gives_other_bytes(files: dict[str, bytes]) -> None:
    data = report_data()
    row = next(row for row in data.rows if row.score == 1)
    changed = [replace(one, score=2) if one is row else one for one in data.rows]
    other = report_files(replace(data, rows=changed))
    assert {name for name in files if files[name] == other[name]} == set()


def test_the_primary_result_between_readers_is_the_engines() -> None:
    data = report_data()
    rated = Analysis(data).ratings["central_canal_stenosis"]
    arms = [
        mean_pair_kappa(codes.T, ALL, n_categories=4, weights="quadratic", cluster=rated.patients)
        for codes in rated.codes
    ]
    gap = difference(arms[1], arms[0])
    report = build_report(data)
    shown = [row[1] for row in numbers_of(report, "primary-arms")]
    for cell, expected in zip(shown, [*arms, gap], strict=True):
        assert (cell.value, cell.low, cell.high) == (expected.value, expected.low, expected.high)
        assert (cell.n_items, cell.n_patients) == (expected.n_items, expected.n_clusters)
    (test,) = numbers_of(report, "primary-test")
    assert gap.value is not None
    assert gap.se is not None
    assert test[2] == pytest.approx((gap.value / gap.se) ** 2, rel=1e-12)
    assert test[3:5] == [1, 23]
    assert test[5].value == pytest.approx(p_value(gap), rel=1e-9)


def test_the_primary_result_with_a_reference_is_the_engines() -> None:
    data = report_data(reader_pairs="reference")
    rated = Analysis(data).ratings["central_canal_stenosis"]
    result = obuchowski_rockette(
        figure="kappa",
        ratings=rated.codes,
        truth=rated.reference,
        cluster=rated.patients,
        n_categories=4,
        weights="quadratic",
    )
    report = build_report(data)
    shown = [row[1] for row in numbers_of(report, "primary-arms")]
    expected = [*result.arm_means, result.difference(1, 0)]
    assert [(one.value, one.low) for one in shown] == [(one.value, one.low) for one in expected]
    (test,) = numbers_of(report, "primary-test")
    assert (test[2], test[4], test[5].value) == (
        result.test.statistic,
        result.test.df2,
        result.test.p,
    )
    assert result.components is not None
    parts = {row[0]: row[1] for row in numbers_of(report, "primary-components")}
    assert parts["Cov2 (two readers, same arm)"] == result.components.cov2


@pytest.mark.parametrize("preset", ["standard", "won", "yi", "deepspine"])
def test_there_is_one_p_value_and_it_is_the_primary_one(preset: str) -> None:
    found = [
        (table.key, cell)
        for table in tables(build_report(report_data(preset=preset)))
        for row in table.rows
        for cell in row
        if isinstance(cell, PValue)
    ]
    assert [key for key, _ in found] == ["primary-test"]


@pytest.mark.parametrize("preset", ["gao", "yeh"])
def test_tests_of_a_preset_are_adjusted_and_ranked(preset: str) -> None:
    report = build_report(report_data(preset=preset))
    rows = numbers_of(report, "multiplicity")
    assert [row[1] for row in rows] == [
        f"secondary (Holm rank {rank})" for rank in range(1, len(rows) + 1)
    ]
    adjusted = [row[2].value for row in rows]
    assert adjusted == sorted(adjusted)
    holders = {
        t.key for t in tables(report) for row in t.rows for c in row if isinstance(c, PValue)
    }
    assert holders == {"primary-test", "multiplicity"}


def test_the_test_of_gao_is_that_of_the_junior_senior_kappa() -> None:
    data = report_data(preset="gao")
    rated = Analysis(data).focus
    mixed = [(0, 2), (0, 3), (1, 2), (1, 3)]
    arms = [
        mean_pair_kappa(codes.T, mixed, n_categories=4, weights="quadratic", cluster=rated.patients)
        for codes in rated.codes
    ]
    gap = difference(arms[1], arms[0])
    report = build_report(data)
    row = numbers_of(report, "preset-seniority")[0]
    assert row[0] == "senior with junior"
    assert row[3].value == gap.value
    raw = sorted(
        float(p)
        for pairs in (mixed, [(0, 1)], [(2, 3)])
        if (p := _p(rated.codes, pairs, rated.patients)) is not None
    )
    smallest = numbers_of(report, "multiplicity")[0][2].value
    assert smallest == pytest.approx(min(3 * raw[0], 1.0), rel=1e-9)


def _p(codes: Any, pairs: list[tuple[int, int]], patients: Any) -> float | None:
    found = [
        mean_pair_kappa(one.T, pairs, n_categories=4, weights="quadratic", cluster=patients)
        for one in codes
    ]
    return p_value(difference(found[1], found[0]))


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"with_reference": False, "with_ai": False, "asks_confidence": False, "repeats": 0},
        {"n_readers": 1},
        {"n_cases": 1},
        {"with_reference": False, "reader_pairs": "reference"},
        {"items": ("modic", "central_canal_stenosis")},
    ],
    ids=str,
)
def test_no_section_vanishes_or_is_empty(preset: str, options: dict[str, Any]) -> None:
    report = build_report(report_data(preset=preset, **{"n_cases": 8, **options}))
    keys = [section.key for section in report.sections]
    assert len(keys) == (21 if preset == "standard" else 22)
    assert len(keys) == len(set(keys))
    for section in report.sections:
        assert section.blocks, section.key
        for block in section.blocks:
            if isinstance(block, Text):
                assert block.text.endswith("."), block.text
            if isinstance(block, Table):
                assert {len(row) for row in block.rows} <= {len(block.columns)}, block.key
                for row in block.rows:
                    for cell in row:
                        assert not isinstance(cell, float) or np.isfinite(cell)
                        if isinstance(cell, Number) and cell.low is None:
                            assert cell.reason, (block.key, row)


def test_sections_without_data_say_why_in_one_sentence() -> None:
    report = build_report(
        report_data(
            with_reference=False, with_ai=False, asks_confidence=False, repeats=0, n_cases=6
        )
    )
    said = {
        section.key: section.blocks[0].text
        for section in report.sections
        if len(section.blocks) == 1 and isinstance(section.blocks[0], Text)
    }
    assert "no reference" in said["accuracy"]
    assert "reference" in said["detection"]
    assert "calibration can't be told" in said["calibration"]
    assert "weren't asked" in said["confidence"]
    assert "repeats" in said["intra-reader"]


def test_keys_are_unique_and_links_lead_somewhere() -> None:
    report = build_report(report_data(preset="deepspine"))
    keys = [table.key for table in tables(report)]
    assert len(keys) == len(set(keys))
    links = [c for t in tables(report) for row in t.rows for c in row if isinstance(c, Link)]
    assert len(links) > 60
    assert {link.target for link in links} <= report.keys()


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
