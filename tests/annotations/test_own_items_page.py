"""Own items on the page: what is typed is checked in plain words, kept, previewed and stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.forms import ChoiceField
from django.test import Client

from annotations.models import Item, ReaderStudy
from annotations.pages.own_items_form import own_item_set
from annotations.services.designs import parts_of
from annotations.vocabulary import OwnItem
from tests.annotations.test_own_items import RIM, drafted
from tests.factories.reader_studies import exam


def typed(**fields: str) -> dict[str, str]:
    texts = {
        "name": "Rim lesion",
        "key": "rim",
        "site_kind": "disc",
        "scale_type": "ordinal",
        "categories": "none\nsmall: under 5 mm\nlarge",
        "normal": "none",
        **fields,
    }
    return {f"own-0-{name}": text for name, text in texts.items()}


def page(coordinator: User, reader: User, **more: Any) -> tuple[Client, dict[str, Any]]:
    client = Client()
    client.force_login(coordinator)
    sent = {
        "title": "From the form",
        "exams": [exam().pk],
        "readers": [reader.pk],
        "has_unaided_arm": "on",
        "pipeline": "lumbar_grading@2",
        "hanging": "lumbar",
        "idle_cutoff_s": 60,
        "seed": 5,
        "own-TOTAL_FORMS": 1,
        "own-INITIAL_FORMS": 0,
        **more,
    }
    return client, sent


def test_the_page_previews_and_stores_an_own_item_alone(coordinator: User, reader: User) -> None:
    client, sent = page(coordinator, reader, **typed(), endpoint_item="own_rim")
    shown = client.post("/reader-studies/create/", {**sent, "act": "preview"}).content.decode()
    assert "Rim lesion is an item of your own" in shown
    assert "A case has 5 cells that are always asked." in shown
    assert "0 none · 1 small · 2 large" in shown
    assert not ReaderStudy.objects.exists()
    client.post("/reader-studies/create/", sent)
    reader_study = ReaderStudy.objects.get()
    assert reader_study.protocols.get().body["endpoint"]["k"] == 3
    editing = client.get(f"/reader-studies/{reader_study.pk}/edit/").content.decode()
    assert "small: under 5 mm" in editing
    copying = client.get(f"/reader-studies/create/?copy={reader_study.pk}").content.decode()
    assert "small: under 5 mm" in copying


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"key": "Rim lesion"}, "small letters, digits or underscores"),
        ({"key": ""}, "Rim lesion: Key: This field is required."),
        ({"categories": "none"}, "there are 1"),
        ({"normal": "healthy"}, "name of one of the grades"),
        ({"asked_where": "modic"}, "Give a key and a grade"),
        ({"asked_where": "modic 1"}, "choose that too"),
    ],
)
def test_the_page_says_what_is_wrong_and_loses_nothing(
    coordinator: User, reader: User, fields: dict[str, str], words: str
) -> None:
    client, sent = page(coordinator, reader, **typed(**fields))
    answered = client.post("/reader-studies/create/", sent)
    text = answered.content.decode().replace("&#x27;", "'")
    assert answered.status_code == 400
    assert words in text
    assert 'value="Rim lesion"' in text
    assert not ReaderStudy.objects.exists()


def test_one_more_item_keeps_what_is_typed_and_an_empty_one_is_none(
    coordinator: User, reader: User
) -> None:
    client, sent = page(coordinator, reader, **typed())
    more = client.post("/reader-studies/create/", {**sent, "act": "another_item"}).content.decode()
    assert 'name="own-1-name"' in more
    assert 'value="Rim lesion"' in more
    assert "Please mend" not in more
    client.post("/reader-studies/create/", {**sent, "own-TOTAL_FORMS": 2})
    assert list(Item.objects.values_list("finding_code", flat=True)) == ["own_rim"]


def as_a_browser_sends(own_items: Sequence[OwnItem] = ()) -> dict[str, str]:
    """The fields of own items as the page fills them; of a choice the first where none is made."""
    shown = own_item_set(None, own_items)
    sent = {f"own-{name}": str(n) for name, n in shown.management_form.initial.items()}
    for form in shown.forms:
        for bound in form:
            value = bound.value()
            if isinstance(bound.field, ChoiceField):
                value = value or next(iter(dict(cast(Any, bound.field.choices))))
            if value is not None and value is not False:
                sent[bound.html_name] = "on" if value is True else str(value)
    return sent


def test_an_untouched_own_item_is_none(coordinator: User, reader: User) -> None:
    client, sent = page(coordinator, reader, items=["modic"])
    client.post("/reader-studies/create/", {**sent, **as_a_browser_sends()})
    assert list(Item.objects.values_list("finding_code", flat=True)) == ["modic"]


def test_a_draft_with_an_own_item_can_be_saved_as_it_is(coordinator: User, reader: User) -> None:
    reader_study = drafted(coordinator, reader, RIM)
    client, sent = page(coordinator, reader, items=["modic"], base_version=1)
    address = f"/reader-studies/{reader_study.pk}/edit/"
    client.post(address, {**sent, **as_a_browser_sends([RIM]), "title": "Renamed"})
    reader_study.refresh_from_db()
    assert reader_study.title == "Renamed"
    assert parts_of(reader_study).protocol.own_items == (RIM,)


def test_an_own_item_can_be_taken_out_of_a_draft(coordinator: User, reader: User) -> None:
    reader_study = drafted(coordinator, reader, RIM)
    client, sent = page(coordinator, reader, **typed(), items=["modic"])
    sent |= {"own-INITIAL_FORMS": 1, "own-0-DELETE": "on", "base_version": 1}
    client.post(f"/reader-studies/{reader_study.pk}/edit/", sent)
    assert [item.finding_code for item in reader_study.items.all()] == ["modic"]


def test_without_any_item_the_page_asks_for_one(coordinator: User, reader: User) -> None:
    client, sent = page(coordinator, reader)
    answered = client.post("/reader-studies/create/", sent)
    assert answered.status_code == 400
    assert "or define one of your own" in answered.content.decode()
