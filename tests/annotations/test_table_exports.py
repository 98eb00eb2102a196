"""Measurements, masks and what was said of AI leave as tables: whole, blinded, explained."""

from __future__ import annotations

import csv
import gzip
import io
import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from annotations.models import Reading
from annotations.reporting import MeasurementRow, rows_csv
from inference.models import PredictedDetection, Prediction
from spinestudy.audit.models import AuditRecord
from spinestudy.imaging.models import Stack
from tests.annotations.test_ai_findings import readings, say  # noqa: F401 - a fixture
from tests.annotations.test_ai_gate import AREA_MM2, WHY_NOT
from tests.annotations.test_drawings import (  # noqa: F401 - fixtures
    at,
    drawn,
    labelmap,
    put,
    reading,
    send_mask,
    stack,
)
from tests.conftest import client_of

TABLES = ("measurements", "masks", "ai-findings", "ai-measures", "ai-flags", "ai-events")


def table(coordinator: User, of: Reading, name: str) -> list[dict[str, str]]:
    address = f"/api/v1/reader-studies/{of.case.reader_study_id}/tables/{name}.csv"
    answer = client_of(coordinator).get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_marks_leave_with_values_units_points_and_versions(
    reading: Reading,  # noqa: F811
    reader: User,
    coordinator: User,
    stack: Stack,  # noqa: F811
) -> None:
    client, key = client_of(reader), uuid.uuid4()
    ends = [at(stack, 2, 0, 0), at(stack, 2, 3, 0)]
    put(client, reading, drawn(stack, "length", ends), key)
    longer = [ends[0], at(stack, 2, 9, 0)]
    put(client, reading, drawn(stack, "length", longer, base_revision=1, label="=1+1"), key)
    corners = [at(stack, 2, 1.6, 2.2), at(stack, 2, 9.1, 8.4)]
    region = put(client, reading, drawn(stack, "ellipse", corners)).json()
    gone, body = uuid.uuid4(), drawn(stack, "length", ends)
    put(client, reading, body, gone)
    put(client, reading, drawn(stack, "length", ends, base_revision=1, is_deleted=True), gone)
    length, ellipse = table(coordinator, reading, "measurements")
    assert (length["reader"], length["case"], length["arm"]) == ("R1", "C-001", "Unaided")
    assert float(length["length_mm"]) == pytest.approx(9)
    assert (length["revision"], length["slice"], length["area_mm2"]) == ("2", "3", "")
    assert length["label"] == "'=1+1", "a spreadsheet must not take it for a formula"
    points = json.loads(length["points_lps"])
    assert points[0] == pytest.approx(longer[0], abs=1e-3)
    assert points[1] == pytest.approx(longer[1], abs=1e-3)
    exam = reading.case.imaging_study
    identities = {exam.patient.patient_id, exam.study_instance_uid, reader.username}
    assert not identities & {*length.values(), *ellipse.values()}
    assert length["series_instance_uid"] == stack.series.series_instance_uid
    assert length["drawn_at_utc"] == "2026-11-20T00:00:00.000+00:00"
    assert length["stored_at_utc"] > "2026"
    for name in ("n", "mean", "sd", "area_mm2", "width_mm"):
        assert float(ellipse[name]) == pytest.approx(region["values"][name])


def test_masks_leave_as_volumes_of_every_segment_that_is_asked_for(
    reading: Reading,  # noqa: F811
    reader: User,
    coordinator: User,
    stack: Stack,  # noqa: F811
) -> None:
    client, labels = client_of(reader), labelmap()
    send_mask(client, reading, stack, gzip.compress(labelmap(1).tobytes()))
    labels[labels == 5] = 0
    send_mask(client, reading, stack, gzip.compress(labels.tobytes()), base=1)
    rows = {row["segment"]: row for row in table(coordinator, reading, "masks")}
    assert set(rows) == {"vertebral_body", "lesion"}
    body = rows["vertebral_body"]
    assert (int(body["voxels"]), body["revision"]) == (int((labels == 1).sum()), "2")
    voxel = 0.5 * 0.75 * float(stack.slice_spacing_mm or 0)
    assert float(body["voxel_mm3"]) == pytest.approx(voxel)
    assert float(body["volume_mm3"]) == pytest.approx((labels == 1).sum() * voxel, rel=1e-6)
    assert (rows["lesion"]["voxels"], float(rows["lesion"]["volume_mm3"])) == ("0", 0)


def test_without_a_known_distance_of_slices_there_is_no_volume(
    reading: Reading,  # noqa: F811
    reader: User,
    coordinator: User,
    stack: Stack,  # noqa: F811
) -> None:
    send_mask(client_of(reader), reading, stack, gzip.compress(labelmap().tobytes()))
    Stack.objects.update(slice_spacing_mm=None)
    row = table(coordinator, reading, "masks")[0]
    assert (row["voxel_mm3"], row["volume_mm3"]) == ("", "")
    assert int(row["voxels"]) > 0


