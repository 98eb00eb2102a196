"""How much and on which side: words before the noun that they belong to, or behind it."""

from __future__ import annotations

from inference.reports.clauses import HEADS, ClauseReader
from inference.reports.statements import NOT_SAID, SIDED, Modifier, Statement, sides_of
from inference.reports.tape import Mark


class ModifierReader(ClauseReader):
    """Severities, sides and negations of a clause."""

    def _on_negation(self, index: int, mark: Mark) -> None:
        previous = self._previous(index)
        if self.modifiers and self.modifiers[-1].sides and not self.group:
            self._on_severity(index, Mark("severity", "none", mark.start, mark.end))
            return  # "mild left and no right foraminal stenosis"
        follows_copula = previous is not None and previous.kind in ("copula", "colon")
        if not follows_copula or self.is_closed:
            self._finish_group()
            self.waiting = None
        self.modifiers, self.shared = [], []
        self.is_negated, self.has_site_since_negation = True, False
        self.is_of_others = mark.value == "other"

    def _on_severity(self, index: int, mark: Mark) -> None:
        previous = self._previous(index)
        if (
            self.is_negated
            and self.has_site_since_negation
            and previous is not None
            and previous.kind in ("and", "comma", "side", "copula")
        ):
            self.is_negated = False
        category = mark.value
        if self.is_negated and category not in ("none", "mild"):
            category = NOT_SAID
        elif self.is_negated:
            category = "none"
        if self._stands_behind(index):
            self._say_behind(index, category)
            return
        if self.side_ahead:
            self.modifiers.append(Modifier(category, self.side_ahead))
            self.side_ahead = ()
        elif self.modifiers and self.modifiers[-1].category is None:
            self.modifiers[-1].category = category
        else:
            self.modifiers.append(Modifier(category))

    def _stands_behind(self, index: int) -> bool:
        """Whether a severity belongs to what stands before it."""
        following, previous = self._next(index), self._previous(index)
        head = self._head_after(index)
        if head is None or (following and following.kind == "side" and following.is_after):
            return True
        target = self.group or self.last
        lacks = bool(target) and all(
            one.category is None and not one.by_side and not one.is_negated for one in target
        )
        if following is not None and following.kind in ("comma", "and", "dash") and lacks:
            return self.is_closed or (
                previous is not None and previous.kind in ("copula", "colon", "site")
            )
        if previous is not None and previous.kind in ("copula", "colon") and lacks:
            return following is None or following.kind not in (HEADS | {"adjective", "normal"})
        return False

    def _say_behind(self, index: int, category: str) -> None:
        target = self.group or self.last
        sides = self.side_ahead
        self.side_ahead = ()
        at = index + 1
        while at < len(self.marks) and self.marks[at].kind == "side":
            sides = tuple(dict.fromkeys((*sides, *sides_of(self.marks[at].value))))
            self.taken.add(at)
            at += 1
            if (
                at + 1 < len(self.marks)
                and self.marks[at].kind == "and"
                and self.marks[at + 1].kind == "side"
            ):
                beyond = self.marks[at + 2] if at + 2 < len(self.marks) else None
                if beyond is None or beyond.kind != "severity":
                    at += 1
        follower = self.marks[at] if at < len(self.marks) else None
        has_level = follower is not None and follower.kind in ("level", "scope")
        anchor = self.marks[index].start
        if not target:
            if has_level and not self.has_other:
                self.ahead.append((category, at))
            return
        copies: list[Statement] = []
        for one in target:
            is_empty = one.category is None and not one.by_side
            if is_empty:
                if len(sides) == 1 and one.target in SIDED and not one.sides:
                    one.by_side[sides[0]] = category
                else:
                    one.category = category
                    one.sides = one.sides or sides
                one.is_confirmed = one.is_said_behind = True
                if has_level:
                    one.own_level = at
            elif has_level or self._level_since(one, index):
                copy = one.copied(anchor, category, at if has_level else self._level_before(index))
                if sides:
                    copy.sides = sides
                copies.append(copy)
            elif sides and one.target in SIDED:
                one.by_side.update(dict.fromkeys(sides, category))
        if copies:
            if self.group:
                self._finish_group()
            self.statements += copies
            self.last = copies
        elif not self.group:
            self.statements += [one for one in target if one not in self.statements]

    def _level_before(self, index: int) -> int | None:
        """The index of a level straight before a mark, None where there is none."""
        at = index - 1
        if at >= 0 and self.marks[at].kind in ("copula", "colon", "comma", "dash"):
            at -= 1
        return at if at >= 0 and self.marks[at].kind == "level" else None

    def _level_since(self, one: Statement, index: int) -> bool:
        """Whether a level stands between a statement and a mark, straight before the mark."""
        at = self._level_before(index)
        return at is not None and self.marks[at].start > one.anchor

    def _on_side(self, index: int, mark: Mark) -> None:
        sides = sides_of(mark.value)
        previous, following = self._previous(index), self._next(index)
        if index in self.taken:
            return  # with the severity before it
        head = None if mark.is_after else self._head_after(index)
        if following is not None and following.kind == "colon":
            self.topic_sides = sides
            return
        if self._is_taken_up(mark, head, following):
            source = [one for one in self.last if one.target in SIDED] or self.before
            self.group = [one.taken_up(mark.start, sides, self.opener) for one in source]
            if self.group:
                return
        if head is not None and (head.kind != "normal" or not self.group):
            if self._continues_sides(previous, following):
                both = dict.fromkeys((*self.modifiers[-1].sides, *sides))
                self.modifiers[-1].sides = tuple(both)
                return
            if self.modifiers and not self.modifiers[-1].sides:
                self.modifiers[-1].sides = sides
            else:
                self.modifiers.append(Modifier(None, sides))
            return
        if following is not None and following.kind in ("severity", "normal"):
            self.side_ahead = sides
            return
        for one in self.group or self.last:
            if one.target in SIDED and not one.by_side:
                if not one.sides:
                    one.sides = sides
                elif previous is not None and previous.kind == "and":
                    one.sides = tuple(dict.fromkeys((*one.sides, *sides)))

    def _continues_sides(self, previous: Mark | None, following: Mark | None) -> bool:
        """Whether "left" of "right and left foraminal" adds to the side before it."""
        return (
            previous is not None
            and previous.kind == "and"
            and bool(self.modifiers and self.modifiers[-1].sides)
            and following is not None
            and following.kind != "severity"
        )

    def _is_taken_up(self, mark: Mark, head: Mark | None, following: Mark | None) -> bool:
        """Whether a side stands for the target said before: "the right is mildly narrowed"."""
        if self.group or mark.is_after or not (head is None or head.kind == "normal"):
            return False
        return not self.last or (following is not None and following.kind == "copula")


def merged(modifiers: list[Modifier]) -> list[Modifier]:
    """Two halves, one with a side and one with a severity, as one whole."""
    if len(modifiers) == 2:
        first, second = modifiers
        if first.category is None and not second.sides:
            return [Modifier(second.category, first.sides)]
        if second.category is None and not first.sides:
            return [Modifier(first.category, second.sides)]
    return modifiers


def apply(one: Statement, modifiers: list[Modifier]) -> None:
    """Give a site what stands before it."""
    modifiers = merged(modifiers)
    if len(modifiers) == 1 or one.target not in SIDED:
        for modifier in modifiers:
            one.category = modifier.category or one.category
            if one.target in SIDED:
                one.sides = modifier.sides or one.sides
        return
    for modifier in modifiers:
        if modifier.category is None:
            continue
        if modifier.sides:
            one.by_side.update(dict.fromkeys(modifier.sides, modifier.category))
        else:
            one.category = modifier.category
