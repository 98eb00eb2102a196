"""Items that a coordinator defines: no library knows them, the protocol holds them whole. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from annotations.vocabulary.codes import Code
from annotations.vocabulary.finding import BOTH_SIDES, NO_SIDE, Finding, SiteKind
from annotations.vocabulary.findings import FINDINGS
from annotations.vocabulary.scales import Category, Scale

OWN_SCHEME: Final = "99SPINESTUDY"
"""Designator of our private coding scheme: 99 in front says private (DICOM PS3.16 section 8)."""
OWN_GROUP: Final = "Own items"
OWN_SOURCE: Final = "own item of this reader study, without a published source"
PREFIX: Final = "own_"
"""No key of the library begins so, today or later."""

KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,9}")
FEWEST_CATEGORIES: Final = 2
MOST_CATEGORIES: Final = 10
"""One for each digit key."""
LONGEST_NAME: Final = 60
LONGEST_SHORT_NAME: Final = 16
LONGEST_LABEL: Final = 40
LONGEST_DEFINITION: Final = 500
SITES: Final[dict[str, str]] = {"disc": "disc level", "vertebra": "vertebra"}


@dataclass(frozen=True)
class OwnCategory:
    """One answer; its score is its place, from 0."""

    label: str
    definition: str = ""


@dataclass(frozen=True)
class OwnItem:
    """An item as its author gives it.

    key: short, unique in the reader study. normal_score: the score that counts as normal, None for
    none. depends_on: asked only where that item has at least that score.
    """

    key: str
    name: str
    categories: tuple[OwnCategory, ...]
    short_name: str = ""
    site_kind: SiteKind = "disc"
    has_sides: bool = False
    scale_type: Literal["ordinal", "nominal"] = "ordinal"
    normal_score: int | None = None
    definition: str = ""
    is_required: bool = True
    depends_on: tuple[str, int] | None = None

    @property
    def code(self) -> str:
        """Its key among those of the library."""
        return PREFIX + self.key

    def problems(self) -> list[str]:
        """What is wrong with it by itself, in plain words."""
        name = self.name.strip() or self.key or "The own item"
        found = []
        if not self.name.strip():
            found.append("Give the own item a name.")
        if len(self.name) > LONGEST_NAME:
            found.append(f"{name}: a name has at most {LONGEST_NAME} characters.")
        if len(self.short_name) > LONGEST_SHORT_NAME:
            found.append(f"{name}: a heading has at most {LONGEST_SHORT_NAME} characters.")
        if not KEY.fullmatch(self.key):
            found.append(
                f"{name}: a key has 2 to 10 small letters, digits or underscores and begins with "
                "a letter."
            )
        if self.site_kind not in SITES or self.scale_type not in ("ordinal", "nominal"):
            found.append(f"{name}: say where it is graded, and whether its grades have an order.")
        if len(self.definition) > LONGEST_DEFINITION:
            found.append(f"{name}: a definition has at most {LONGEST_DEFINITION} characters.")
        return found + self._problems_of_categories(name)

    def _problems_of_categories(self, name: str) -> list[str]:
        labels = [category.label.strip() for category in self.categories]
        found = []
        if not FEWEST_CATEGORIES <= len(labels) <= MOST_CATEGORIES:
            found.append(
                f"{name}: give {FEWEST_CATEGORIES} to {MOST_CATEGORIES} grades, one a line; there "
                f"are {len(labels)}."
            )
        if not all(labels) or any(len(label) > LONGEST_LABEL for label in labels):
            found.append(f"{name}: each grade needs a name of at most {LONGEST_LABEL} characters.")
        if len({label.casefold() for label in labels}) != len(labels):
            found.append(f"{name}: two grades have the same name.")
        if any(len(one.definition) > LONGEST_DEFINITION for one in self.categories):
            found.append(f"{name}: a definition has at most {LONGEST_DEFINITION} characters.")
        if self.normal_score is not None and not 0 <= self.normal_score < len(labels):
            found.append(f"{name}: the normal grade isn't one of its grades.")
        return found

    def finding(self) -> Finding:
        """As those of the library."""
        # distance between categories says nothing where there is no order, or only one step
        is_weighted = self.scale_type == "ordinal" and len(self.categories) > FEWEST_CATEGORIES
        return Finding(
            self.code,
            self.name,
            self.short_name or self.name[:LONGEST_SHORT_NAME],
            SITES[self.site_kind],
            Scale(
                f"{self.code}_0_{len(self.categories) - 1}",
                self.scale_type,
                "quadratic" if is_weighted else "nominal",
                tuple(
                    Category(score, one.label, one.definition, self._code(f"_{score}", one.label))
                    for score, one in enumerate(self.categories)
                ),
                OWN_SOURCE,
            ),
            BOTH_SIDES if self.has_sides else NO_SIDE,
            self.normal_score,
            self.depends_on,
            OWN_GROUP,
            self.site_kind,
            (self._code("", self.name),),
            self.definition,
        )

    def _code(self, ending: str, meaning: str) -> Code:
        # a code value has at most 16 characters (DICOM PS3.5 section 6.2, SH)
        return Code(self.code + ending, OWN_SCHEME, meaning, version=self.version)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data, for the protocol."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @property
    def version(self) -> str:
        """Of its codes: 16 hex digits of SHA-256 over its data, since keys of two may be equal."""
        text = json.dumps(self.as_data(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def own_item(data: Mapping[str, Any]) -> OwnItem:
    """From the data of `as_data`."""
    condition = data["depends_on"]
    return OwnItem(
        **{
            **data,
            "categories": tuple(OwnCategory(**one) for one in data["categories"]),
            "depends_on": (condition[0], condition[1]) if condition else None,
        }
    )


def problems_of_set(findings: Collection[Finding]) -> list[str]:
    """What is wrong between the items of a reader study: keys twice, conditions that can't be met.

    findings: all that were chosen, those of the library too.
    """
    codes = [one.code for one in findings]
    by_code = {one.code: one for one in findings}
    twice = sorted({code for code in codes if codes.count(code) > 1})
    found = [f"Two items have the key {code}." for code in twice]
    names = [one.name.strip().casefold() for one in findings]
    alike = {one.name for one in findings if names.count(one.name.strip().casefold()) > 1}
    found += [f"Two items have the name {name}." for name in sorted(alike)]
    for one in findings:
        if one.depends_on is None:
            continue
        code, least = one.depends_on
        parent = by_code.get(code)
        if parent is None or parent is one:
            missed = FINDINGS[code].name if code in FINDINGS else code
            found.append(f"{one.name} is asked depending on {missed}; choose that too.")
        elif parent.site_kind != one.site_kind:
            found.append(f"{one.name} is asked depending on {parent.name}, at other levels.")
        elif parent.depends_on is not None:
            found.append(f"{one.name} is asked depending on {parent.name}, itself conditional.")
        elif least not in parent.scale.scores or least == min(parent.scale.scores):
            found.append(f"{one.name} is asked from a grade that {parent.name} doesn't have.")
    return found
