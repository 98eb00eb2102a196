"""name@version -> pipeline. Nothing heavy is imported before `load`.

A pipeline is a folder below `inference/pipelines` and one line here. The web process
asks what there is (`available`, `require_known`, `metadata`); only a worker's child
process calls `load`, which imports torch.
"""

from __future__ import annotations

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from inference.contract import Pipeline
from spinestudy.common.errors import InvalidInputError

PIPELINES: Final[dict[str, str]] = {
    "lumbar_grading@2": "inference.pipelines.lumbar_grading.pipeline:LumbarGrading",
}
"""name@version -> "module:class"; the module's folder holds `metadata.json`."""


class UnknownPipelineError(InvalidInputError):
    """The registry has no pipeline of that name and version."""

    code = "unknown_pipeline"


def available() -> tuple[str, ...]:
    """Every pipeline that can be asked for, as name@version."""
    return tuple(sorted(PIPELINES))


def require_known(pipeline: str) -> None:
    """Raise UnknownPipelineError unless `pipeline` is registered."""
    if pipeline not in PIPELINES:
        raise UnknownPipelineError(
            f"There is no pipeline '{pipeline}'. Choose one of: {', '.join(available())}.",
            pipeline=pipeline,
        )


def metadata(pipeline: str) -> dict[str, Any]:
    """What the pipeline's `metadata.json` says; needs no torch."""
    require_known(pipeline)
    module = PIPELINES[pipeline].partition(":")[0]
    folder = Path(__file__).resolve().parents[1].joinpath(*module.split(".")[:-1])
    return cast("dict[str, Any]", json.loads((folder / "metadata.json").read_text()))


@cache
def load(pipeline: str) -> Pipeline:
    """Build the pipeline, once a process. Call it in a worker's child, never before a fork."""
    require_known(pipeline)
    module, _, attribute = PIPELINES[pipeline].partition(":")
    factory = getattr(importlib.import_module(module), attribute)
    return cast("Pipeline", factory())