def test_verdicts_on_findings_leave_with_every_change_of_mind(
    readings: tuple[Reading, Reading],  # noqa: F811
    coordinator: User,
) -> None:
    unaided, aided = readings
    (row,) = table(coordinator, aided, "ai-findings")
    assert (row["verdict"], row["revision"], row["is_newest"]) == ("", "0", "true")
    box = PredictedDetection.objects.get()
    say(unaided, "layout", name="T1 | T2")
    say(aided, "ai_shown")
    say(aided, "finding_accepted", 1, detection=box.pk)
    say(aided, "ai_opacity", 2, percent=30)
    say(aided, "finding_rejected", 65, detection=box.pk)
    cell = {"item": "modic", "disc_level": "L4/L5", "side": ""}
    say(aided, "ai_evidence_shown", 70, **cell)
    say(aided, "ai_evidence_hidden", 72, **cell)
    rows = table(coordinator, aided, "ai-findings")
    assert [(one["verdict"], one["revision"], one["is_newest"]) for one in rows] == [
        ("accepted", "1", "false"),
        ("rejected", "2", "true"),
    ]
    assert rows[1]["said_at_utc"] == "2026-11-20T09:01:05.000+00:00"
    assert (rows[0]["arm"], rows[0]["disc_level"], rows[0]["at_least"]) == (
        "AI-aided",
        "L4/L5",
        "1",
    )
    assert float(rows[0]["score"]) == box.score
    assert json.loads(rows[0]["center_lps"]) == box.center_lps
    assert json.loads(rows[0]["axes_lps"]) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    events = table(coordinator, aided, "ai-events")
    assert [(one["event"], one["opacity_percent"], one["detection"]) for one in events] == [
        ("ai_shown", "", ""),
        ("finding_accepted", "", str(box.pk)),
        ("ai_opacity", "30", ""),
        ("finding_rejected", "", str(box.pk)),
        ("ai_evidence_shown", "", ""),
        ("ai_evidence_hidden", "", ""),
    ]
    assert (events[-1]["item"], events[-1]["disc_level"]) == ("modic", "L4/L5")


def test_measures_leave_for_readings_that_show_ai_alone_with_values_or_reasons(
    readings: tuple[Reading, Reading],  # noqa: F811
    coordinator: User,
) -> None:
    _, aided = readings
    area, slip = table(coordinator, aided, "ai-measures")
    assert (area["arm"], area["measure"], area["disc_level"]) == (
        "AI-aided",
        "dural_sac_area",
        "L4/L5",
    )
    assert (float(area["value"]), area["unit"], area["reason"]) == (AREA_MM2, "mm2", "")
    assert (slip["measure"], slip["value"], slip["reason"]) == ("slip", "", WHY_NOT)


def test_flags_leave_for_readings_that_show_ai_alone_with_the_words_that_were_shown(
    readings: tuple[Reading, Reading],  # noqa: F811
    coordinator: User,
) -> None:
    _, aided = readings
    (row,) = table(coordinator, aided, "ai-flags")
    assert row["arm"] == "AI-aided"
    assert [{"code": row["flag"], "words": row["words"]}] == Prediction.objects.get().flags


def test_a_judged_finding_of_an_earlier_run_stays_in_the_table(
    readings: tuple[Reading, Reading],  # noqa: F811
    coordinator: User,
) -> None:
    from tests.annotations.test_ai_gate import predict

    unaided, aided = readings
    old = PredictedDetection.objects.get()
    say(aided, "finding_accepted", detection=old.pk)
    new = predict(unaided).detections.get()
    rows = table(coordinator, aided, "ai-findings")
    said = {int(one["detection"]): one["verdict"] for one in rows}
    assert said == {old.pk: "accepted", new.pk: ""}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_explained_nobody_is_named_and_it_is_audited(
    name: str,
    readings: tuple[Reading, Reading],  # noqa: F811
    coordinator: User,
    reader: User,
) -> None:
    _, aided = readings
    say(aided, "ai_shown")
    address = f"/api/v1/reader-studies/{aided.case.reader_study_id}/tables/{name}"
    client = client_of(coordinator)
    text = client.get(f"{address}.csv").content.decode()
    columns = client.get(f"{address}/dictionary.csv").content.decode()
    explained: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(columns)))
    assert [one["name"] for one in explained] == text.splitlines()[0].split(",")
    assert all(one["meaning"] and one["value_type"] for one in explained)
    exam = aided.case.imaging_study
    _, *rows = csv.reader(io.StringIO(text))
    assert rows or name in ("measurements", "masks")
    cells = [cell for row in rows for cell in row]
    assert exam.patient.patient_id not in cells
    assert exam.study_instance_uid not in text
    assert reader.username not in cells
    assert AuditRecord.objects.get(action="table.exported").data["table"] == name
    assert client_of(reader).get(f"{address}.csv").status_code == 403


def test_another_table_says_which_there_are(
    readings: tuple[Reading, Reading],  # noqa: F811
    coordinator: User,
) -> None:
    address = f"/api/v1/reader-studies/{readings[1].case.reader_study_id}/tables/all.csv"
    refused = client_of(coordinator).get(address)
    assert refused.status_code == 404
    assert "measurements" in refused.json()["message"]


def test_an_empty_table_still_has_its_header() -> None:
    assert rows_csv(MeasurementRow, []).startswith("reader_study,case,patient_key,reader,")
