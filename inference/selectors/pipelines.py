"""What there is of AI on this site: versions, whether they may be chosen, what they have done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from inference import registry
from inference.models import Job, PipelineVersion, Prediction


@dataclass(frozen=True)
class VersionRow:
    """One version. is_runnable: whether this site holds its weights; else it was brought in."""

    pipeline: str
    is_runnable: bool
    is_retired: bool
    reason: str
    changed_by: str
    changed_at: Any
    metadata: dict[str, Any]
    predictions: int
    last_prediction: Any
    waiting: int
    failed: int

    @property
    def name(self) -> str:
        """Without the version."""
        return self.pipeline.partition("@")[0]

    @property
    def version(self) -> str:
        """Without the name."""
        return self.pipeline.partition("@")[2]

    @property
    def grades(self) -> dict[str, Any]:
        """Item, in words -> its figures in the evaluation."""
        found: dict[str, Any] = self.metadata.get("eval_metrics", {}).get("grades", {})
        return {item.replace("_", " "): row for item, row in found.items()}


def known_versions() -> list[VersionRow]:
    """Every version that runs here, was decided on, or has predictions; newest names last."""
    runnable = set(registry.available())
    decided = {row.pipeline: row for row in PipelineVersion.objects.select_related("changed_by")}
    made: dict[str, Any] = {
        row["pipeline"]: row
        for row in Prediction.objects.order_by()
        .values("pipeline")
        .annotate(n=Count("pk"), last=Max("created_at"))
    }
    states: dict[tuple[str, str], int] = {
        (row["pipeline"], row["state"]): row["n"]
        for row in Job.objects.order_by().values("pipeline", "state").annotate(n=Count("pk"))
    }
    rows = []
    for pipeline in sorted({*runnable, *decided, *made}):
        decision = decided.get(pipeline)
        done: dict[str, Any] = made.get(pipeline, {})
        is_runnable = pipeline in runnable
        rows.append(
            VersionRow(
                pipeline=pipeline,
                is_runnable=is_runnable,
                is_retired=bool(decision and decision.is_retired),
                reason=decision.reason if decision else "",
                changed_by=decision.changed_by.get_username()
                if decision and decision.changed_by
                else "",
                changed_at=decision.changed_at if decision else None,
                metadata=registry.metadata(pipeline)
                if is_runnable
                else dict(decision.metadata if decision else {}),
                predictions=done.get("n", 0),
                last_prediction=done.get("last"),
                waiting=states.get((pipeline, "queued"), 0) + states.get((pipeline, "running"), 0),
                failed=states.get((pipeline, "failed"), 0),
            )
        )
    return rows


def version_row(pipeline: str) -> VersionRow | None:
    """One of them, None where nothing is known of it."""
    return next((row for row in known_versions() if row.pipeline == pipeline), None)


def card_of(row: VersionRow) -> str:
    """Its model card in Markdown; "" where there is none."""
    if row.is_runnable:
        return registry.card(row.pipeline)
    decision = PipelineVersion.objects.filter(pipeline=row.pipeline).first()
    return decision.card if decision else ""


def retired_pipelines() -> set[str]:
    """Those that no new arm may have."""
    return set(PipelineVersion.objects.filter(is_retired=True).values_list("pipeline", flat=True))


def choosable_pipelines() -> list[str]:
    """What a new arm may show: versions that run here or were brought in, and aren't retired."""
    imported = PipelineVersion.objects.filter(origin=PipelineVersion.Origin.IMPORTED)
    known = {*registry.available(), *imported.values_list("pipeline", flat=True)}
    return sorted(known - retired_pipelines())


def active_version_of(name: str) -> str | None:
    """The newest version of a name that runs here and isn't retired."""
    usable = [
        pipeline
        for pipeline in registry.available()
        if pipeline.partition("@")[0] == name and pipeline not in retired_pipelines()
    ]
    newest = registry.newest_of(name)
    return newest if newest in usable else max(usable, default=None)
