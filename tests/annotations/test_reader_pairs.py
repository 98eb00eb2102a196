"""Pairs of readers whose disagreement goes to adjudication, as chosen in the form."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from annotations.models import ReaderStudy
from tests import personas
from tests.annotations.test_design_pages import browser, sent
from tests.factories.reader_studies import exam

PAIR_RULE = {"adjudicate": "reader_pair", "adjudicate_steps": 2}


def test_pairs_of_readers_are_chosen_by_name_and_kept_by_code(
    coordinator: User, readers: list[User]
) -> None:
    third = personas.reader("reader-3")
    pairs = "reader reader-3\n\nreader-3 reader-2"
    form = sent([*readers, third], [exam()], **PAIR_RULE, adjudicate_pairs=pairs)
    browser(coordinator).post("/reader-studies/create/", form)
    made = ReaderStudy.objects.get()
    rule = made.protocols.get().body["adjudication"]
    codes = dict(made.enrolments.values_list("reader__username", "code"))
    named = ("reader", "reader-3", "reader-3", "reader-2")
    assert rule["readers"] == [codes[name] for name in named]
    assert (rule["kind"], rule["steps"]) == ("reader_pair", 2)
    address = f"/reader-studies/{made.pk}/"
    text = browser(coordinator).get(address).content.decode()
    assert f"{codes['reader']} and {codes['reader-3']}" in text
    edited = browser(coordinator).get(f"{address}edit/").content.decode()
    assert "reader reader-3\nreader-3 reader-2" in edited
    again = {**form, "adjudicate_pairs": "reader reader-2", "base_version": 1}
    browser(coordinator).post(f"{address}edit/", again)
    newest = made.protocols.latest("version").body["adjudication"]
    assert newest["readers"] == [codes["reader"], codes["reader-2"]]


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ("", "Name at least one pair"),
        ("reader", "isn&#x27;t two different readers"),
        ("reader reader", "isn&#x27;t two different readers"),
        ("reader somebody", "isn&#x27;t two different readers"),
    ],
)
def test_a_pair_that_is_none_is_refused(
    coordinator: User, readers: list[User], pairs: str, words: str
) -> None:
    form = sent(readers, [exam()], **PAIR_RULE, adjudicate_pairs=pairs)
    page = browser(coordinator).post("/reader-studies/create/", form)
    assert page.status_code == 400
    assert words in page.content.decode()
    assert not ReaderStudy.objects.exists()


def test_the_preview_says_where_a_pair_never_meets(coordinator: User, readers: list[User]) -> None:
    """In a split plot, groups read cases of their own."""
    form = sent(
        readers,
        [exam() for _ in range(4)],
        design="split_plot",
        **PAIR_RULE,
        adjudicate_pairs="reader reader-2",
        act="preview",
    )
    page = browser(coordinator).post("/reader-studies/create/", form).content.decode()
    assert "R1 and R2 never read the same case in the same arm" in page
    crossed = {**form, "design": "fully_crossed"}
    page = browser(coordinator).post("/reader-studies/create/", crossed).content.decode()
    assert "R1 and R2, whose disagreement counts, share 8 readings" in page
