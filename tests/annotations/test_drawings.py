"""Measurements and masks: measured by the server, kept in every version, the reader's alone."""

from __future__ import annotations

import gzip
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.models import Measurement, MeasurementEvent, Reading, SegmentationRevision
from annotations.services.reader_studies import (
    UNAIDED,
    ReadingProtocol,
    create_reader_study,
    open_reader_study,
)
from spinestudy.imaging.models import ImagingStudy, Stack, Upload
from spinestudy.imaging.selectors.pixels import load_stack
from spinestudy.imaging.services.ingest import import_paths
from tests import personas
from tests.conftest import client_of
from tests.factories.dicom import SeriesRecipe, positions, series, tilted_axial, write

SHAPE = (5, 24, 20)
SPACING = (0.5, 0.75)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """An angled axial slab with random pixels and a rescale."""
    recipe = SeriesRecipe(
        orientation=tilted_axial(17), rows=SHAPE[1], columns=SHAPE[2], spacing=SPACING
    )
    where = positions(SHAPE[0], orientation=recipe.orientation, start=(-7.0, 3.0, 11.0))
    made = series(
        recipe,
        where,
        SeriesDescription="t2_tse_tra",
        RescaleSlope="0.5",
        RescaleIntercept="-10",
    )
    upload = Upload.objects.create(source="test")
    import_paths(upload=upload, paths=write(tmp_path, made), progress=lambda *_: None)
    return Stack.objects.get()


@pytest.fixture
def reading(coordinator: User, reader: User, stack: Stack) -> Reading:
    reader_study = create_reader_study(
        actor=coordinator,
        title="Drawn",
        seed=1,
        imaging_studies=[ImagingStudy.objects.get()],
        readers=[reader, personas.reader("second")],
        finding_codes=["modic"],
        arms=[UNAIDED],
        protocol=ReadingProtocol(
            tools=("length", "angle", "cobb", "ellipse", "rectangle", "box"),
            segments=("vertebral_body", "lesion"),
        ),
    )
    open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)
    return Reading.objects.get(enrolment__reader=reader)


def at(stack: Stack, place: int, x_mm: float, y_mm: float) -> list[float]:
    """A point so far along the row and down the column of a slice."""
    loaded = load_stack(stack)
    point = (
        loaded.positions_lps[place]
        + x_mm * loaded.row_direction_lps
        + y_mm * loaded.column_direction_lps
    )
    return [float(value) for value in point]


def drawn(stack: Stack, kind: str, points: list[list[float]], **more: Any) -> dict[str, Any]:
    return {
        "act_key": str(uuid.uuid4()),
        "base_revision": 0,
        "kind": kind,
        "points_lps": points,
        "stack_id": stack.pk,
        "stack_position": 2,
        "label": "",
        "is_deleted": False,
        "drawn_at": datetime(2026, 11, 20, tzinfo=UTC).isoformat(),
        **more,
    }


def put(
    client: Client, reading: Reading, body: dict[str, Any], key: uuid.UUID | None = None
) -> Any:
    address = f"/api/v1/readings/{reading.pk}/measurements/{key or uuid.uuid4()}/"
    return client.put(address, body, content_type="application/json")


def test_lengths_and_angles_are_those_of_the_patient(
    reading: Reading, reader: User, stack: Stack
) -> None:
    client = client_of(reader)
    corner, right, below = at(stack, 2, 0, 0), at(stack, 2, 3, 0), at(stack, 2, 0, 4)
    length = put(client, reading, drawn(stack, "length", [right, below])).json()
    assert length["values"]["length_mm"] == pytest.approx(5)
    angle = put(client, reading, drawn(stack, "angle", [right, corner, below])).json()
    assert angle["values"]["angle_deg"] == pytest.approx(90)
    lines = [corner, right, corner, at(stack, 2, -3, 3)]
    cobb = put(client, reading, drawn(stack, "cobb", lines)).json()
    assert cobb["values"]["angle_deg"] == pytest.approx(45)
    box = [corner, at(stack, 4, 6, 2)]
    body = drawn(stack, "box", box, stack_position=0)
    body["points_lps"][0] = at(stack, 0, 0, 0)
    values = put(client, reading, body).json()["values"]
    assert values == pytest.approx({"width_mm": 6, "height_mm": 2, "depth_mm": 16})


@pytest.mark.parametrize("kind", ["rectangle", "ellipse"])
def test_statistics_are_those_of_the_pixels_whose_centre_is_inside(
    reading: Reading, reader: User, stack: Stack, kind: str
) -> None:
    corners = [at(stack, 2, 1.6, 2.2), at(stack, 2, 9.1, 8.4)]
    values = put(client_of(reader), reading, drawn(stack, kind, corners)).json()["values"]
    pixels = load_stack(stack).pixels[2].astype(np.float64)
    x = np.arange(SHAPE[2]) * SPACING[1]
    y = (np.arange(SHAPE[1]) * SPACING[0])[:, None]
    dx, dy = (x - (1.6 + 9.1) / 2) / (7.5 / 2), (y - (2.2 + 8.4) / 2) / (6.2 / 2)
    square = (np.abs(dx) <= 1) & (np.abs(dy) <= 1)
    inside = pixels[square if kind == "rectangle" else dx**2 + dy**2 <= 1]
    assert values["n"] == inside.size > 20
    assert values["mean"] == pytest.approx(inside.mean())
    assert values["sd"] == pytest.approx(inside.std(ddof=1))
    assert (values["min"], values["max"]) == (inside.min(), inside.max())
    share = 1 if kind == "rectangle" else np.pi / 4
    assert values["area_mm2"] == pytest.approx(7.5 * 6.2 * share)


