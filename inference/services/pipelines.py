"""Take a version of a pipeline out of use for new arms, or back into use."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from inference import registry
from inference.models import PipelineVersion
from spinestudy.audit.services import record
from spinestudy.common.errors import ConflictError, InvalidInputError


class PipelineStandingError(ConflictError):
    """It is retired, or active, already."""

    code = "pipeline_standing"


@transaction.atomic
def retire_version(*, pipeline: str, reason: str, actor: Any) -> PipelineVersion:
    """No new arm can have it from here on; arms that have it keep it."""
    return _stand(pipeline, is_retired=True, reason=reason, actor=actor)


@transaction.atomic
def activate_version(*, pipeline: str, reason: str, actor: Any) -> PipelineVersion:
    """New arms can have it again."""
    return _stand(pipeline, is_retired=False, reason=reason, actor=actor)


def _stand(pipeline: str, *, is_retired: bool, reason: str, actor: Any) -> PipelineVersion:
    if not reason.strip():
        raise InvalidInputError("Say why; the reason stays in the record.")
    if not PipelineVersion.objects.filter(pipeline=pipeline).exists():
        registry.require_known(pipeline)
        PipelineVersion.objects.get_or_create(pipeline=pipeline)
    version = PipelineVersion.objects.select_for_update().get(pipeline=pipeline)
    if version.is_retired == is_retired:
        raise PipelineStandingError(
            f"{pipeline} is {'retired' if is_retired else 'active'} already."
        )
    version.is_retired, version.reason = is_retired, reason.strip()
    version.changed_by = actor
    version.full_clean()
    version.save()
    record(
        actor=actor,
        action="pipeline.retired" if is_retired else "pipeline.activated",
        subject=version,
        changes={"is_retired": [not is_retired, is_retired]},
        reason=version.reason,
        pipeline=pipeline,
    )
    return version
