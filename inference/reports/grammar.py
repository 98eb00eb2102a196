"""The grammar of a sentence: which severity, side and negation belongs to which target.

A sentence is cut into clauses at words such as "with" and "resulting in". Within a clause, marks
are read from left to right. A severity goes to the next noun that can have one, be it stenosis or
a disc bulge; so "mild disc bulge without significant canal stenosis" leaves the canal alone.
Sites that are joined ("canal and foraminal stenosis") make a group and share what stands before
the first; what stands behind ("is severe on the left") goes to the group before it.
"""

from __future__ import annotations

from inference.reports.clauses import HEADS
from inference.reports.modifiers import ModifierReader, apply, merged
from inference.reports.statements import NOT_SAID, SIDED, UNSPECIFIED, Modifier, Statement, sides_of
from inference.reports.tape import Mark


class SentenceReader(ModifierReader):
    """Reads the marks of one sentence; `statements` and `is_all_normal` are the result."""

    def read(self) -> None:
        """Go through all marks."""
        for index, mark in enumerate(self.marks):
            if self.is_silent and mark.kind not in ("break", "stop"):
                continue
            method = getattr(self, f"_on_{mark.kind}", None)
            if method is not None:
                method(index, mark)
            elif mark.kind in HEADS:
                self._on_finding(index, mark)
        self._finish_group()

    def _on_site(self, index: int, mark: Mark) -> None:
        self._add_site(index, mark, is_adjective=False)

    def _on_stenosis(self, index: int, mark: Mark) -> None:
        """Site and condition in one word, as abbreviations have it."""
        self._add_site(index, mark, is_adjective=False)
        self._on_condition(index, Mark("condition", "stenosis", mark.start, mark.end))

    def _on_adjective(self, index: int, mark: Mark) -> None:
        self._add_site(index, mark, is_adjective=True)

    def _add_site(self, index: int, mark: Mark, *, is_adjective: bool) -> None:
        previous = self._previous(index)
        joined = previous is not None and previous.kind in (
            "and",
            "comma",
            "adjective",
            "site",
            "side",
            "severity",
        )
        was_closed = self.is_closed
        if was_closed or not joined or any(one.is_said_behind for one in self.group):
            self._finish_group()
        self.has_findings = True
        one = Statement(
            mark.value,
            mark.start,
            is_negated=self.is_negated,
            is_adjective=is_adjective,
            is_uncertain=self.is_uncertain,
            is_of_others=self.is_of_others,
            opener=self.opener,
        )
        if self.is_negated:
            self.has_site_since_negation = True
        modifiers = self.modifiers
        if modifiers:
            self.shared, self.modifiers = modifiers, []
        elif self.waiting is not None:
            modifiers = self.waiting
        elif joined and self.shared and not (was_closed and not self._condition_follows(index)):
            modifiers = self.shared
        else:
            self.shared = []
        if all(modifier.category is None for modifier in modifiers) and self.waiting:
            modifiers = [*modifiers, *[Modifier(m.category) for m in self.waiting if m.category]]
            modifiers = merged(modifiers)
        elif modifiers is self.shared and self.group:
            carried = self.group[-1].category
            if carried and all(modifier.category is None for modifier in modifiers):
                modifiers = merged([*modifiers, Modifier(carried)])
        apply(one, modifiers)
        if self.waiting is not None:
            one.is_confirmed = True
        if one.target in SIDED and not one.sides and not one.by_side:
            one.sides = self.topic_sides
        if one.category == NOT_SAID:
            one.is_negated = False
        self._take_what_is_ahead(one)
        self.group.append(one)

    def _take_what_is_ahead(self, one: Statement) -> None:
        """Of "Moderate L3-4 and severe L4-5 canal stenosis": how much stands with each level."""
        ahead, self.ahead = self.ahead, []
        if ahead and one.category is None and not one.by_side:
            (one.category, one.own_level), *ahead = ahead
        for category, level in ahead:
            self.statements.append(one.copied(one.anchor, category, level))

    def _on_condition(self, index: int, mark: Mark) -> None:
        self.has_findings = True
        follows = self._site_follows(index)
        if self.waiting is not None and self.modifiers and follows:
            self._finish_group()  # "mild narrowing of the canal and moderate narrowing of ..."
        if self.group and not self.is_closed:
            self._close_group(index)
            return
        if follows:
            self.waiting = merged(self.modifiers)
            self.modifiers = []
            return
        said = merged(self.modifiers)
        self.modifiers = []
        if self.orphans and self.opener == "with" and not self.group:
            self.group, self.orphans = self.orphans, []
            self.modifiers = said
            self._close_group(index)
        elif (self.is_closed or mark.value == "narrowing") and (self.group or self.last):
            if said and said[0].category is not None:
                self._say_behind(index, said[0].category)
        elif mark.value == "stenosis":
            self._add_bare(mark, said)

    def _close_group(self, index: int) -> None:
        """The noun that the sites of the group have waited for."""
        said = merged(self.modifiers)
        self.modifiers = []
        following = self._next(index)
        after: tuple[str, ...] = ()
        if following is not None and following.kind == "side" and following.is_after and said:
            after = sides_of(following.value)
            self.taken.add(index + 1)
        for one in self.group:
            one.is_confirmed = True
            one.is_negated = one.is_negated or self.is_negated
            if one.category is not None or not said:
                continue
            if len(after) == 1 and one.target in SIDED and said[0].category is not None:
                one.by_side[after[0]] = said[0].category
            else:
                apply(one, said)
        self.is_closed = True

    def _add_bare(self, mark: Mark, said: list[Modifier]) -> None:
        """Of "Stenosis" without a site: of the canal; "no stenosis" of canal and foramina."""
        self._finish_group()
        if any(one.kind == "outside" for one in self.marks):
            return
        targets = ("canal", "foramen") if self.is_negated else ("canal",)
        for target in targets:
            one = Statement(
                target,
                mark.start,
                is_negated=self.is_negated,
                is_confirmed=True,
                is_uncertain=self.is_uncertain,
                opener=self.opener,
            )
            apply(one, said)
            if one.category == NOT_SAID:
                one.is_negated = False
            self.group.append(one)
        self.is_closed = True

    def _condition_follows(self, index: int) -> bool:
        head = self._head_after(index)
        return head is not None and head.kind == "condition"

    def _site_follows(self, index: int) -> bool:
        """Whether "narrowing of the canal" is meant: a site as a noun before anything else."""
        for mark in self.marks[index + 1 :]:
            if mark.kind == "site":
                return True
            if mark.kind not in ("side", "adjective", "noun"):
                return False
        return False

    def _on_normal(self, index: int, mark: Mark) -> None:
        head = self._head_after(index)
        previous, following = self._previous(index), self._next(index)
        is_denied = previous is not None and previous.kind == "negation"
        if self.group:
            after = self.side_ahead
            self.side_ahead = ()
            if (
                following is not None
                and following.kind == "side"
                and (following.is_after or self._head_after(index + 1) is None)
            ):
                after = sides_of(following.value)
            for one in self.group:
                one.is_confirmed = True
                category = UNSPECIFIED if is_denied else "none"
                one.is_negated = False
                if len(after) == 1 and one.target in SIDED and not one.sides:
                    one.by_side[after[0]] = category
                elif one.category is None:
                    one.category = category
            self.is_closed = True
            self.modifiers = []
            return
        if head is None:
            self.is_all_normal = not is_denied
            return
        self._on_severity(index, Mark("severity", "none", mark.start, mark.end))

    def _on_finding(self, index: int, mark: Mark) -> None:
        """Anything else that can be mild or severe: it takes the words before it."""
        self.has_findings = self.has_other = True
        self.group = [one for one in self.group if one.is_confirmed]
        self._finish_group()
        said = merged(self.modifiers)
        if mark.kind != "other":
            self._add_disc_finding(index, mark, said)
        if self.is_negated:
            self.has_site_since_negation = True
        self.modifiers, self.shared, self.waiting = [], [], None

    def _add_disc_finding(self, index: int, mark: Mark, said: list[Modifier]) -> None:
        target = "modic" if mark.kind == "endplate" else mark.kind
        one = Statement(
            target,
            mark.start,
            is_confirmed=True,
            is_uncertain=self.is_uncertain,
            opener=self.opener,
        )
        number = self._number_near(index)
        if self.is_negated:
            one.category = "none"
        elif target == "herniation":
            one.category = mark.value
        elif target == "degeneration":
            one.category = said[0].category if said and said[0].category else UNSPECIFIED
        elif target == "fracture":
            one.category = "present"
        elif target == "modic":
            one.category = mark.value or (
                f"type {number}" if number in ("1", "2", "3") else "present"
            )
        elif number is None and target == "pfirrmann":
            return
        else:
            one.category = f"grade {number}" if number else "present"
        self.statements.append(one)

    def _number_near(self, index: int) -> str | None:
        """The number of a grade or type beside a finding: after it, else straight before."""
        for step in (1, 2, -1, -2):
            at = index + step
            if 0 <= at < len(self.marks) and self.marks[at].kind == "number":
                return self.marks[at].value
        return None
