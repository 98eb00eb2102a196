"""Final reports of a whole reader study: read, locked by two people, reported twice."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, transaction
from django.utils import timezone

from annotations.agreement import difference, mean_pair_kappa
from annotations.models import FinalReport, FinalReportFile, ReaderStudy, Reading
from annotations.reporting.final_report import build_report
from annotations.selectors.live_ratings import live_items
from annotations.selectors.report_data import report_data
from annotations.services import final_reports
from annotations.services.final_reports import LEASE, ReportUnderWayError
from annotations.services.reference_records import import_references
from annotations.tasks import make_report_task, request_report, request_report_again
from annotations.vocabulary import DISC_LEVELS
from spinestudy.imaging.selectors.stored_files import absolute
from tests import personas
from tests.factories.locked_reader_study import FILES, ITEM, bytes_of, lock, made, read_by


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
        with live_items(arm, enrolments, items) as live:
            rated = live[items[0].pk]
            codes, patients = rated.codes, rated.patients
        arms.append(
            mean_pair_kappa(
                codes.T,
                [(0, 1), (0, 2), (1, 2)],
                n_categories=4,
                weights="quadratic",
                cluster=patients,
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
