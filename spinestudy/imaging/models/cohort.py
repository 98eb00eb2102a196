"""A named set of exams."""

from django.db import models


class Cohort(models.Model):
    """What a coordinator draws the cases of a reader study from."""

    name = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
