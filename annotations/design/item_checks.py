"""What a coordinator should know of the chosen items, in plain sentences. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from annotations.vocabulary import Finding, graded_levels
from annotations.vocabulary.own import OWN_GROUP


@dataclass(frozen=True)
class PreviewItem:
    """An item as the preview tells it. cells: of a case with five lumbar bodies."""

    name: str
    code: str
    levels: str
    condition: str
    grades: str
    normal: str
    cells: int
    is_optional: bool
    definition: str


def preview_items(
    findings: Mapping[str, Finding], optional: Collection[str]
) -> tuple[PreviewItem, ...]:
    """The items in the order of the grid: discs before vertebrae."""
    return tuple(
        _preview(one, names, findings, one.code in optional)
        for kind, names in graded_levels().items()
        for one in findings.values()
        if one.site_kind == kind
    )


def _preview(
    one: Finding, names: tuple[str, ...], findings: Mapping[str, Finding], is_optional: bool
) -> PreviewItem:
    sides = ", right and left" if len(one.sides) > 1 else ""
    condition = ""
    if one.depends_on is not None:
        parent, least = findings[one.depends_on[0]], one.depends_on[1]
        label = parent.scale.categories[parent.scale.index(least)].label
        condition = f"{parent.name} is {least} ({label}) or more"
    labels = {category.score: category.label for category in one.scale.categories}
    return PreviewItem(
        one.name,
        one.code,
        f"{names[0]} to {names[-1]}{sides}",
        condition,
        " · ".join(f"{score} {label}" for score, label in labels.items()),
        "" if one.normal_score is None else labels[one.normal_score],
        len(names) * len(one.sides),
        is_optional,
        one.definition,
    )


def item_checks(findings: Mapping[str, Finding], optional: Collection[str]) -> list[str]:
    """Sentences to read before creating; none of them forbids it."""
    items = preview_items(findings, optional)
    always = sum(one.cells for one in items if not one.condition)
    more = sum(one.cells for one in items if one.condition)
    found = [
        f"A case has {always} cells that are always asked"
        + (f", and up to {more} more where a condition is met." if more else ".")
    ]
    if any(one.site_kind == "vertebra" for one in findings.values()):
        found.append(
            "Vertebrae are graded from T11 to S1; readers call those outside the images not "
            "gradable."
        )
    for one in findings.values():
        if one.group != OWN_GROUP:
            continue
        found.append(
            f"{one.name} is an item of your own: it stands in the protocol and its hash, and in "
            "exports with a private code. No published agreement can be set beside it."
        )
        if one.normal_score is None and one.depends_on is None:
            found.append(f"{one.name} has no normal grade, so Rest normal leaves it empty.")
    return found
