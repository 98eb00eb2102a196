"""Uploads over HTTP, up to the catalogue; coordinators only."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from spinestudy.common.signed_urls import is_valid
from spinestudy.imaging import tasks
from spinestudy.imaging.models import ImagingStudy, QuarantinedFile, Upload
from spinestudy.imaging.services import storage
from tests.conftest import client_of
from tests.factories.dicom import SeriesRecipe, positions, series, to_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage_root")]

ADDRESSES = [
    "/api/v1/uploads/",
    "/api/v1/uploads/1/",
    "/api/v1/quarantined-files/",
    "/api/v1/imaging-studies/",
    "/api/v1/imaging-studies/1/",
    "/api/v1/cohorts/",
]
PAGES = ["/exams/", "/exams/1/", "/exams/upload/", "/exams/uploads/1/", "/exams/quarantine/"]


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The uploads for which a worker would have been woken."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.import_upload_task, "delay_on_commit", ids.append)
    return ids


def some_files(count: int = 3) -> list[SimpleUploadedFile]:
    images = series(SeriesRecipe(), positions(count))
    return [SimpleUploadedFile(f"im{n}.dcm", to_bytes(one)) for n, one in enumerate(images)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_coordinators_are_answered(
    address: str, reader_client: APIClient, outsider: User
) -> None:
    assert reader_client.get(address).status_code == 403
    assert client_of(outsider).get(address).status_code == 403
    assert client_of(None).get(address).status_code in (401, 403)


@pytest.mark.parametrize("address", ["/api/v1/uploads/", "/api/v1/uploads/1/files/"])
def test_only_coordinators_may_upload(address: str, reader_client: APIClient) -> None:
    sent = {"files": some_files(1)}
    assert reader_client.post(address, sent, format="multipart").status_code == 403
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_for_coordinators(address: str, reader_client: APIClient) -> None:
    assert reader_client.get(address).status_code == 403
    anonymous = client_of(None).get(address)
    assert anonymous.status_code == 302
    assert "/sign-in/" in anonymous["Location"]


def test_files_are_stored_queued_and_imported(
    coordinator_client: APIClient, woken: list[int]
) -> None:
    sent = {"files": some_files(), "cohort": "Web"}
    answer = coordinator_client.post("/api/v1/uploads/", sent, format="multipart")
    assert answer.status_code == 202, answer.data
    upload_id = answer.data["id"]
    assert (answer.data["state"], answer.data["files_total"]) == ("queued", 3)
    assert woken == [upload_id]
    tasks.import_upload_task(upload_id)
    body = coordinator_client.get(f"/api/v1/uploads/{upload_id}/").data
    assert (body["state"], body["files_accepted"]) == ("done", 3)
    assert not storage.incoming_folder(upload_id).exists()
    listed = coordinator_client.get("/api/v1/imaging-studies/").data["results"]
    assert listed[0]["cohorts"][0]["name"] == "Web"
    assert [stack["slice_count"] for stack in listed[0]["stacks"]] == [3]
    assert listed[0]["stacks"][0]["label"] == "Sagittal T2"


def test_batches_join_to_one_upload_and_keep_folder_names(
    coordinator_client: APIClient, woken: list[int]
) -> None:
    first, second = some_files(4)[:2], [SimpleUploadedFile("x.txt", b"not an image" * 20)]
    answer = coordinator_client.post(
        "/api/v1/uploads/", {"files": first, "more": "true"}, format="multipart"
    )
    upload_id = answer.data["id"]
    assert (answer.data["state"], woken) == ("receiving", [])
    answer = coordinator_client.post(
        f"/api/v1/uploads/{upload_id}/files/",
        {"files": second, "names": ["folder/deep/x.txt"]},
        format="multipart",
    )
    assert (answer.data["state"], woken) == ("queued", [upload_id])
    tasks.import_upload_task(upload_id)
    assert Upload.objects.get().files_accepted == 2
    assert QuarantinedFile.objects.get().original_name == "folder/deep/x.txt"
    listed = coordinator_client.get(f"/api/v1/quarantined-files/?upload={upload_id}").data
    assert listed["results"][0]["reason_code"] == "not_dicom"
    late = coordinator_client.post(
        f"/api/v1/uploads/{upload_id}/files/", {"files": some_files(1)}, format="multipart"
    )
    assert late.status_code == 409


def test_names_that_climb_out_of_their_folder_are_only_text(
    coordinator_client: APIClient, woken: list[int], tmp_path: Path
) -> None:
    sent = {"files": some_files(1), "names": ["../../../../tmp/evil.dcm"]}
    answer = coordinator_client.post("/api/v1/uploads/", sent, format="multipart")
    folder = storage.incoming_folder(answer.data["id"])
    assert sorted(path.name for path in folder.iterdir()) == ["0", "names.jsonl"]
    assert not list(tmp_path.rglob("evil.dcm"))


def test_a_zip_is_imported(coordinator_client: APIClient, woken: list[int]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, one in enumerate(series(SeriesRecipe(), positions(3))):
            archive.writestr(f"exam/{number}", to_bytes(one))
    sent = {"files": [SimpleUploadedFile("exam.zip", buffer.getvalue())]}
    answer = coordinator_client.post("/api/v1/uploads/", sent, format="multipart")
    tasks.import_upload_task(answer.data["id"])
    assert ImagingStudy.objects.count() == 1


def test_a_message_that_comes_twice_imports_once(
    coordinator_client: APIClient, woken: list[int]
) -> None:
    answer = coordinator_client.post(
        "/api/v1/uploads/", {"files": some_files()}, format="multipart"
    )
    tasks.import_upload_task(answer.data["id"])
    tasks.import_upload_task(answer.data["id"])
    upload = Upload.objects.get()
    assert (upload.files_accepted, upload.files_known) == (3, 0)


def test_a_run_that_lost_its_worker_begins_again(
    coordinator_client: APIClient, woken: list[int]
) -> None:
    files = [*some_files(2), SimpleUploadedFile("x.txt", b"not an image" * 20)]
    answer = coordinator_client.post("/api/v1/uploads/", {"files": files}, format="multipart")
    Upload.objects.update(state=Upload.State.RUNNING, files_accepted=1, files_quarantined=1)
    tasks.import_upload_task(answer.data["id"])
    upload = Upload.objects.get()
    assert (upload.state, upload.files_accepted, upload.files_quarantined) == ("done", 2, 1)


@pytest.mark.parametrize(
    "sent",
    [{}, {"cohort": "A"}, {"files": [], "cohort": "A"}],
)
def test_an_upload_without_files_is_refused(
    coordinator_client: APIClient, sent: dict[str, object]
) -> None:
    answer = coordinator_client.post("/api/v1/uploads/", sent, format="multipart")
    assert answer.status_code == 400
    assert "files" in answer.data["details"]
    assert Upload.objects.count() == 0


def test_the_live_address_is_signed_for_this_upload_only(
    coordinator_client: APIClient, woken: list[int]
) -> None:
    answer = coordinator_client.post(
        "/api/v1/uploads/", {"files": some_files(1)}, format="multipart"
    )
    _, _, token, topic = answer.data["live_url"].split("/")
    assert topic == f"upload-{answer.data['id']}"
    assert is_valid("live", topic, token)
    assert not is_valid("live", "upload-999", token)


def test_pages_show_exams_uploads_and_quarantine(
    coordinator_client: APIClient, woken: list[int]
) -> None:
    files = [*some_files(2), SimpleUploadedFile("<b>.txt", b"not an image" * 20)]
    answer = coordinator_client.post(
        "/api/v1/uploads/", {"files": files, "cohort": "Web"}, format="multipart"
    )
    tasks.import_upload_task(answer.data["id"])
    exam = ImagingStudy.objects.get()
    texts = {
        address: coordinator_client.get(address).content.decode()
        for address in (
            "/exams/",
            "/exams/?text=TEST-1&cohort=1",
            "/exams/?text=nothing-like-it",
            f"/exams/{exam.pk}/",
            "/exams/upload/",
            f"/exams/uploads/{answer.data['id']}/",
            "/exams/quarantine/",
            "/exams/quarantine/?reason=not_dicom",
        )
    }
    assert "Sagittal T2" in texts["/exams/"]
    assert "1 file</strong>" in texts["/exams/"]
    assert "No exam fits" in texts["/exams/?text=nothing-like-it"]
    assert "sagittal T2" in texts[f"/exams/{exam.pk}/"]
    assert "will lack sagittal T1, axial T2" in texts[f"/exams/{exam.pk}/"]
    assert "&lt;b&gt;.txt" in texts["/exams/quarantine/"]
    assert "not_dicom" in texts["/exams/quarantine/?reason=not_dicom"]


def test_a_crooked_filter_is_refused_in_words(coordinator_client: APIClient) -> None:
    answer = coordinator_client.get("/api/v1/imaging-studies/?cohort=abc")
    assert answer.status_code == 400
    assert "whole number" in answer.data["message"]
    assert coordinator_client.get("/exams/?cohort=abc&page=zzz").status_code == 200
