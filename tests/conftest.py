"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient
from xdist.scheduler import LoadScopeScheduling

from tests import personas

ROOT = Path(__file__).resolve().parents[1]
# a busy machine says nothing of the code; the seed of a failure is printed; .ci/run draws the same
# examples each time, so that it speaks of what was changed, and any other run draws new ones
settings.register_profile(
    "shared",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("shared")


_BROWSER: Final = "tests/e2e/"
_LONG: Final = ("tests/inference/training/", "tests/services/", "tests/viewer/")


class OneForTheBrowser(LoadScopeScheduling):  # type: ignore[misc]
    """Files stay whole, and one process drives the browser in all tests that need it."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return "browser" if file.startswith(_BROWSER) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneForTheBrowser:
    """Which process gets which tests in a run over several (`-n`), in the order collected."""
    config.option.loadscopereorder = False
    return OneForTheBrowser(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process waits for another at the end."""
    items.sort(key=lambda item: (not item.nodeid.startswith(_BROWSER), not _is_long(item)))


def _is_long(item: pytest.Item) -> bool:
    return item.nodeid.startswith(_LONG)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real test data (`dicom/`, `nifti/`); skip where it isn't there."""
    root = Path(os.environ.get("SPINESTUDY_TEST_DATA", str(ROOT.parent / "shared"))) / "data"
    if not root.is_dir():
        pytest.skip(f"no real test data at {root}; set SPINESTUDY_TEST_DATA to the folder above")
    return root


@pytest.fixture
def storage_root(tmp_path: Path, settings: object) -> Path:
    """A storage root of this test's own."""
    root = tmp_path / "storage"
    root.mkdir()
    settings.STORAGE_ROOT = root  # type: ignore[attr-defined]
    return root


@pytest.fixture
def coordinator(db: None) -> User:
    return personas.coordinator()


@pytest.fixture
def reader(db: None) -> User:
    return personas.reader()


@pytest.fixture
def outsider(db: None) -> User:
    return personas.outsider()


def client_of(user: User | None) -> APIClient:
    """An API client signed in as that person, with CSRF checks on."""
    client = APIClient()
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def coordinator_client(coordinator: User) -> APIClient:
    return client_of(coordinator)


@pytest.fixture
def reader_client(reader: User) -> APIClient:
    return client_of(reader)
