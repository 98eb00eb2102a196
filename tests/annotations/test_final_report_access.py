"""Who may have a final report, and when; the page that makes it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.design.protocol import ReaderStudyDesign
from annotations.models import FinalReport, Membership, ReaderStudy
from annotations.selectors.report_data import NotLockedError
from annotations.services.locking import unlock
from annotations.services.memberships import grant_role
from annotations.tasks import make_report_task, request_report
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError
from tests import personas
from tests.conftest import client_of
from tests.factories.locked_reader_study import FILES, lock, made, read_by
from tests.factories.reader_studies import designed_reader_study


@pytest.fixture
def second(db: None) -> User:
    return personas.person("second", "coordinators")


@pytest.fixture
def small(coordinator: User, storage_root: object) -> ReaderStudy:
    """Two readers, two cases."""
    return read_by(coordinator, ("anna", "bert"), 2)


def test_nothing_is_reported_before_the_lock_nor_after_it_is_lifted(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    address = f"/api/v1/reader-studies/{small.pk}/reports/"
    client = client_of(coordinator)
    for response in (client.get(address), client.post(address, {"preset": "standard"})):
        assert response.status_code == 409
        assert "Lock the data first" in response.json()["message"]
    with pytest.raises(NotLockedError):
        request_report(reader_study_id=small.pk, preset="standard", actor=coordinator)
    assert not FinalReport.objects.exists()
    lock(small, coordinator, second)
    report = made(small, coordinator)
    file_address = f"{address}{report.pk}/files/report.html"
    assert client.get(file_address).status_code == 200
    unlock(
        reader_study_id=small.pk,
        actor=coordinator,
        password=personas.PASSWORD,
        reason="a grade was mistyped",
    )
    for one in (address, f"{address}{report.pk}/", file_address):
        assert client.get(one).status_code == 409
    assert client.post(f"{address}{report.pk}/again/").status_code == 409
    page = Client()
    page.force_login(coordinator)
    text = page.get(f"/reader-studies/{small.pk}/").content.decode()
    assert "A final report is made from locked data" in text
    assert "report.html" not in text


def test_who_may_have_a_report(coordinator: User, second: User, small: ReaderStudy) -> None:
    lock(small, coordinator, second)
    report = made(small, coordinator)
    address = f"/api/v1/reader-studies/{small.pk}/reports/"
    statistician = personas.person("sam")
    observer = personas.person("otto")
    grant_role(
        reader_study=small,
        username="sam",
        role=Membership.Role.STATISTICIAN,
        actor=coordinator,
    )
    grant_role(
        reader_study=small, username="otto", role=Membership.Role.OBSERVER, actor=coordinator
    )
    reader = User.objects.get(username="anna")
    stranger = personas.person("other", "coordinators")
    codes = {
        name: client_of(user).get(f"{address}{report.pk}/files/report.json").status_code
        for name, user in {
            "coordinator": coordinator,
            "statistician": statistician,
            "observer": observer,
            "reader": reader,
            "stranger": stranger,
            "nobody": None,
        }.items()
    }
    assert codes == {
        "coordinator": 200,
        "statistician": 200,
        "observer": 403,
        "reader": 403,
        "stranger": 404,
        "nobody": 401,
    }
    assert AuditRecord.objects.filter(action="report.downloaded").count() == 2


def test_a_report_of_another_reader_study_is_not_found(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    lock(small, coordinator, second)
    report = made(small, coordinator)
    other = designed_reader_study(
        coordinator, [personas.reader("dora")], ReaderStudyDesign(), n_cases=1, opened=True
    )
    ReaderStudy.objects.filter(pk=other.pk).update(status="locked")
    response = client_of(coordinator).get(f"/api/v1/reader-studies/{other.pk}/reports/{report.pk}/")
    assert response.status_code == 404


def test_the_page_makes_a_report_and_offers_its_files(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    lock(small, coordinator, second)
    client = Client()
    client.force_login(coordinator)
    page = f"/reader-studies/{small.pk}/"
    client.post(f"{page}reports/", {"preset": "gao"})
    client.post(f"{page}reports/", {"preset": "gao"})  # asked for twice, made once
    report = FinalReport.objects.get()
    assert report.preset == "gao"
    assert report.seed == small.seed
    make_report_task(report.pk)
    text = client.get(page).content.decode()
    for name in FILES:
        assert f"/reports/{report.pk}/files/{name}" in text
    document = client.get(f"/api/v1{page}reports/{report.pk}/files/report.html")
    assert document["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src" not in document["Content-Security-Policy"]
    assert document["Content-Security-Policy"].endswith("sandbox")
    assert document["Content-Disposition"].startswith("inline")
    assert "default-src 'none'; script-src 'self'" in client.get(page)["Content-Security-Policy"]
    pdf = client.get(f"/api/v1{page}reports/{report.pk}/files/report.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Disposition"].startswith("attachment")
    assert client.get(f"/api/v1{page}reports/{report.pk}/files/other.pdf").status_code == 404


def test_a_wrong_preset_is_refused(coordinator: User, second: User, small: ReaderStudy) -> None:
    lock(small, coordinator, second)
    with pytest.raises(InvalidInputError, match="Choose one of"):
        request_report(reader_study_id=small.pk, preset="best", actor=coordinator)
    address = f"/api/v1/reader-studies/{small.pk}/reports/"
    assert client_of(coordinator).post(address, {"preset": "best"}).status_code == 400
