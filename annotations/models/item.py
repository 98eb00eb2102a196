"""What is graded at every disc or vertebra."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from annotations.models.reader_study import ReaderStudy
from annotations.vocabulary import LEVELS_OF_KIND, Finding, finding
from annotations.vocabulary.own import PREFIX, own_item


def no_side() -> list[str]:
    """The sides of an item that has none."""
    return [""]


class Item(models.Model):
    """A finding of the vocabulary in one reader study, or one that its coordinator has defined.

    The scores of its scale and its sides are kept here too, so that the database can refuse a
    grade that isn't on the scale. `depends_on`: asked only where that item has at least
    `depends_on_score` at the same level (and side). `definition`: an own item, whole, as
    `vocabulary.own` has it.
    """

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="items")
    finding_code = models.CharField(max_length=60)
    scores = ArrayField(models.SmallIntegerField())
    sides = ArrayField(models.CharField(max_length=5, blank=True), default=no_side)
    is_required = models.BooleanField(default=True)
    depends_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="dependents"
    )
    depends_on_score = models.SmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()
    site_kind = models.CharField(
        max_length=8, choices=[(kind, kind) for kind in LEVELS_OF_KIND], default="disc"
    )
    definition = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["reader_study_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_study", "finding_code"], name="item_unique_finding"
            ),
            models.CheckConstraint(
                name="item_condition_is_whole",
                condition=models.Q(depends_on=None, depends_on_score=None)
                | models.Q(depends_on__isnull=False, depends_on_score__isnull=False),
            ),
            models.CheckConstraint(
                name="item_site_kind_is_known",
                condition=models.Q(site_kind__in=list(LEVELS_OF_KIND)),
            ),
            models.CheckConstraint(
                name="item_own_code_has_definition",
                condition=models.Q(definition__isnull=True, finding_code__regex=f"^(?!{PREFIX})")
                | models.Q(definition__isnull=False, finding_code__startswith=PREFIX),
            ),
        ]

    def __str__(self) -> str:
        return self.finding.name

    @property
    def asked_words(self) -> str:
        """Where and when it is asked: "per side; where Modic is 1 or more"."""
        words = [f"per {self.finding.site}"]
        if self.depends_on is not None:
            words.append(f"where {self.depends_on.finding.short_name} is {self.depends_on_score}+")
        if not self.is_required:
            words.append("may be left empty")
        return "; ".join(words)

    @property
    def finding(self) -> Finding:
        """The entry of the vocabulary, or what the protocol defines."""
        if self.definition is not None:
            return own_item(self.definition).finding()
        return finding(self.finding_code)
