"""In an unaided arm AI output never leaves the server, by any address."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from annotations.models import Reading
from annotations.selectors.ai_assistance import (
    ai_assistance,
    known_detections,
    proposed_grade,
)
from inference.models import (
    Job,
    LocatedLevel,
    PredictedDetection,
    PredictedEvidence,
    PredictedGrade,
    PredictedMeasure,
    Prediction,
)
from tests.conftest import client_of
from tests.factories.reader_studies import (
    PIPELINE,
    opened_reader_study,
    reading_of,
    stack_of,
)

TELLTALE = 0.987654
"""A probability that appears nowhere else in an answer of the site."""
PLACE_MM = 123.456
AREA_MM2 = 151.2345
WHY_NOT = "the rear walls are hidden by a telltale"
FLAG = {"code": "low_signal", "words": "A telltale of noise lies over the images."}
PIXELS, HEAT = b"telltale pixels!", b"heat"
PICTURE = (b64encode(PIXELS).decode(), b64encode(HEAT).decode())
TELLTALES = (str(TELLTALE), str(PLACE_MM), str(AREA_MM2), WHY_NOT, FLAG["words"], *PICTURE)
EVIDENCE = "/api/v1/readings/{}/evidence/{}/{}/none/"


def predict(reading: Reading) -> Prediction:
    """A finished prediction for the case, with values that give it away."""
    exam = reading.case.imaging_study
    job = Job.objects.create(
        imaging_study=exam, pipeline=PIPELINE, state=Job.State.SUCCEEDED, finished_at=timezone.now()
    )
    prediction = Prediction.objects.create(
        job=job, imaging_study=exam, pipeline=PIPELINE, weights_sha256="0" * 64, flags=[FLAG]
    )
    measured = {"prediction": prediction, "disc_level": "L4/L5"}
    PredictedMeasure.objects.create(**measured, code="dural_sac_area", value=AREA_MM2, unit="mm2")
    PredictedMeasure.objects.create(**measured, code="slip", value=None, unit="mm", reason=WHY_NOT)
    grade = PredictedGrade.objects.create(
        prediction=prediction,
        item_code="modic",
        disc_level="L4/L5",
        score=2,
        probabilities={"0": 0.0, "1": 0.0, "2": TELLTALE, "3": 1 - TELLTALE},
    )
    PredictedEvidence.objects.create(
        grade=grade,
        stack=stack_of(exam),
        stack_position=0,
        plane="sagittal",
        center_lps=[PLACE_MM, 0, 0],
        axes_lps=[0, 1, 0, 0, 0, -1],
        pixel_mm=1,
        rows=4,
        columns=4,
        pixels=PIXELS,
        heat_rows=2,
        heat_columns=2,
        heat=HEAT,
    )
    LocatedLevel.objects.create(
        prediction=prediction,
        level="L4/L5",
        kind="disc",
        center_lps=[PLACE_MM, 0, 0],
        confidence=1,
    )
    detect(prediction)
    return prediction


def detect(prediction: Prediction, score: float = TELLTALE) -> PredictedDetection:
    """A finding in a box, on a stack of its own."""
    return PredictedDetection.objects.create(
        prediction=prediction,
        stack=stack_of(prediction.imaging_study),
        item_code="modic",
        at_least=1,
        disc_level="L4/L5",
        center_lps=[PLACE_MM, 0, 0],
        axes_lps=[1, 0, 0, 0, 1, 0, 0, 0, 1],
        size_mm=[30, 25, 8],
        score=score,
        is_calibrated=True,
    )


@pytest.fixture
def reader_study_readings(coordinator: User, reader: User) -> tuple[Reading, Reading]:
    reader_study = opened_reader_study(coordinator, [reader], n_cases=1)
    unaided = reading_of(reader_study, reader, aided=False)
    aided = reading_of(reader_study, reader, aided=True)
    predict(unaided)
    return unaided, aided


def test_the_aided_arm_shows_the_proposal(
    reader: User, reader_study_readings: tuple[Reading, Reading]
) -> None:
    _, aided = reader_study_readings
    body = client_of(reader).get(f"/api/v1/readings/{aided.pk}/").json()
    assert body["prediction"]["status"] == "ready"
    assert body["prediction"]["grades"][0]["probabilities"]["2"] == TELLTALE
    (box,) = body["prediction"]["detections"]
    assert (box["score"], box["center_lps"][0], box["verdict"]) == (TELLTALE, PLACE_MM, "")
    area, slip = body["prediction"]["measures"]
    assert (area["disc_level"], area["value"], area["unit"]) == ("L4/L5", AREA_MM2, "mm2")
    assert (slip["value"], slip["reason"]) == (None, WHY_NOT)
    assert "central_canal_schizas" in area["items"]
    assert slip["items"] == ["spondylolisthesis"]
    assert body["prediction"]["flags"] == [FLAG]
    assert box["axes_lps"] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert body["level_marks"] == [
        {"kind": "disc", "level": "L4/L5", "position_lps": [PLACE_MM, 0, 0], "source": "ai"}
    ]


def test_the_unaided_arm_shows_neither_grades_nor_levels_of_ai(
    reader: User, reader_study_readings: tuple[Reading, Reading]
) -> None:
    unaided, _ = reader_study_readings
    body = client_of(reader).get(f"/api/v1/readings/{unaided.pk}/").json()
    assert body["prediction"] is None
    assert body["level_marks"] == []
    assert not any(one in json.dumps(body) for one in TELLTALES)


def test_the_unaided_arm_does_not_even_look(
    reader_study_readings: tuple[Reading, Reading], django_assert_num_queries: object
) -> None:
    unaided = Reading.objects.select_related("reading_session__arm", "case__imaging_study").get(
        pk=reader_study_readings[0].pk
    )
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert ai_assistance(unaided) is None
        assert known_detections(unaided) == {}
        cell = {"item_code": "modic", "disc_level": "L4/L5", "side": ""}
        assert proposed_grade(unaided, **cell) is None


def every_address(ids: dict[str, list[int]]) -> list[str]:
    """Every address of the site, with every known number filled in."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
        found = []
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += walk(pattern.url_patterns, route)
            else:
                found.append(route)
        return found

    routes = ["/" + route for route in walk(get_resolver().url_patterns, "")]
    numbers = sorted({n for values in ids.values() for n in values})
    filled = []
    for route in routes:
        variants = [route]
        while any("<" in one for one in variants):
            variants = [
                one.replace(_first_parameter(one), value, 1) if "<" in one else one
                for one in variants
                for value in _values(_first_parameter(one) if "<" in one else "", numbers)
            ]
        filled += variants
    return sorted(set(filled))


