"""Protocol, schedule and reference over the API, by role as on the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from annotations.design.adjudication_rule import AdjudicationRule
from annotations.design.allocation import schedule_hash
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import ReaderStudy, ReferenceRecord
from annotations.selectors.schedules import schedule_rows
from annotations.services.adjudication import queue_disagreements
from annotations.services.memberships import grant_role
from annotations.services.protocols import amend_protocol
from annotations.services.reference_records import accept_majority, import_references
from tests import personas
from tests.annotations.test_adjudication import read_by_three, the_arm
from tests.conftest import client_of
from tests.factories.reader_studies import designed_reader_study


@pytest.fixture
def reader_study(coordinator: User, reader: User) -> ReaderStudy:
    design = ReaderStudyDesign(
        "crossover", repeat_fraction=0.2, repeat_lag=2, live_view=LiveView(min_patients=0)
    )
    return designed_reader_study(coordinator, [reader], design, n_cases=10, opened=True)


def get(client: APIClient, reader_study: ReaderStudy, what: str) -> Any:
    return client.get(f"/api/v1/reader-studies/{reader_study.pk}/{what}")


def test_the_protocol_comes_in_every_version(coordinator: User, reader_study: ReaderStudy) -> None:
    amend_protocol(
        reader_study_id=reader_study.pk,
        actor=coordinator,
        changes={"washout_days": 30},
        reason="four weeks and a bit",
    )
    body = get(client_of(coordinator), reader_study, "protocol/").json()
    first, second = body["versions"]
    assert (first["version"], second["version"]) == (1, 2)
    assert (first["body"]["washout_days"], second["body"]["washout_days"]) == (0, 30)
    assert (second["reason"], second["written_by"]) == ("four weeks and a bit", "coordinator")
    assert body["schedule"]["sha256"] == reader_study.schedule.sha256
    assert (body["design"], body["seed"]) == ("crossover", 7)


def test_the_schedule_comes_page_by_page(coordinator: User, reader_study: ReaderStudy) -> None:
    client = client_of(coordinator)
    rows: list[dict[str, Any]] = []
    page = get(client, reader_study, "schedule/?page_size=7").json()
    while True:
        rows += page["results"]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    wanted = schedule_rows(reader_study)
    assert page["count"] == len(rows) == len(wanted) == 24
    assert [(r["reader"], r["period"], r["order"], r["case_number"], r["arm"]) for r in rows] == [
        (one.reader, one.period, one.order, one.case, one.arm) for one in wanted
    ]
    assert sum(row["is_repeat"] for row in rows) == 4
    assert schedule_hash(wanted) == reader_study.schedule.sha256


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("statistician", {"protocol", "schedule"}),
        ("observer", {"protocol"}),
        ("adjudicator", {"protocol"}),
    ],
)
def test_each_role_reads_what_its_pages_show(
    coordinator: User, reader_study: ReaderStudy, role: str, allowed: set[str]
) -> None:
    personas.person("somebody")
    grant_role(reader_study=reader_study, username="somebody", role=role, actor=coordinator)
    client = client_of(User.objects.get(username="somebody"))
    for part in ("protocol", "schedule", "references"):
        wanted = 200 if part in allowed else 403
        assert get(client, reader_study, f"{part}/").status_code == wanted


def test_a_reader_reads_none_of_it(reader: User, reader_study: ReaderStudy) -> None:
    for part in ("protocol", "schedule", "references", "adjudication"):
        assert get(client_of(reader), reader_study, f"{part}/").status_code == 403


def test_references_tell_where_they_come_from_unless_their_arm_is_withheld(
    coordinator: User,
) -> None:
    made = read_by_three(coordinator, AdjudicationRule("at_least", steps=3))
    queue_disagreements(arm=the_arm(), actor=coordinator)
    accept_majority(arm=the_arm(), actor=coordinator)
    text = "case,item,disc_level,side,score\nC-001,modic,L1/L2,,3\n"
    import_references(reader_study=made, text=text, source="surgery", actor=coordinator)
    client = client_of(coordinator)
    rows = get(client, made, "references/").json()["results"]
    assert len(rows) == ReferenceRecord.objects.count() == 5
    outside = [row for row in rows if row["provenance"] == "external"]
    assert [(row["version"], row["score"], row["basis"]) for row in outside] == [
        (2, 3, {"source": "surgery"})
    ]
    assert {"votes", "arm"} <= rows[0]["basis"].keys()
    amend_protocol(
        reader_study_id=made.pk,
        actor=coordinator,
        changes={"live_view": {"coordinators": "none", "min_patients": 0}},
        reason="nobody looks",
    )
    assert get(client, made, "references/").json()["results"] == outside
