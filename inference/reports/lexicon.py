"""The lexicon: words of reports and what they stand for, as data with a version."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

SEVERITIES: Final = ("none", "mild", "mild-moderate", "moderate", "moderate-severe", "severe")
"""The six points, in order."""

NO_VALUE: Final = ("",)
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "section": ("ignored", "findings", "impression"),
    "severity": SEVERITIES,
    "negation": ("", "other"),
    "affirmation": NO_VALUE,
    "hedge": NO_VALUE,
    "silence": NO_VALUE,
    "past": ("", "behind"),
    "site": ("canal", "foramen", "subarticular"),
    "adjective": ("canal", "foramen", "subarticular"),
    "condition": ("stenosis", "narrowing"),
    "stenosis": ("canal", "foramen", "subarticular"),
    "normal": NO_VALUE,
    "side": ("right", "left", "both"),
    "comparison": NO_VALUE,
    "scope": ("all", "remaining", "these"),
    "break": ("with", "by", "but"),
    "and": NO_VALUE,
    "copula": NO_VALUE,
    "herniation": ("herniation", "bulge", "protrusion", "extrusion", "sequestration"),
    "degeneration": NO_VALUE,
    "pfirrmann": NO_VALUE,
    "modic": NO_VALUE,
    "endplate": ("", "type 1", "type 2", "type 3"),
    "listhesis": NO_VALUE,
    "fracture": NO_VALUE,
    "other": NO_VALUE,
    "outside": NO_VALUE,
    "noun": NO_VALUE,
}
"""Kind of a term -> the values that it may have; ("",) where it has none."""

_TEXT: Final = re.compile(r"[a-z'/]+\*?(?: [a-z'/]+\*?)*")
LONGEST_TEXT: Final = 60


class LexiconError(ValueError):
    """The lexicon can't be used; `problems` says what to mend, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand for something: see lexicon.toml."""

    text: str
    kind: str
    value: str = ""
    notes: str = ""

    @property
    def key(self) -> str:
        """What tells it from others: a heading may have the same words as another term."""
        return f"{self.text}:" if self.kind == "section" else self.text

    def problem(self) -> str:
        """What is wrong with it, in plain words; "" for nothing."""
        if not _TEXT.fullmatch(self.text) or len(self.text) > LONGEST_TEXT:
            return (
                f"“{self.text}” can't be a term: small letters and single blanks, at most "
                f"{LONGEST_TEXT} characters, and “*” only at the end of a word."
            )
        if self.kind not in KINDS:
            return f"“{self.text}” is of the kind “{self.kind}”; choose one of {', '.join(KINDS)}."
        if self.value not in KINDS[self.kind]:
            allowed = ", ".join(value or "nothing" for value in KINDS[self.kind])
            return f"“{self.text}” has the value “{self.value}”; a {self.kind} takes {allowed}."
        return ""


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@dataclass(frozen=True)
class Lexicon:
    """Checked terms. Equal content has an equal version, whatever the order."""

    terms: tuple[Term, ...]
    _starting: dict[str, tuple[tuple[tuple[str, ...], Term], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        problems = [problem for term in self.terms if (problem := term.problem())]
        counts = Counter(term.key for term in self.terms)
        twice = sorted(key for key, count in counts.items() if count > 1)
        problems += [f"“{key}” stands in the lexicon twice; remove one." for key in twice]
        if not self.terms:
            problems.append("The lexicon has no terms.")
        if problems:
            raise LexiconError(problems)

    @cached_property
    def version(self) -> str:
        """12 hex digits of SHA-256 over the terms; notes don't count."""
        lines = sorted(f"{term.text}\t{term.kind}\t{term.value}" for term in self.terms)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    def starting_with(self, word: str) -> tuple[tuple[tuple[str, ...], Term], ...]:
        """(words, term) of all terms that may begin with this word, the longest first."""
        known = self._starting.get(word)
        if known is None:
            fitting = [
                (words, term)
                for term in self.terms
                if term.kind != "section" and _fits((words := tuple(term.text.split(" ")))[0], word)
            ]
            fitting.sort(key=lambda pair: -len(pair[0]))
            known = self._starting[word] = tuple(fitting)
        return known

    def values_of(self, kind: str) -> dict[str, str]:
        """Text -> value of the terms of one kind."""
        return {term.text: term.value for term in self.terms if term.kind == kind}

    def changed(self, *, added: Iterable[Term] = (), disabled: Collection[str] = ()) -> Lexicon:
        """Without the disabled keys, and with the added terms, which replace those alike.

        Raises
        ------
        LexiconError
            If an added term is no good.
        """
        new = {term.key: term for term in self.terms if term.key not in disabled}
        new |= {term.key: term for term in added}
        return Lexicon(tuple(new.values()))


def parse_lexicon(text: str) -> Lexicon:
    """A lexicon from TOML.

    Raises
    ------
    LexiconError
        With every problem found: bad TOML, unknown kinds or values, terms twice.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError([f"The lexicon isn't valid TOML: {error}."]) from error
    rows = data.get("terms")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LexiconError(["The lexicon needs a list “terms”, one table a term."])
    strange = [row for row in rows if not _is_term(row)]
    if strange:
        raise LexiconError(
            [f"{row!r} is no term: give text and kind, and value and notes." for row in strange]
        )
    return Lexicon(tuple(Term(**row) for row in rows))


def _is_term(row: Mapping[str, Any]) -> bool:
    names = set(row)
    return {"text", "kind"} <= names <= {"text", "kind", "value", "notes"} and all(
        isinstance(value, str) for value in row.values()
    )


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that comes with the product."""
    return parse_lexicon(files(__package__).joinpath("lexicon.toml").read_text("utf-8"))