def _first_parameter(route: str) -> str:
    return route[route.index("<") : route.index(">") + 1]


_CELL = {"<str:item>": "modic", "<str:level>": "L4-L5", "<str:side>": "none"}
"""The cell whose evidence is planted."""


def _values(parameter: str, numbers: list[int]) -> list[str]:
    if not parameter:
        return [""]
    if parameter.startswith("<int:"):
        return [str(number) for number in numbers]
    if parameter.startswith("<uuid:"):
        return [str(uuid.uuid4())]
    if parameter in _CELL:
        return [_CELL[parameter]]
    if parameter.startswith("<slug:table"):
        return ["ai-findings", "ai-measures", "ai-flags", "ai-events"]
    return ["csv", "json"]


def test_no_address_gives_ai_output_to_a_reader_of_the_unaided_arm(
    coordinator: User, reader: User
) -> None:
    """A reader enrolled in an arm without AI tries every address with every number."""
    from annotations.services.reader_studies import (
        UNAIDED,
        create_reader_study,
        open_reader_study,
    )
    from tests.factories.reader_studies import exam

    reader_study = create_reader_study(
        actor=coordinator,
        title="Unaided only",
        seed=3,
        imaging_studies=[exam()],
        readers=[reader],
        finding_codes=["modic"],
        arms=[UNAIDED],
    )
    open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)
    reading = Reading.objects.get(case__reader_study=reader_study)
    prediction = predict(reading)
    ids = {
        "reading": [reading.pk],
        "reader_study": [reader_study.pk],
        "exam": [reading.case.imaging_study_id],
        "prediction": [prediction.pk, prediction.job_id],
    }
    client = client_of(reader)
    page_client = Client()
    page_client.force_login(reader)
    addresses = every_address(ids)
    assert reverse("api-reading", args=[reading.pk]) in addresses
    for address in addresses:
        for method in ("get", "post", "put"):
            if "sign-out" in address:
                continue
            response = getattr(page_client if "/api/" not in address else client, method)(address)
            text = b"".join(response.streaming_content) if response.streaming else response.content
            assert not any(one.encode() in text for one in TELLTALES), (method, address)
            assert str(PLACE_MM).encode() not in text, (method, address)
    assert client.get("/api/v1/jobs/").status_code == 403


def test_another_readers_reading_looks_like_none(
    coordinator: User, reader: User, reader_study_readings: tuple[Reading, Reading]
) -> None:
    from tests import personas

    stranger = personas.reader("stranger")
    client = client_of(stranger)
    for reading in reader_study_readings:
        assert client.get(f"/api/v1/readings/{reading.pk}/").status_code == 404
        answer = client.get(EVIDENCE.format(reading.pk, "modic", "L4-L5"))
        assert (answer.status_code, answer.json()["code"]) == (404, "missing")
