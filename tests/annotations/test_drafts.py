"""Drafts are edited, discarded and copied; an opened one goes back while nobody has read."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.design.adjudication_rule import AdjudicationRule
from annotations.design.protocol import Endpoint, LiveView, ReaderStudyDesign, content_hash
from annotations.models import Invitation, LevelMark, ReaderStudy, Reading
from annotations.selectors.protocols import protocol_of
from annotations.services.designs import Parts, parts_of
from annotations.services.drafts import DraftError, back_to_draft, edit_draft
from annotations.services.grades import store_grade
from annotations.services.invitations import Guest, invite
from annotations.services.plans import UNAIDED
from annotations.services.reader_studies import (
    ReaderStudyDesignError,
    ReaderStudyStatusError,
    create_reader_study,
    open_reader_study,
)
from annotations.services.schedules import is_as_drawn
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.factories.reader_studies import answer, designed_reader_study, exam

DESIGN = ReaderStudyDesign(
    "crossover",
    washout_days=28,
    due_days=14,
    caps={"reader-2": 5},
    common=2,
    repeat_fraction=0.2,
    repeat_lag=1,
    seniority={"reader": "senior", "reader-2": "junior"},
    endpoint=Endpoint("pfirrmann", weights="linear", reader_pairs="mixed"),
    live_view=LiveView("none", 30),
    adjudication=AdjudicationRule("at_least", 2, items=("pfirrmann",)),
    planned_looks=(0.5,),
    frozen=("zoom",),
)


@pytest.fixture
def readers(reader: User) -> list[User]:
    return [reader, personas.reader("reader-2")]


@pytest.fixture
def draft(coordinator: User, readers: list[User]) -> ReaderStudy:
    return designed_reader_study(coordinator, readers, DESIGN, n_cases=8)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(page: Any) -> dict[str, Any]:
    """What a browser would send back of the form that was shown."""
    form = page.context["form"]
    sent: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if value is True:
            sent[name] = "on"
        elif value not in (None, False):
            sent[name] = value
    version = page.context.get("base_version")
    return {**sent, **({"base_version": version} if version else {})}


def test_the_form_gives_back_everything_that_the_draft_says(
    draft: ReaderStudy, coordinator: User
) -> None:
    before, sha256 = parts_of(draft), draft.schedule.sha256
    client = browser(coordinator)
    address = f"/reader-studies/{draft.pk}/edit/"
    page = client.get(address)
    assert page.status_code == 200
    answer_page = client.post(address, form_of(page))
    assert answer_page.status_code == 302, answer_page.content.decode()
    draft.refresh_from_db()
    assert parts_of(draft) == before
    assert ReaderStudy.objects.get(pk=draft.pk).schedule.sha256 == sha256
    assert draft.protocols.count() == 1, "nothing has changed"


def test_an_edited_draft_is_drawn_anew_and_keeps_each_protocol(
    draft: ReaderStudy, coordinator: User
) -> None:
    client = browser(coordinator)
    address = f"/reader-studies/{draft.pk}/edit/"
    form = form_of(client.get(address))
    kept = set(draft.cases.values_list("pk", flat=True))
    form |= {
        "title": "Better title",
        "items": ["modic", "central_canal_stenosis"],
        "endpoint_item": "",
        "adjudicate_items": [],
        "exams": [*form["exams"][1:], exam().pk],
        "washout_days": 14,
    }
    assert client.post(address, form).status_code == 302
    draft = ReaderStudy.objects.get(pk=draft.pk)
    assert draft.title == "Better title"
    assert [i.finding_code for i in draft.items.all()] == ["modic", "central_canal_stenosis"]
    assert draft.cases.count() == 8
    assert len(kept & set(draft.cases.values_list("pk", flat=True))) == 7, "cases keep their rows"
    assert is_as_drawn(draft)
    first, second = draft.protocols.order_by("version")
    assert (first.body["washout_days"], second.body["washout_days"]) == (28, 14)
    assert second.sha256 == content_hash(second.body)
    assert second.reason == "Draft edited"
    assert AuditRecord.objects.filter(action="reader_study.draft_edited").count() == 1
    open_reader_study(reader_study_id=draft.pk, actor=coordinator)


def test_what_is_unticked_is_gone_and_only_asked_items_are_adjudicated(
    draft: ReaderStudy, coordinator: User
) -> None:
    client, address = browser(coordinator), f"/reader-studies/{draft.pk}/edit/"
    sent = form_of(client.get(address))
    assert (sent["frozen"], sent["adjudicate_items"]) == (["zoom"], ["pfirrmann"])
    refused = client.post(address, {**sent, "adjudicate_items": ["vertebral_fracture"]})
    assert refused.status_code == 400
    assert "isn&#x27;t asked" in refused.content.decode()
    assert protocol_of(draft).body["adjudication"]["items"] == ["pfirrmann"]
    client.post(address, {**sent, "frozen": [], "adjudicate_items": []})
    body = protocol_of(draft).body
    assert (body["frozen"], body["adjudication"]["items"]) == ([], [])


def test_a_form_older_than_the_draft_is_refused(draft: ReaderStudy, coordinator: User) -> None:
    client = browser(coordinator)
    address = f"/reader-studies/{draft.pk}/edit/"
    old = form_of(client.get(address))
    client.post(address, {**old, "washout_days": 14})
    page = client.post(address, {**old, "washout_days": 7})
    assert page.status_code == 400
    assert "Somebody else has changed this draft" in page.content.decode()
    assert draft.protocols.latest("version").body["washout_days"] == 14


def test_what_contradicts_itself_leaves_the_draft_as_it_was(
    draft: ReaderStudy, coordinator: User
) -> None:
    before = parts_of(draft)
    changed = {**vars(before), "design": ReaderStudyDesign("crossover", repeat_fraction=0.5)}
    with pytest.raises(ReaderStudyDesignError, match="can be repeated"):
        edit_draft(reader_study_id=draft.pk, parts=Parts(**changed), actor=coordinator)
    LevelMark.objects.create(case=draft.cases.all()[0], level="L4/L5", position_lps=[0, 0, 0])
    gone = draft.cases.all()[0].imaging_study
    fewer = [one for one in before.imaging_studies if one != gone]
    parts = Parts(**{**vars(before), "imaging_studies": fewer})
    with pytest.raises(ReaderStudyDesignError, match="levels or references"):
        edit_draft(reader_study_id=draft.pk, parts=parts, actor=coordinator)
    assert parts_of(ReaderStudy.objects.get(pk=draft.pk)) == before
    assert is_as_drawn(draft)


def test_an_open_one_is_not_edited_but_goes_back_while_nobody_has_read(
    draft: ReaderStudy, coordinator: User, reader: User
) -> None:
    open_reader_study(reader_study_id=draft.pk, actor=coordinator)
    client = browser(coordinator)
    assert client.get(f"/reader-studies/{draft.pk}/edit/").status_code == 302
    with pytest.raises(DraftError, match="Amend"):
        edit_draft(reader_study_id=draft.pk, parts=parts_of(draft), actor=coordinator)
    client.post(f"/reader-studies/{draft.pk}/draft/", {"reason": "one item is missing"})
    draft.refresh_from_db()
    assert (draft.status, draft.opened_at) == ("draft", None)
    assert draft.title not in browser(reader).get("/worklist/").content.decode()
    open_reader_study(reader_study_id=draft.pk, actor=coordinator)
    reading = Reading.objects.filter(reading_session__period=1, order=1)[0]
    store_grade(reading_id=reading.pk, answer=answer("modic"))
    with pytest.raises(DraftError, match="frozen"):
        back_to_draft(reader_study_id=draft.pk, reason="too late", actor=coordinator)


def test_a_discarded_draft_leaves_every_list_and_frees_its_title(
    draft: ReaderStudy, coordinator: User, readers: list[User]
) -> None:
    invite(reader_study_id=draft.pk, guest=Guest("observer"), actor=coordinator)
    client = browser(coordinator)
    client.post(f"/reader-studies/{draft.pk}/discard/", {"reason": ""})
    draft.refresh_from_db()
    assert draft.status == "draft", "a reason is asked"
    gone = client.post(f"/reader-studies/{draft.pk}/discard/", {"reason": "a trial"})
    assert gone["Location"] == "/reader-studies/"
    assert client.get(f"/reader-studies/{draft.pk}/").status_code == 404
    assert Invitation.objects.get().revoked_at is not None
    listed = client.get("/reader-studies/").content.decode()
    assert "Discarded drafts (1)" in listed
    assert f"/reader-studies/{draft.pk}/" not in listed
    assert Reading.objects.exists(), "it is kept"
    again = create_reader_study(
        actor=coordinator,
        title=draft.title,
        seed=1,
        imaging_studies=[exam()],
        readers=readers,
        finding_codes=["modic"],
        arms=[UNAIDED],
    )
    assert again.pk != draft.pk
    assert AuditRecord.objects.get(action="reader_study.discarded").reason == "a trial"


def test_a_copy_starts_with_all_choices_and_another_seed(
    draft: ReaderStudy, coordinator: User
) -> None:
    client = browser(coordinator)
    form = form_of(client.get(f"/reader-studies/create/?copy={draft.pk}"))
    assert form["title"] == f"{draft.title}, copy"
    assert client.post("/reader-studies/create/", form).status_code == 302
    copy = ReaderStudy.objects.exclude(pk=draft.pk).get()
    mine, theirs = vars(parts_of(draft)), vars(parts_of(copy))
    apart = {name for name in mine if mine[name] != theirs[name]}
    assert apart <= {"title", "seed", "imaging_studies", "design"}
    exams = [{one.pk for one in parts["imaging_studies"]} for parts in (mine, theirs)]
    assert exams[0] == exams[1]
    assert mine["seed"] != theirs["seed"]


def test_only_whoever_coordinates_it_copies_or_edits_it(draft: ReaderStudy) -> None:
    stranger = browser(personas.person("stranger", "coordinators"))
    for address in (
        f"/reader-studies/create/?copy={draft.pk}",
        f"/reader-studies/{draft.pk}/edit/",
    ):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/reader-studies/{draft.pk}/discard/").status_code == 404


def test_a_draft_without_readers_can_be_made_but_not_opened(coordinator: User) -> None:
    made = create_reader_study(
        actor=coordinator,
        title="Readers come later",
        seed=1,
        imaging_studies=[exam()],
        readers=[],
        finding_codes=["modic"],
        arms=[UNAIDED],
    )
    with pytest.raises(ReaderStudyStatusError, match="Nobody reads"):
        open_reader_study(reader_study_id=made.pk, actor=coordinator)
    page = browser(coordinator).get(f"/reader-studies/{made.pk}/").content.decode()
    assert "No readers yet." in page
