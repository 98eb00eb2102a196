"""The long table of all readings: what a statistician and a spreadsheet get."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.reporting import (
    GradeRow,
    data_dictionary,
    dictionary_csv,
    readings_csv,
    readings_json,
)
from annotations.vocabulary import FINDINGS

ALL = list(FINDINGS.values())
ROW = GradeRow(
    reader_study="Discs, “unaided” and aided",
    case="C-001",
    patient_key="P001",
    reader="R1",
    arm="Unaided",
    period=1,
    phase="pivotal",
    case_position=3,
    reading_status="submitted",
    lumbar_count=5,
    transition="none",
    item="modic",
    disc_level="L4/L5",
    side="",
    asked=True,
    score=0,
    label="none",
    not_gradable=False,
    not_gradable_reason="",
    confidence=None,
    comment="",
    answered_at_utc="2026-11-20T09:30:00.000+00:00",
    revision=1,
    reading_submitted_at_utc="2026-11-20T09:31:00.000+00:00",
    opened_at_utc="2026-11-20T09:29:00.000+00:00",
    active_s=61.5,
    idle_s=0.0,
    hidden_s=0.0,
    paused_s=0.0,
    image_load_s=0.7,
    level_active_s=12.0,
    time_plausible=True,
)


WORDS = {None: "", True: "true", False: "false"}


def parsed(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_column_of_the_table_is_in_the_dictionary_in_the_same_order() -> None:
    (row,) = parsed(readings_csv([ROW]))
    assert list(row) == [column.name for column in data_dictionary(ALL)]
    assert [one["name"] for one in parsed(dictionary_csv(ALL))] == list(row)


def test_every_column_has_a_type_and_a_meaning_in_words() -> None:
    kinds = {"text", "integer", "number", "boolean", "datetime"}
    for column in data_dictionary(ALL):
        assert column.value_type in kinds
        assert len(column.meaning.split()) >= 2, column.name
        assert column.unit or not column.name.endswith(("_s", "_utc")), column.name


def test_the_dictionary_gives_every_score_with_its_words_and_every_scale_with_its_source() -> None:
    columns = {column.name: column for column in data_dictionary(ALL)}
    for finding in ALL:
        assert finding.scale.source in columns["item"].meaning
        for category in finding.scale.categories:
            assert f"{category.score} = {category.label}" in columns["score"].allowed


def test_a_grade_of_0_is_not_an_empty_cell() -> None:
    given_, missing = parsed(readings_csv([ROW, replace(ROW, score=None, label="")]))
    assert (given_["score"], missing["score"]) == ("0", "")
    assert given_["not_gradable"] == "false"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "－1",
        " =1",
        '=HYPERLINK("x")',
    ],
)
def test_no_text_reaches_a_spreadsheet_as_a_formula(text: str) -> None:
    (row,) = parsed(readings_csv([replace(ROW, reader_study=text, arm=text)]))
    assert row["reader_study"] == row["arm"] == "'" + text


def test_negative_numbers_stay_numbers() -> None:
    (row,) = parsed(readings_csv([replace(ROW, active_s=-0.5)]))
    assert row["active_s"] == "-0.5"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_title_survives_csv_and_json(title: str) -> None:
    row = replace(ROW, reader_study=title)
    (from_csv,) = parsed(readings_csv([row]))
    assert from_csv["reader_study"].removeprefix("'") == title.removeprefix("'")
    (from_json,) = json.loads(readings_json([row], ALL, {}))["rows"]
    assert from_json["reader_study"] == title


def test_csv_and_json_say_the_same() -> None:
    rows = [ROW, replace(ROW, score=None, label="", not_gradable=True, revision=2)]
    body = json.loads(readings_json(rows, ALL, {"rows": 2}))
    assert body["about"] == {"rows": 2}
    for line, one in zip(parsed(readings_csv(rows)), body["rows"], strict=True):
        for field in fields(GradeRow):
            value = one[field.name]
            text = WORDS[value] if value is None or isinstance(value, bool) else str(value)
            assert line[field.name] == text, field.name


def test_json_holds_the_scales_so_that_the_file_explains_itself() -> None:
    body = json.loads(readings_json([ROW], ALL, {}))
    scale = body["scales"]["pfirrmann"]
    assert [category["score"] for category in scale["categories"]] == [1, 2, 3, 4, 5]
    assert scale["source"] == FINDINGS["pfirrmann"].scale.source
    assert [column["name"] for column in body["data_dictionary"]] == list(body["rows"][0])


def test_the_table_of_nothing_is_its_header() -> None:
    text = readings_csv([])
    assert text.count("\r\n") == 1
    assert parsed(text) == []
