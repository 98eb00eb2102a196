"""Arms (how a case is read) and reading sessions (when)."""

from __future__ import annotations

from django.db import models

from annotations.models.reader_study import ReaderStudy


class Arm(models.Model):
    """One way to read. Only where `is_ai_allowed` may AI output reach the reader."""

    reader_study = models.ForeignKey(ReaderStudy, on_delete=models.PROTECT, related_name="arms")
    label = models.CharField(max_length=40)
    is_ai_allowed = models.BooleanField(default=False)
    pipeline = models.CharField(
        max_length=80, blank=True, help_text="name@version of the AI that this arm shows"
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["reader_study_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["reader_study", "label"], name="arm_unique_label"),
            models.CheckConstraint(
                name="arm_names_its_ai",
                condition=models.Q(is_ai_allowed=False, pipeline="")
                | models.Q(is_ai_allowed=True) & ~models.Q(pipeline=""),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_training(self) -> bool:
        """Whether its sessions are for training."""
        phases = {session.phase for session in self.reading_sessions.all()}
        return phases == {ReadingSession.Phase.TRAINING}


class ReadingSession(models.Model):
    """One period in which the cases are read in one arm.

    In the training phase each answer is followed by the reference and its explanation; its
    readings count in no statistic. `opens_on`: not before that day, for everybody.
    `washout_days`: at least so long after this reader's earlier reading of the same case.
    """

    class Phase(models.TextChoices):
        TRAINING = "training", "training"
        PIVOTAL = "pivotal", "pivotal"

    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="reading_sessions")
    period = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=8, choices=Phase, default=Phase.PIVOTAL)
    opens_on = models.DateField(null=True, blank=True)
    washout_days = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["period"]
        constraints = [
            models.UniqueConstraint(fields=["arm", "period"], name="reading_session_unique_period")
        ]

    def __str__(self) -> str:
        return f"period {self.period}, {self.arm}"
