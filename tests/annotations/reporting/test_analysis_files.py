"""Files for other programs: they hold the data of the report, in the form each program reads."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from annotations.agreement import auc, cohen_kappa
from annotations.reporting.final_report import build_report
from annotations.reporting.final_report.analysis_files import analysis_files
from annotations.reporting.final_report.analysis_files.long_data import COLUMNS
from annotations.reporting.final_report.analysis_files.r_script import r_text
from tests.factories.report_data import report_data

ITEM = "central_canal_stenosis"
LEVELS = 5


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_long_data_suffice_for_the_primary_result() -> None:
    data = report_data()
    rows = [
        row
        for row in rows_of(analysis_files(data)["long.csv"])
        if row["counted"] == "true" and row["item"] == ITEM
    ]
    cells = sorted({(row["case"], row["disc_level"], row["side"]) for row in rows})
    means = []
    for arm in ("Unaided", "AI-aided"):
        codes = {
            reader: np.array(
                [
                    next(
                        int(row["code"] or -1)
                        for row in rows
                        if (row["case"], row["disc_level"], row["side"]) == cell
                        and (row["arm"], row["reader"]) == (arm, reader)
                    )
                    for cell in cells
                ]
            )
            for reader in ("R1", "R2", "R3", "R4")
        }
        kappas = [
            cohen_kappa(codes[a], codes[b], n_categories=4, weights="quadratic").value
            for a, b in combinations(codes, 2)
        ]
        means.append(float(np.mean([one for one in kappas if one is not None])))
    table = build_report(data).table("primary-arms")
    shown = [cell.value for _, cell in table.rows]  # type: ignore[union-attr]
    assert [*means, means[1] - means[0]] == pytest.approx(shown, rel=1e-12)


def test_the_long_data_hold_no_clock_and_no_comment() -> None:
    data = report_data(n_cases=2)
    told = [
        replace(row, comment="Mrs Miller", answered_at_utc="2026-11-01T10:00:00")
        for row in data.rows
    ]
    text = analysis_files(replace(data, rows=told))["long.csv"].decode()
    assert list(rows_of(text.encode())[0]) == list(COLUMNS)
    assert "Miller" not in text
    assert "2026" not in text


def test_imrmc_and_mrmcaov_have_one_row_a_patient_reader_and_arm() -> None:
    data = report_data()
    files = analysis_files(data)
    lines = files[f"imrmc/{ITEM}.imrmc"].decode().splitlines()
    counts = {name: int(value) for name, value in (line.split(": ") for line in lines[1:5])}
    begin = lines.index("BEGIN DATA:")
    body = [line.split(",") for line in lines[begin + 1 :]]
    truth = {case: int(value) for reader, case, _, value in body if reader == "-1"}
    assert counts["N0"] + counts["N1"] == len(truth) == 24
    assert counts["N1"] == sum(truth.values())
    assert (counts["NR"], counts["NM"]) == (4, 2)
    answers = [one for one in body if one[0] != "-1"]
    assert len(answers) == 24 * 4 * 2
    assert {len(line.split(",")) for line in lines[begin + 1 :]} == {4}
    rows = rows_of(files[f"mrmcaov/{ITEM}.csv"])
    assert len(rows) == len(answers)
    references = {(c.case, c.disc_level): r for c, r in data.references.items() if c.item == ITEM}
    highest = {
        case.number: max(
            r.score
            for (number, _), r in references.items()
            if number == case.number and r.score is not None
        )
        for case in data.cases
    }
    assert sum(score >= 2 for score in highest.values()) == counts["N1"]
    first = [row for row in rows if (row["reader"], row["test"]) == ("R1", "Unaided")]
    area = auc(
        np.array([float(row["rating"]) for row in first]),
        np.array([int(row["truth"]) for row in first]),
    )
    assert area.value is not None
    assert area.value > 0.7


def test_rjafroc_has_its_three_sheets_and_every_lesion_once() -> None:
    data = report_data()
    content = analysis_files(data)[f"rjafroc/{ITEM}.xlsx"]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = re.findall(r'<sheet name="(\w+)"', book.read("xl/workbook.xml").decode())
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())
        truth = book.read("xl/worksheets/sheet1.xml").decode()
        marks = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (2, 3)]
    assert names == ["Truth", "TP", "FP"]
    for word in ("CaseID", "LesionID", "Weight", "Paradigm", "FROC", "FCTRL", "1,2,3,4", "1,2"):
        assert word in texts
    lesions = sum(
        one.score is not None and one.score >= 2
        for cell, one in data.references.items()
        if cell.item == ITEM
    )
    positive = {
        c.case for c, r in data.references.items() if c.item == ITEM and (r.score or 0) >= 2
    }
    normal = len(data.cases) - len(positive)
    assert truth.count("<row ") == 1 + lesions + normal
    graded = sum(
        (row.score or 0) > 0 and not row.is_repeat for row in data.rows if row.item == ITEM
    )
    assert sum(one.count("<row ") - 1 for one in marks) == graded


def test_without_a_reference_there_are_no_files_that_need_one() -> None:
    files = analysis_files(report_data(n_cases=3, with_reference=False))
    assert sorted(files) == ["README.txt", "long-columns.csv", "long.csv", "primary.R"]


def test_names_become_r_strings_that_no_locale_can_spoil() -> None:
    assert r_text('a"\\é') == '"a\\"\\\\\\U{e9}"'


@pytest.mark.parametrize("reader_pairs", ["all", "mixed", "reference"])
def test_r_computes_the_same_primary_result(reader_pairs: str, tmp_path: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("no Rscript on this machine")
    data = report_data(reader_pairs=reader_pairs)
    for name in ("long.csv", "primary.R"):
        (tmp_path / name).write_bytes(analysis_files(data)[name])
    done = subprocess.run(
        [program, "primary.R"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    report = build_report(data)
    arms = [float(one) for one in re.findall(r"^arm .* kappa (\S+)", done.stdout, re.MULTILINE)]
    gap = re.search(r"difference (\S+) low (\S+) high (\S+)", done.stdout)
    test = re.search(r"F (\S+) df (\S+) df2 (\S+) p (\S+)", done.stdout)
    cells = [row[1] for row in report.table("primary-arms").rows]
    shown = report.table("primary-test").rows[0]
    assert gap is not None
    assert test is not None
    found = [*arms, *(float(one) for one in (*gap.groups(), *test.groups()))]
    expected = [
        cells[0].value,  # type: ignore[union-attr]
        cells[1].value,  # type: ignore[union-attr]
        cells[2].value,  # type: ignore[union-attr]
        cells[2].low,  # type: ignore[union-attr]
        cells[2].high,  # type: ignore[union-attr]
        *shown[2:5],
        shown[5].value,  # type: ignore[union-attr]
    ]
    assert found == pytest.approx(expected, rel=1e-7)
