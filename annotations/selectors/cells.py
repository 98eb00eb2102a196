"""The grid of one reading: its levels, items and which cells are still to be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotations.design.cells import AskedItem, Cell, Levels, is_asked, missing_cells
from annotations.models import Grade, Item, Reading, SpineAnatomy
from annotations.vocabulary import graded_levels


def anatomy_of(reading: Reading) -> SpineAnatomy:
    """What the reader says of the spine; five lumbar bodies, revision 0, where nothing is said."""
    found = SpineAnatomy.objects.filter(reading=reading).first()
    return found or SpineAnatomy(reading=reading, revision=0)


def asked_items(items: Iterable[Item]) -> list[AskedItem]:
    """Items as the pure rules take them."""
    listed = list(items)
    codes = {item.pk: item.finding_code for item in listed}
    return [
        AskedItem(
            item.finding_code,
            tuple(item.sides),
            item.is_required,
            (codes[item.depends_on_id], item.depends_on_score)
            if item.depends_on_id is not None and item.depends_on_score is not None
            else None,
            item.site_kind,
        )
        for item in listed
    ]


def items_of(reading: Reading) -> list[Item]:
    """The items of its reader study, in order."""
    return list(Item.objects.filter(reader_study=reading.case.reader_study_id))


def cell_of(grade: Grade, codes: dict[int, str]) -> Cell:
    """The cell of a stored grade."""
    return codes[grade.item_id], grade.disc_level, grade.side


def empty_cells(reading: Reading) -> list[Cell]:
    """Required cells without an answer, in the order of the grid."""
    items = items_of(reading)
    codes = {item.pk: item.finding_code for item in items}
    grades = list(reading.grades.all())
    scores = {cell_of(grade, codes): grade.score for grade in grades}
    not_gradable = frozenset(cell_of(g, codes) for g in grades if g.is_not_gradable)
    levels = graded_levels(anatomy_of(reading).lumbar_count)
    return missing_cells(asked_items(items), levels, scores, not_gradable)


def applicable_grades(grades: Sequence[Grade], items: Sequence[Item], levels: Levels) -> set[int]:
    """Keys of the grades that count: their level exists and their condition is met."""
    known = {name for names in levels.values() for name in names}
    codes = {item.pk: item.finding_code for item in items}
    asked = {item.code: item for item in asked_items(items)}
    scores = {cell_of(grade, codes): grade.score for grade in grades if grade.disc_level in known}
    return {
        grade.pk
        for grade in grades
        if grade.disc_level in known and is_asked(cell_of(grade, codes), asked, scores)
    }
