"""name@version -> pipeline. Nothing heavy is imported before `load`.

A pipeline is a folder below `inference/pipelines` and one line here. A model that a site has
trained is a further version of it: a folder that `train_pipeline` wrote, below
SPINESTUDY_MODELS_DIR. The web process asks what there is (`available`, `require_known`,
`metadata`, `card`); only a worker's child process calls `load`, which imports torch.
"""

from __future__ import annotations

import importlib
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from inference.checked_cases import CheckedCases, read_checked_cases
from inference.contract import Pipeline
from spinestudy.common.errors import InvalidInputError

PIPELINES: Final[dict[str, str]] = {
    "deepspine@1": "inference.pipelines.deepspine.pipeline:DeepSpine",
    "lumbar_grading@2": "inference.pipelines.lumbar_grading.pipeline:LumbarGrading",
}
"""name@version -> "module:class"; the module's folder holds `metadata.json`. The class can be made
with a folder of other weights."""
MODELS_DIR: Final = "SPINESTUDY_MODELS_DIR"
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,29}")


class UnknownPipelineError(InvalidInputError):
    """The registry has no pipeline of that name and version."""

    code = "unknown_pipeline"


def is_version(text: str) -> bool:
    """Whether this may be a version: letters, digits, dots and hyphens."""
    return _VERSION.fullmatch(text) is not None


def available() -> tuple[str, ...]:
    """Every pipeline that can be run, as name@version."""
    return tuple(sorted({*PIPELINES, *_site_models()}))


def newest_of(name: str) -> str | None:
    """The newest registered version of a name (10 after 9), None for an unknown name."""
    own = [pipeline for pipeline in PIPELINES if pipeline.partition("@")[0] == name]
    return max(own, key=lambda one: _sortable(one.partition("@")[2]), default=None)


def require_known(pipeline: str) -> None:
    """Raise UnknownPipelineError unless `pipeline` can be run."""
    if pipeline not in PIPELINES and pipeline not in _site_models():
        raise UnknownPipelineError(
            f"There is no pipeline '{pipeline}'. Choose one of: {', '.join(available())}.",
            pipeline=pipeline,
        )


def folder_of(pipeline: str) -> Path:
    """Where its weights, `metadata.json` and `CARD.md` lie."""
    require_known(pipeline)
    if pipeline not in PIPELINES:
        return _site_models()[pipeline]
    module = PIPELINES[pipeline].partition(":")[0]
    return Path(__file__).resolve().parents[1].joinpath(*module.split(".")[:-1])


def metadata(pipeline: str) -> dict[str, Any]:
    """What the pipeline's `metadata.json` says; needs no torch."""
    return cast("dict[str, Any]", json.loads((folder_of(pipeline) / "metadata.json").read_text()))


def grades_in(folder: Path) -> dict[str, list[int]]:
    """Item -> scores, as the metadata of a folder with weights say."""
    told = json.loads((folder / "metadata.json").read_text())
    return cast("dict[str, list[int]]", told["outputs"]["grades"])


def card(pipeline: str) -> str:
    """The model card in Markdown; "" where the folder has none."""
    path = folder_of(pipeline) / "CARD.md"
    return path.read_text("utf-8") if path.is_file() else ""


def checked_cases(pipeline: str) -> CheckedCases | None:
    """What it said of cases it didn't learn from; None where that isn't kept."""
    return read_checked_cases(folder_of(pipeline))


@cache
def load(pipeline: str) -> Pipeline:
    """Build the pipeline, once a process. Call it in a worker's child, never before a fork."""
    require_known(pipeline)
    return build(pipeline, None if pipeline in PIPELINES else folder_of(pipeline))


def build(pipeline: str, folder: Path | None) -> Pipeline:
    """The class behind a name, with the weights in `folder` (its own where None)."""
    base = pipeline if pipeline in PIPELINES else newest_of(pipeline.partition("@")[0])
    if base is None:
        raise UnknownPipelineError(f"There is no pipeline '{pipeline}'.", pipeline=pipeline)
    module, _, attribute = PIPELINES[base].partition(":")
    factory = getattr(importlib.import_module(module), attribute)
    return cast("Pipeline", factory() if folder is None else factory(folder))


def _site_models() -> dict[str, Path]:
    """Versions trained here, by the metadata in their folders. Those of the product go first."""
    root = os.environ.get(MODELS_DIR, "")
    if not root:
        return {}
    found: dict[str, Path] = {}
    for path in sorted(Path(root).glob("*/metadata.json")):
        try:
            told = json.loads(path.read_text())
            name, version = str(told["name"]), str(told["version"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if newest_of(name) and is_version(version) and f"{name}@{version}" not in PIPELINES:
            found.setdefault(f"{name}@{version}", path.parent)
    return found


def _sortable(version: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.findall(r"\d+|[^\d.-]+", version)
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
