"""DICOMweb searches as viewers ask them; for coordinators only."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from spinestudy.common.roles import COORDINATORS, READERS
from tests import personas
from tests.conftest import client_of
from tests.factories.dicom import AXIAL, SeriesRecipe, positions, series
from tests.imaging.dicomweb import BringIn, path_of, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage_root")]


@pytest.mark.parametrize(
    "path",
    [
        "studies",
        "studies/1/series/2/instances",
        "studies/1/metadata",
        "studies/1/series/2/instances/3/frames/1",
        "studies/1/series/2/instances/3",
    ],
)
def test_readers_get_nothing(path: str, reader: User, outsider: User) -> None:
    both = personas.person("both", COORDINATORS, READERS)
    for user in (reader, outsider, both, None):
        answer = client_of(user).get(f"/dicomweb/{path}", headers={"accept": "*/*"})
        assert answer.status_code in (401, 403)
        assert json.loads(answer.content).keys() == {"code", "message", "details"}


def test_exams_are_found_by_what_a_worklist_asks(dicomweb: Client, bring_in: BringIn) -> None:
    one, two = SeriesRecipe(patient_id="LUMBAR-1"), SeriesRecipe(patient_id="LUMBAR-2")
    other = SeriesRecipe(study_uid=one.study_uid, patient_id="LUMBAR-1", orientation=AXIAL)
    bring_in(
        *series(one, positions(3)),
        *series(other, positions(2, orientation=AXIAL), Modality="CT", SeriesNumber=2),
        *series(two, positions(4), StudyDate="20260301", AccessionNumber="A7"),
    )

    def ids(query: str) -> list[str]:
        response = dicomweb.get(f"/dicomweb/studies?{query}")
        return [row["PatientID"] for row in rows(response)] if response.content else []

    assert ids("") == ["LUMBAR-2", "LUMBAR-1"]
    assert ids("PatientID=LUMBAR-1") == ["LUMBAR-1"]
    assert ids("00100020=lumbar-1") == []
    assert ids("PatientID=*BAR-?") == ["LUMBAR-2", "LUMBAR-1"]
    assert ids("PatientID=*.AR-1") == []
    assert ids("ModalitiesInStudy=CT") == ["LUMBAR-1"]
    assert ids("Modality=PT,CT") == ["LUMBAR-1"]
    assert ids("StudyDate=20260201-20260401") == ["LUMBAR-2"]
    assert ids("StudyDate=-20260102") == ["LUMBAR-1"]
    assert ids("AccessionNumber=A7") == ["LUMBAR-2"]
    assert ids(f"StudyInstanceUID={one.study_uid},{two.study_uid}&limit=1&offset=1") == ["LUMBAR-1"]
    [row] = rows(dicomweb.get("/dicomweb/studies?PatientID=LUMBAR-1&Modality=CT&includefield=all"))
    assert row["NumberOfStudyRelatedSeries"] == 2
    assert row["NumberOfStudyRelatedInstances"] == 5
    assert row["RetrieveURL"] == f"http://testserver/dicomweb/studies/{one.study_uid}"
    [body] = json.loads(dicomweb.get("/dicomweb/studies?PatientID=LUMBAR-1").content)
    assert body["00080061"] == {"vr": "CS", "Value": ["CT", "MR"]}
    assert body["00100010"] == {"vr": "PN"}


def test_series_and_instances_are_found_with_a_fixed_number_of_queries(
    dicomweb: Client, bring_in: BringIn
) -> None:
    recipe = SeriesRecipe()
    images = series(recipe, positions(3))
    bring_in(*images)
    [row] = rows(dicomweb.get(f"/dicomweb/studies/{recipe.study_uid}/series"))
    assert (row["Modality"], row["NumberOfSeriesRelatedInstances"]) == ("MR", 3)
    within = f"/dicomweb/studies/{recipe.study_uid}/series/{recipe.series_uid}/instances"
    found = rows(dicomweb.get(within))
    assert [row["SOPInstanceUID"] for row in found] == [one.SOPInstanceUID for one in images]
    assert (found[0]["Rows"], found[0]["Columns"], found[0]["NumberOfFrames"]) == (12, 10, 1)
    assert found[0]["RetrieveURL"] == f"http://testserver{path_of(images[0])}"
    assert len(rows(dicomweb.get(f"{within}?InstanceNumber=2"))) == 1
    addresses = ["/dicomweb/studies", "/dicomweb/series", "/dicomweb/instances", within]

    def queries() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert dicomweb.get(address).status_code == 200
            counts.append(len(caught))
        return counts

    before = queries()
    for _ in range(4):
        bring_in(*series(SeriesRecipe(), positions(4)))
    assert queries() == before


def test_a_file_without_patient_id_is_not_given_one(dicomweb: Client, bring_in: BringIn) -> None:
    recipe = SeriesRecipe(tags={"PatientID": None})
    bring_in(*series(recipe, positions(2)))
    [row] = rows(dicomweb.get("/dicomweb/studies"))
    assert row["PatientID"] is None
    assert dicomweb.get(f"/dicomweb/studies?PatientID={recipe.study_uid}").status_code == 204


def test_searches_say_what_they_could_not_do(dicomweb: Client, bring_in: BringIn) -> None:
    bring_in(*series(SeriesRecipe(), positions(2)))
    answer = dicomweb.get("/dicomweb/studies?fuzzymatching=true&PatientName=A*&nonsense=1")
    assert len(rows(answer)) == 1
    assert answer["Warning"].count("299 testserver") == 2
    assert "fuzzymatching parameter is not supported" in answer["Warning"]
    assert "PatientName" in answer["Warning"]
    for query in ("limit=few", "offset=-1", "StudyDate=yesterday", "PatientID=%00"):
        refused = dicomweb.get(f"/dicomweb/studies?{query}")
        assert refused.status_code == 400, query
        assert refused.json()["code"] == "invalid_input"
    assert dicomweb.get("/dicomweb/studies?PatientID=nobody").status_code == 204
    assert dicomweb.get("/dicomweb/studies/1.2.3/series").status_code == 404
    xml = 'multipart/related; type="application/dicom+xml"'
    refused = dicomweb.get("/dicomweb/studies", headers={"accept": xml})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    plain = dicomweb.get("/dicomweb/studies", headers={"accept": "application/json"})
    assert plain["Content-Type"] == "application/json"
    assert dicomweb.post("/dicomweb/studies").status_code == 405
