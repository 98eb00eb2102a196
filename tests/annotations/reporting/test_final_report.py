"""The final report from plain data: its numbers are the engine's, and no part of it vanishes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotations.agreement import (
    difference,
    mean_pair_kappa,
    obuchowski_rockette,
    p_value,
)
from annotations.reporting.final_report import PRESETS, build_report
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.result import Link, Number, PValue, Table, Text
from tests.factories.report_data import report_data
from tests.factories.report_parts import numbers_of, tables

ALL = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


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
