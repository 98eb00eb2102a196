"""All readings as files: every cell once, blinded, the same in CSV and JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.contrib.auth.models import User

from annotations.models import ReaderStudy
from annotations.services.grades import store_grade
from annotations.vocabulary import DISC_LEVELS, FINDINGS
from spinestudy.audit.models import AuditRecord
from tests.conftest import client_of
from tests.factories.reader_studies import ITEMS, answer, opened_reader_study, reading_of


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=2)
    reading = reading_of(reader_study, reader, aided=False)
    store_grade(reading_id=reading.pk, answer=answer("modic", "L4/L5", 1))
    store_grade(reading_id=reading.pk, answer=answer("modic", "L4/L5", 2))
    return reader_study


def test_the_csv_holds_every_cell_of_every_reading_once(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    answer_ = client_of(coordinator).get(f"/api/v1/reader-studies/{reader_study.pk}/readings.csv")
    assert answer_["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer_.content.decode())))
    cell = ("reader", "case", "period", "item", "disc_level", "side")
    keys = [tuple(row[name] for name in cell) for row in rows]
    columns = sum(len(FINDINGS[code].sides) for code in ITEMS)
    assert len(keys) == len(set(keys)) == 2 * 2 * columns * len(DISC_LEVELS)
    (given,) = [r for r in rows if r["score"]]
    assert (given["score"], given["label"], given["revision"]) == ("2", "type 2", "2")
    assert given["answered_at_utc"] == "2026-11-20T09:30:00.000+00:00"


def test_json_and_csv_say_the_same(coordinator: User, reader_study: ReaderStudy) -> None:
    client = client_of(coordinator)
    address = f"/api/v1/reader-studies/{reader_study.pk}"
    body = json.loads(client.get(f"{address}/readings.json").content)
    table = list(
        csv.DictReader(io.StringIO(client.get(f"{address}/readings.csv").content.decode()))
    )
    assert body["about"]["rows"] == len(body["rows"]) == len(table)
    scores = [str(row["score"]) if row["score"] is not None else "" for row in body["rows"]]
    assert scores == [row["score"] for row in table]
    assert body["scales"]["pfirrmann"]["categories"][0]["score"] == 1


def test_the_dictionary_explains_every_column(coordinator: User, reader_study: ReaderStudy) -> None:
    client = client_of(coordinator)
    address = f"/api/v1/reader-studies/{reader_study.pk}"
    header = client.get(f"{address}/readings.csv").content.decode().splitlines()[0].split(",")
    text = client.get(f"{address}/data-dictionary.csv").content.decode()
    explained = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in explained] == header
    assert all(row["meaning"] for row in explained)


def test_no_patient_id_and_no_account_name_leaves_with_the_export(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    text = (
        client_of(coordinator)
        .get(f"/api/v1/reader-studies/{reader_study.pk}/readings.json")
        .content.decode()
    )
    for case in reader_study.cases.select_related("imaging_study__patient"):
        assert f'"{case.imaging_study.patient.patient_id}"' not in text
        assert case.imaging_study.study_instance_uid not in text
    assert '"reader": "R1"' in text


def test_an_export_stands_in_the_audit_record(coordinator: User, reader_study: ReaderStudy) -> None:
    client_of(coordinator).get(f"/api/v1/reader-studies/{reader_study.pk}/readings.csv")
    record = AuditRecord.objects.get(action="readings.exported")
    assert (record.actor, record.data["file_format"]) == (coordinator, "csv")


def test_another_format_says_which_there_are(coordinator: User, reader_study: ReaderStudy) -> None:
    answer_ = client_of(coordinator).get(f"/api/v1/reader-studies/{reader_study.pk}/readings.xls")
    assert answer_.status_code == 404
    assert ".csv" in answer_.json()["message"]
