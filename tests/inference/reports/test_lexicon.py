"""The lexicon is data: versioned, changeable, and refused with reasons where it is broken."""

from __future__ import annotations

import pytest

from inference.reports import Lexicon, LexiconError, Term, parse_lexicon, read_report
from inference.reports.lexicon import shipped_lexicon


def category_of(text: str, lexicon: Lexicon) -> str | None:
    labels = read_report(text, lexicon, assumes_none=False).labels
    return labels[0].category if labels else None


def test_the_version_is_that_of_the_content_whatever_its_order_or_notes() -> None:
    shipped = shipped_lexicon()
    backwards = Lexicon(tuple(reversed(shipped.terms)))
    noted = shipped.changed(added=[Term("mild*", "severity", "mild", "a note")])
    other = shipped.changed(added=[Term("mild*", "severity", "moderate")])
    assert backwards.version == shipped.version == noted.version
    assert other.version != shipped.version
    assert len(shipped.version) == 12


def test_a_site_adds_a_term_and_disables_another() -> None:
    text = "L4-5: whopping canal stenosis."
    shipped = shipped_lexicon()
    assert category_of(text, shipped) == "unspecified"
    taught = shipped.changed(added=[Term("whopping", "severity", "severe")])
    assert category_of(text, taught) == "severe"
    assert category_of(text, taught.changed(disabled=["whopping"])) == "unspecified"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("terms = [", "isn't valid TOML"),
        ("words = []", "needs a list “terms”"),
        ("terms = []", "has no terms"),
        ('terms = [{ text = "mild" }]', "give text and kind"),
        ('terms = [{ text = "mild", kind = "how much" }]', "choose one of section, severity"),
        ('terms = [{ text = "mild", kind = "severity", value = "little" }]', "takes none, mild"),
        ('terms = [{ text = "Mild", kind = "severity", value = "mild" }]', "can't be a term"),
        (
            'terms = [{ text = "no", kind = "negation" }, { text = "no", kind = "other" }]',
            "stands in the lexicon twice",
        ),
    ],
)
def test_a_broken_lexicon_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(LexiconError, match=problem):
        parse_lexicon(text)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(LexiconError) as caught:
        Lexicon((Term("a", "no kind"), Term("b", "severity", "no value")))
    assert len(caught.value.problems) == 2
