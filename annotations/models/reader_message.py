"""What coordinators tell a reader, and reminders that were sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.enrolment import Enrolment


class ReaderMessage(models.Model):
    """A note on the worklist of one reader until the reader dismisses it."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="messages")
    text = models.CharField(max_length=1000)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(auto_now_add=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="reader_message_has_text", condition=~models.Q(text=""))
        ]

    def __str__(self) -> str:
        return f"message {self.pk} to {self.enrolment_id}"


class Reminder(models.Model):
    """One e-mail a day at most about what is overdue."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="reminders")
    sent_on = models.DateField()
    sent_at = models.DateTimeField(auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty where the site sent it by itself",
    )
    email = models.EmailField()
    n_overdue = models.PositiveIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "sent_on"], name="reminder_once_per_day")
        ]

    def __str__(self) -> str:
        return f"reminder of {self.enrolment_id} on {self.sent_on}"
