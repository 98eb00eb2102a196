"""Final reports of a whole reader study: read, locked by two people, reported twice."""

from __future__ import annotations

import csv
import io
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from annotations.agreement import difference, mean_pair_kappa
from annotations.design.protocol import Endpoint, LiveView, ReaderStudyDesign
from annotations.models import FinalReport, FinalReportFile, Membership, ReaderStudy, Reading
from annotations.reporting.final_report import build_report
from annotations.selectors.agreement import ratings
from annotations.selectors.report_data import NotLockedError, report_data
from annotations.services import final_reports
from annotations.services.final_reports import LEASE, ReportUnderWayError
from annotations.services.grades import Answer, store_grade
from annotations.services.locking import confirm_lock, propose_lock, unlock
from annotations.services.memberships import grant_role
from annotations.services.reference_records import import_references
from annotations.services.submission import submit_reading
from annotations.tasks import make_report_task, request_report, request_report_again
from annotations.vocabulary import DISC_LEVELS
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError
from spinestudy.imaging.selectors.stored_files import absolute
from tests import personas
from tests.conftest import client_of
from tests.factories.reader_studies import ANSWERED_AT, designed_reader_study

SEED = 4711
ITEM = "central_canal_stenosis"
FILES = [
    "report.html",
    "report.pdf",
    "report.json",
    "numbers.csv",
    "tables.zip",
    "analysis.zip",
]


@pytest.fixture
def second(db: None) -> User:
    return personas.person("second", "coordinators")


@pytest.fixture
def whole(coordinator: User, storage_root: object) -> ReaderStudy:
    """Three readers, four cases."""
    return read_by(coordinator, ("anna", "bert", "cleo"), 4)


@pytest.fixture
def small(coordinator: User, storage_root: object) -> ReaderStudy:
    """Two readers, two cases."""
    return read_by(coordinator, ("anna", "bert"), 2)


def read_by(coordinator: User, names: tuple[str, ...], n_cases: int) -> ReaderStudy:
    """SYNTHETIC cases, read in both arms, with more agreement under AI."""
    print(f"seed {SEED}")  # noqa: T201
    rng = np.random.default_rng(SEED)
    readers = [personas.reader(name) for name in names]
    design = ReaderStudyDesign(
        "fully_crossed",
        endpoint=Endpoint(ITEM),
        live_view=LiveView(min_patients=0),
        seniority={name: "senior" if name == "anna" else "junior" for name in names},
    )
    reader_study = designed_reader_study(
        coordinator, readers, design, n_cases=n_cases, items=(ITEM,), opened=True
    )
    latent = {
        (case.pk, level): rng.normal(1.5, 1.0)
        for case in reader_study.cases.order_by("number")
        for level in DISC_LEVELS
    }
    for reading in Reading.objects.order_by(
        "reading_session__period", "enrolment_id", "position"
    ).select_related("reading_session__arm"):
        noise = 0.3 if reading.reading_session.arm.is_ai_allowed else 0.8
        for level in DISC_LEVELS:
            score = round(latent[reading.case_id, level] + rng.normal(0, noise))
            answer = Answer(
                ITEM, level, int(np.clip(score, 0, 3)), False, uuid.uuid4(), ANSWERED_AT
            )
            store_grade(reading_id=reading.pk, answer=answer)
        submit_reading(reading_id=reading.pk)
    return reader_study


def lock(reader_study: ReaderStudy, first: User, second: User) -> ReaderStudy:
    password = personas.PASSWORD
    propose_lock(reader_study_id=reader_study.pk, actor=first, password=password, reason="all read")
    confirm_lock(reader_study_id=reader_study.pk, actor=second, password=password)
    reader_study.refresh_from_db()
    return reader_study


def made(reader_study: ReaderStudy, actor: User, preset: str = "standard") -> FinalReport:
    report = request_report(reader_study_id=reader_study.pk, preset=preset, actor=actor)
    make_report_task(report.pk)
    report.refresh_from_db()
    assert report.state == FinalReport.State.SUCCEEDED, report.error_message
    return report


def bytes_of(report: FinalReport) -> dict[str, bytes]:
    return {one.name: absolute(one.path).read_bytes() for one in report.files.all()}


def test_two_reports_of_one_lock_have_the_same_bytes(
    coordinator: User, second: User, whole: ReaderStudy
) -> None:
    lock(whole, coordinator, second)
    first, again = made(whole, coordinator), made(whole, second)
    assert first.pk != again.pk
    assert list(bytes_of(first)) == FILES
    assert bytes_of(first) == bytes_of(again)
    for one in first.files.all():
        content = absolute(one.path).read_bytes()
        assert one.sha256 == final_reports.digest(content)
        assert one.size_bytes == len(content)