def test_a_mark_is_kept_in_every_version_and_never_overwritten_unseen(
    reading: Reading, reader: User, stack: Stack
) -> None:
    client, key = client_of(reader), uuid.uuid4()
    first = drawn(stack, "length", [at(stack, 2, 0, 0), at(stack, 2, 3, 0)])
    assert put(client, reading, first, key).json()["revision"] == 1
    assert put(client, reading, first, key).json()["revision"] == 1  # sent again
    longer = drawn(stack, "length", [at(stack, 2, 0, 0), at(stack, 2, 9, 0)], base_revision=1)
    assert put(client, reading, longer, key).json()["values"]["length_mm"] == pytest.approx(9)
    stale = drawn(stack, "length", first["points_lps"], base_revision=1)
    refused = put(client, reading, stale, key)
    assert (refused.status_code, refused.json()["code"]) == (409, "changed_elsewhere")
    gone = drawn(stack, "length", first["points_lps"], base_revision=2, is_deleted=True)
    put(client, reading, gone, key)
    assert client.get(f"/api/v1/readings/{reading.pk}/").json()["measurements"] == []
    assert list(MeasurementEvent.objects.values_list("revision", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "landmark"}, "isn't a tool"),
        ({"points_lps": [[0.0, 0.0, 0.0]]}, "needs 2 points"),
        ({"points_lps": [[0.0, 0.0, 900.0], [0.0, 0.0, 0.0]]}, "don't lie on the slice"),
        ({"stack_position": 5}, "no such slice"),
        ({"stack_id": 10**9}, "no such series"),
    ],
)
def test_what_can_not_be_measured_is_refused_in_words(
    reading: Reading, reader: User, stack: Stack, change: dict[str, Any], words: str
) -> None:
    body = drawn(stack, "length", [at(stack, 2, 0, 0), at(stack, 2, 3, 0)]) | change
    refused = put(client_of(reader), reading, body)
    assert refused.status_code in (400, 404)
    assert words in refused.json()["message"]
    assert not Measurement.objects.exists()


def send_mask(client: Client, reading: Reading, stack: Stack, data: bytes, base: int = 0) -> Any:
    return client.put(
        f"/api/v1/readings/{reading.pk}/masks/{stack.pk}/",
        data,
        content_type="application/octet-stream",
        headers={"X-Base-Revision": str(base), "X-Act-Key": str(uuid.uuid4())},
    )


def labelmap(seed: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(seed).choice(np.array([0, 1, 5], np.uint8), SHAPE)


def test_a_mask_comes_back_voxel_for_voxel(reading: Reading, reader: User, stack: Stack) -> None:
    client, labels = client_of(reader), labelmap()
    assert send_mask(client, reading, stack, gzip.compress(labels.tobytes())).json() == {
        "stack_id": stack.pk,
        "revision": 1,
    }
    back = client.get(f"/api/v1/readings/{reading.pk}/masks/{stack.pk}/")
    assert back["X-Revision"] == "1"
    stored = np.frombuffer(gzip.decompress(back.content), np.uint8).reshape(SHAPE)
    assert np.array_equal(stored, labels)
    counted = SegmentationRevision.objects.get().voxels
    assert counted == {"1": int((labels == 1).sum()), "5": int((labels == 5).sum())}


def test_a_later_mask_of_another_window_does_not_win_silently(
    reading: Reading, reader: User, stack: Stack
) -> None:
    client = client_of(reader)
    send_mask(client, reading, stack, gzip.compress(labelmap(1).tobytes()))
    refused = send_mask(client, reading, stack, gzip.compress(labelmap(2).tobytes()))
    assert refused.status_code == 409
    assert refused.json()["details"]["mask"] == {"stack_id": stack.pk, "revision": 1}
    accepted = send_mask(client, reading, stack, gzip.compress(labelmap(2).tobytes()), base=1)
    assert accepted.json()["revision"] == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not gzip", "damaged"),
        (gzip.compress(b"\0" * 10), "size of its series"),
        (gzip.compress(b"\0" * (5 * 24 * 20 + 1)), "size of its series"),
        (gzip.compress(b"\0" * 50_000_000), "size of its series"),
        (gzip.compress(b"\2" * (5 * 24 * 20)), "doesn't ask for"),
    ],
    # Named by hand: gzip writes the time into its bytes, and names have to be the same
    # in every process that collects them.
    ids=["no gzip", "too short", "too long", "far too long", "unknown segment"],
)
def test_a_mask_that_does_not_fit_is_refused(
    reading: Reading, reader: User, stack: Stack, data: bytes, words: str
) -> None:
    refused = send_mask(client_of(reader), reading, stack, data)
    assert refused.status_code == 400
    assert words in refused.json()["message"]
    assert not SegmentationRevision.objects.exists()


def test_another_reader_sees_nothing_of_it(reading: Reading, reader: User, stack: Stack) -> None:
    send_mask(client_of(reader), reading, stack, gzip.compress(labelmap().tobytes()))
    other = client_of(User.objects.get(username="second"))
    assert other.get(f"/api/v1/readings/{reading.pk}/masks/{stack.pk}/").status_code == 404
    assert send_mask(other, reading, stack, b"").status_code == 404
