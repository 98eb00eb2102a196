"""The pages on which a reader study is designed, watched, amended and locked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from annotations.design.protocol import ReaderStudyDesign
from annotations.models import (
    DataLock,
    Membership,
    ReaderStudy,
    Reading,
    Schedule,
    Signature,
    WashoutOverride,
)
from annotations.services.grades import store_grade
from annotations.services.memberships import grant_role
from annotations.services.submission import submit_reading
from tests import personas
from tests.conftest import client_of
from tests.factories.reader_studies import answer, designed_reader_study, exam, fill


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def readers(reader: User) -> list[User]:
    return [reader, personas.reader("reader-2")]


def sent(readers: list[User], exams: list[Any], **more: object) -> dict[str, object]:
    return {
        "title": "From the form",
        "exams": [one.pk for one in exams],
        "readers": [one.pk for one in readers],
        "items": ["modic"],
        "has_unaided_arm": "on",
        "has_aided_arm": "on",
        "pipeline": "lumbar_grading@2",
        "hanging": "lumbar",
        "idle_cutoff_s": 60,
        "seed": 5,
        **more,
    }


def test_the_preview_shows_the_schedule_and_stores_nothing(
    coordinator: User, readers: list[User]
) -> None:
    exams = [exam() for _ in range(6)]
    form = sent(readers, exams, design="crossover", washout_days=7)
    page = browser(coordinator).post("/reader-studies/create/", {**form, "act": "preview"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "24 readings in all; each case is read by 2 readers" in text
    assert "washout of 7 days is shorter" in text
    assert "fewer than the 20 from which agreement is shown" in text
    assert not ReaderStudy.objects.exists()
    browser(coordinator).post("/reader-studies/create/", form)
    assert Schedule.objects.get().sha256 in text
    body = ReaderStudy.objects.get().protocols.get().body
    assert (body["design"], body["washout_days"]) == ("crossover", 7)


def test_the_model_of_the_site_is_chosen_until_another_one_is(coordinator: User) -> None:
    page = browser(coordinator).get("/reader-studies/create/").content.decode()
    assert '<option value="lumbar_grading@2" selected>' in page
    assert page.count('@2" selected') == 1


def test_a_form_without_the_new_fields_makes_what_it_made_before(
    coordinator: User, readers: list[User]
) -> None:
    browser(coordinator).post("/reader-studies/create/", sent(readers, [exam()]))
    made = ReaderStudy.objects.get()
    assert made.design == "fully_crossed"
    assert made.protocols.get().body["live_view"] == {
        "coordinators": "unaided",
        "min_patients": 20,
    }


def test_what_contradicts_itself_is_said_and_nothing_typed_is_lost(
    coordinator: User, readers: list[User]
) -> None:
    form = sent(readers, [exam() for _ in range(3)], design="sequential", repeat_percent=40)
    page = browser(coordinator).post("/reader-studies/create/", form)
    text = page.content.decode()
    assert page.status_code == 400
    assert "can be repeated with 10 cases between" in text
    assert 'value="From the form"' in text
    assert not ReaderStudy.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("exam_list", "NOBODY-1\nNOBODY-2", "There are no exams for: NOBODY-1, NOBODY-2"),
        ("case_limits", "reader many", "isn&#x27;t a name and a number"),
        ("planned_looks", "half", "Give whole percents"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(
    coordinator: User, readers: list[User], field: str, value: str, words: str
) -> None:
    page = browser(coordinator).post(
        "/reader-studies/create/", sent(readers, [exam()], **{field: value})
    )
    assert page.status_code == 400
    assert words in page.content.decode()


def test_cases_come_from_a_list_and_are_drawn_by_strata(
    coordinator: User, readers: list[User]
) -> None:
    listed = [exam(description=f"site {number % 2}") for number in range(12)]
    lines = "\n".join(
        one.patient.patient_id if place % 2 else one.study_instance_uid
        for place, one in enumerate(listed)
    )
    form = sent(readers, [], exam_list=lines, draw_count=4, draw_strata="description")
    browser(coordinator).post("/reader-studies/create/", form)
    cases = ReaderStudy.objects.get().cases.select_related("imaging_study")
    assert (
        sorted(case.imaging_study.description for case in cases) == ["site 0"] * 2 + ["site 1"] * 2
    )
    assert sorted(case.number for case in cases) == ["C-001", "C-002", "C-003", "C-004"]


def test_the_board_shows_progress_washouts_and_what_is_late(
    coordinator: User, reader: User, django_assert_max_num_queries: Any
) -> None:
    reader_study = designed_reader_study(
        coordinator,
        [reader],
        ReaderStudyDesign("crossover", washout_days=28, due_days=10),
        n_cases=4,
        items=("modic",),
        opened=True,
    )
    first = Reading.objects.get(reading_session__period=1, order=1)
    fill(first)
    submit_reading(reading_id=first.pk)
    client = browser(coordinator)
    with django_assert_max_num_queries(16):
        text = client.get(f"/reader-studies/{reader_study.pk}/progress/").content.decode()
    assert "1 in washout, the first until" in text
    assert "1/2" in text
    assert "Late" not in text
    first.reading_session.due_on = timezone.localdate() - timedelta(days=1)
    first.reading_session.save()
    assert "Late" in client.get(f"/reader-studies/{reader_study.pk}/progress/").content.decode()
    act = {"reader": "R1", "case": first.case.number, "reason": "leaves on Friday"}
    client.post(f"/reader-studies/{reader_study.pk}/washouts/", act)
    assert WashoutOverride.objects.get().reason == "leaves on Friday"
    again = Reading.objects.get(case=first.case, reading_session__period=2)
    store_grade(reading_id=again.pk, answer=answer("modic"))


def test_the_page_locks_with_two_people_only(coordinator: User, reader: User) -> None:
    reader_study = designed_reader_study(
        coordinator, [reader], ReaderStudyDesign(), items=("modic",), opened=True
    )
    personas.person("statistician")
    client, address = browser(coordinator), f"/reader-studies/{reader_study.pk}/"
    client.post(f"{address}people/", {"username": "statistician", "role": "statistician"})
    second = browser(User.objects.get(username="statistician"))
    act = {"reason": "all read", "password": personas.PASSWORD}
    client.post(f"{address}lock/", {**act, "password": "wrong"})
    assert not DataLock.objects.exists()
    client.post(f"{address}lock/", act)
    client.post(f"{address}lock/confirm/", act)
    reader_study.refresh_from_db()
    assert reader_study.status == "open"
    second.post(f"{address}lock/confirm/", act)
    reader_study.refresh_from_db()
    assert reader_study.status == "locked"
    text = second.get(address).content.decode()
    assert DataLock.objects.get().content_sha256 in text
    assert second.post(f"{address}unlock/", act).status_code == 403
    client.post(f"{address}unlock/", {**act, "reason": "one case was exchanged"})
    assert "Unlocked: one case was exchanged" in client.get(address).content.decode()


def test_an_amendment_on_the_page_is_signed(coordinator: User, reader: User) -> None:
    reader_study = designed_reader_study(coordinator, [reader], ReaderStudyDesign("crossover"))
    client, address = browser(coordinator), f"/reader-studies/{reader_study.pk}/"
    act = {"washout_days": "14", "reason": "as approved", "password": "wrong"}
    client.post(f"{address}amend/", act)
    assert reader_study.protocols.count() == 1
    client.post(f"{address}amend/", {**act, "password": personas.PASSWORD})
    assert "washout_days: 0, then 14" in client.get(address).content.decode()
    signature = Signature.objects.get()
    assert (signature.meaning, signature.reason) == ("amended", "as approved")
    assert signature.content_sha256 == reader_study.protocols.get(version=2).sha256


def test_after_five_wrong_passwords_nothing_is_signed_for_a_while(
    coordinator: User, reader: User
) -> None:
    reader_study = designed_reader_study(coordinator, [reader], ReaderStudyDesign("sequential"))
    client, address = browser(coordinator), f"/reader-studies/{reader_study.pk}/amend/"
    act = {"washout_days": 9, "reason": "as approved"}
    for _ in range(5):
        client.post(address, {**act, "password": "guessed"})
    answer = client.post(address, {**act, "password": personas.PASSWORD}, follow=True)
    assert "5 wrong passwords or codes were typed" in answer.content.decode()
    assert reader_study.protocols.count() == 1
    cache.delete(f"wrong-signatures-{coordinator.pk}")  # the quarter of an hour is over
    client.post(address, {**act, "password": personas.PASSWORD})
    assert reader_study.protocols.count() == 2


ROLES = ("coordinator", "statistician", "observer", "adjudicator")
MAY = {
    "reader-studies/{}/": set(ROLES),
    "reader-studies/{}/progress/": set(ROLES),
    "reader-studies/{}/agreement/": {"coordinator", "statistician"},
    "api/v1/reader-studies/{}/agreement/": {"coordinator", "statistician"},
    "api/v1/reader-studies/{}/readings.csv": {"coordinator", "statistician"},
    "api/v1/reader-studies/{}/data-dictionary.csv": {"coordinator", "statistician"},
}


def test_each_role_gets_what_is_its_own_and_only_in_its_reader_study(
    coordinator: User, reader: User
) -> None:
    mine = designed_reader_study(coordinator, [reader], ReaderStudyDesign(), opened=True)
    other_coordinator = personas.person("other", "coordinators")
    other = designed_reader_study(other_coordinator, [reader], ReaderStudyDesign(), opened=True)
    people = dict.fromkeys(ROLES[:1], coordinator)
    for role in ROLES[1:]:
        people[role] = personas.person(role)
        grant_role(reader_study=mine, username=role, role=role, actor=coordinator)
    for address, may in MAY.items():
        for role, person in people.items():
            client = client_of(person)
            answer_ = client.get("/" + address.format(mine.pk)).status_code
            assert answer_ == (200 if role in may else 403), (address, role)
            assert client.get("/" + address.format(other.pk)).status_code == 404, (address, role)
    titles = browser(people["observer"]).get("/reader-studies/").content.decode()
    assert mine.title in titles
    assert other.title not in titles


def test_a_reader_cannot_also_have_a_role_that_sees_the_rest(
    coordinator: User, reader: User
) -> None:
    reader_study = designed_reader_study(coordinator, [reader], ReaderStudyDesign())
    address = f"/reader-studies/{reader_study.pk}/people/"
    page = browser(coordinator).post(
        address, {"username": "reader", "role": "statistician"}, follow=True
    )
    assert "would see what readers must not see" in page.content.decode()
    own = Membership.objects.get()
    page = browser(coordinator).post(f"{address}{own.pk}/withdraw/", follow=True)
    assert "needs a coordinator" in page.content.decode()
    assert Membership.objects.count() == 1