def test_a_report_made_again_is_compared_with_what_is_stored(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    lock(small, coordinator, second)
    report = made(small, coordinator)
    before = list(report.files.values_list("sha256", flat=True))
    request_report_again(report_id=report.pk, actor=second)
    make_report_task(report.pk)
    report.refresh_from_db()
    assert (report.state, report.is_remade_same) == ("succeeded", True)
    # Another seed is another report; the stored files stay and the row says what differs.
    FinalReport.objects.filter(pk=report.pk).update(seed=report.seed + 1)
    request_report_again(report_id=report.pk, actor=second)
    make_report_task(report.pk)
    report.refresh_from_db()
    assert report.is_remade_same is False
    assert "report.pdf" in report.error_message
    assert list(report.files.values_list("sha256", flat=True)) == before
    with pytest.raises(ProgrammingError), transaction.atomic():
        FinalReportFile.objects.filter(report=report).update(sha256="0" * 64)


def test_the_primary_numbers_are_those_of_the_engine_on_the_stored_grades(
    coordinator: User, second: User, whole: ReaderStudy
) -> None:
    lock(whole, coordinator, second)
    report = made(whole, coordinator)
    enrolments, items = list(whole.enrolments.all()), list(whole.items.all())
    arms = []
    for arm in whole.arms.order_by("position"):
        rated = ratings(whole, arm, enrolments, items)[items[0].pk]
        arms.append(
            mean_pair_kappa(
                rated.codes.T,
                [(0, 1), (0, 2), (1, 2)],
                n_categories=4,
                weights="quadratic",
                cluster=rated.patients,
            )
        )
    gap = difference(arms[1], arms[0])
    rows = list(csv.DictReader(io.StringIO(bytes_of(report)["numbers.csv"].decode())))
    found = [one for one in rows if one["table"] == "primary-arms"]
    for row, expected in zip(found, [*arms, gap], strict=True):
        assert float(row["value"]) == pytest.approx(expected.value, rel=1e-9)
        assert float(row["low"]) == pytest.approx(expected.low, rel=1e-9)
        assert int(row["patients"]) == 4
    assert gap.value is not None
    assert gap.value > 0  # the readers agree more with AI, as they were made to


def test_the_report_carries_the_hashes_of_what_it_rests_on(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    lock(small, coordinator, second)
    files = bytes_of(made(small, coordinator))
    data_lock = small.locks.get()
    page = files["report.html"].decode()
    for value in (
        data_lock.content_sha256,
        data_lock.audit_head,
        small.schedule.sha256,
        small.protocols.get().sha256,
    ):
        assert value in page
    for person in ("anna", "bert", "coordinator"):
        assert person not in page
    assert "P001" in zipfile.ZipFile(io.BytesIO(files["analysis.zip"])).read("long.csv").decode()


def test_a_reference_that_comes_later_changes_only_new_reports(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    lock(small, coordinator, second)
    report = made(small, coordinator)
    lines = ["case,item,disc_level,side,score"]
    for case in small.cases.all():
        lines += [f"{case.number},{ITEM},{level},,{n % 4}" for n, level in enumerate(DISC_LEVELS)]
    import_references(reader_study=small, text="\n".join(lines), source="panel", actor=coordinator)
    request_report_again(report_id=report.pk, actor=coordinator)
    make_report_task(report.pk)
    report.refresh_from_db()
    assert report.is_remade_same is True
    newer = made(small, coordinator)
    assert bytes_of(newer)["report.json"] != bytes_of(report)["report.json"]
    built = build_report(report_data(newer, {}))
    assert built.table("two-by-two").rows


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


def test_data_that_differ_from_the_lock_are_not_reported(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    lock(small, coordinator, second)
    report = request_report(reader_study_id=small.pk, preset="standard", actor=coordinator)
    Reading.objects.filter(order=1).update(active_s=1.0)
    make_report_task(report.pk)
    report.refresh_from_db()
    assert report.state == FinalReport.State.FAILED
    assert "aren't those that were locked" in report.error_message
    assert not report.files.exists()


def test_an_unexpected_error_is_kept_and_the_report_can_be_made_again(
    coordinator: User, second: User, small: ReaderStudy, settings: Any
) -> None:
    lock(small, coordinator, second)
    report = request_report(reader_study_id=small.pk, preset="standard", actor=coordinator)
    root = settings.STORAGE_ROOT
    blocked = root / "reports"
    blocked.write_text("a file where the folder should be")
    make_report_task(report.pk)
    report.refresh_from_db()
    assert report.state == FinalReport.State.FAILED
    assert "unexpected error" in report.error_message
    blocked.unlink()
    request_report_again(report_id=report.pk, actor=coordinator)
    make_report_task(report.pk)
    report.refresh_from_db()
    assert report.state == FinalReport.State.SUCCEEDED


def test_a_message_that_comes_twice_makes_one_report_and_a_lost_worker_can_be_replaced(
    coordinator: User, second: User, small: ReaderStudy
) -> None:
    lock(small, coordinator, second)
    report = request_report(reader_study_id=small.pk, preset="standard", actor=coordinator)
    taken = final_reports.claim_report(report.pk)
    assert taken is not None
    assert final_reports.claim_report(report.pk) is None
    with pytest.raises(ReportUnderWayError):
        request_report_again(report_id=report.pk, actor=coordinator)
    past = timezone.now() - timedelta(seconds=1)
    FinalReport.objects.filter(pk=report.pk).update(lease_expires_at=past)
    other = final_reports.claim_report(report.pk)
    assert other is not None
    assert other.attempts == taken.attempts + 1
    final_reports.fail_report(taken, "the first worker speaks too late")
    report.refresh_from_db()
    assert report.state == FinalReport.State.RUNNING
    assert report.lease_expires_at is not None
    assert report.lease_expires_at <= timezone.now() + LEASE
