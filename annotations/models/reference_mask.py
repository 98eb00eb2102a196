"""One mask out of several readers' masks, in versions, and the job that makes them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.models.arm import Arm
from annotations.models.case import Case
from spinestudy.common.append_only import append_only
from spinestudy.imaging.models import Stack


class MaskFusion(models.Model):
    """Make reference masks of one arm. A worker claims it by a lease, as it does reports.

    counts: how many masks were written, were there already from the same drawings, or can't be
    made, and why not.
    """

    class Method(models.TextChoices):
        STAPLE = "staple", "STAPLE"
        MAJORITY = "majority", "majority of readers, voxel by voxel"

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "being made"
        SUCCEEDED = "succeeded", "done"
        FAILED = "failed", "failed"

    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="mask_fusions")
    method = models.CharField(max_length=8, choices=Method)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    error_message = models.CharField(max_length=1000, blank=True, default="")
    counts = models.JSONField(default=dict, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["arm"],
                condition=Q(state__in=["queued", "running"]),
                name="mask_fusion_one_at_a_time",
            ),
            models.CheckConstraint(
                name="mask_fusion_running_has_lease",
                condition=~Q(state="running") | Q(lease_expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} of arm {self.arm_id}"


class ReferenceMask(models.Model):
    """What is held to be a segment on one stack, in versions; never changed, the newest counts.

    data: gzip of uint8 (slices, rows, columns), 1 inside. basis: which drawings of which readers
    it comes from, what the method said of each, and with which software.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reference_masks")
    stack = models.ForeignKey(Stack, on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    method = models.CharField(max_length=8, choices=MaskFusion.Method)
    fusion = models.ForeignKey(MaskFusion, on_delete=models.PROTECT, related_name="masks")
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    voxels = models.PositiveBigIntegerField()
    basis = models.JSONField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["case_id", "stack_id", "segment", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "stack", "segment", "version"],
                name="reference_mask_unique_version",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.case_id} {self.stack_id} {self.segment} version {self.version}"
