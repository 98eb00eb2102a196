"""Exams brought in by the importer, and a coordinator who asks for them over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pydicom.dataset import Dataset

from spinestudy.imaging.services import ingest
from spinestudy.imaging.services.sources import find_sources
from spinestudy.imaging.services.uploads import create_upload
from tests.factories.dicom import write
from tests.imaging.dicomweb import BringIn


@pytest.fixture
def bring_in(tmp_path: Path) -> BringIn:
    def act(*datasets: Dataset) -> None:
        folder = tmp_path / "in"
        write(folder, datasets)
        upload = create_upload(source="test", cohort_name="", actor=None, state="queued")
        upload = ingest.import_sources(
            upload_id=upload.pk, sources=list(find_sources([("in", folder)])), actor=None
        )
        assert upload.files_quarantined == 0

    return act


@pytest.fixture
def dicomweb(coordinator: User) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client
