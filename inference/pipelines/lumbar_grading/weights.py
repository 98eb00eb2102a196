"""Read and write a weights folder: `weights.safetensors` (float16) and `metadata.json`."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from inference.pipelines.lumbar_grading.network import LumbarNetworks

WEIGHTS_FILE: Final = "weights.safetensors"
METADATA_FILE: Final = "metadata.json"


class WeightsError(ValueError):
    """The weights can't be used; the message says which file and what to do."""


def load_networks(folder: Path) -> tuple[LumbarNetworks, dict[str, Any], str]:
    """Networks ready for inference, the metadata, and the weights file's SHA-256."""
    command = f"write them with: manage.py train_pipeline lumbar_grading --out {folder.name}"
    try:
        data = (folder / WEIGHTS_FILE).read_bytes()
        metadata = json.loads((folder / METADATA_FILE).read_text())
    except FileNotFoundError as error:
        raise WeightsError(f"{Path(error.filename).name} is missing; {command}") from error
    sha256 = hashlib.sha256(data).hexdigest()
    if metadata.get("weights_sha256") != sha256:
        raise WeightsError(
            f"{WEIGHTS_FILE} is not the file that {METADATA_FILE} describes; {command}"
        )
    networks = LumbarNetworks()
    networks.load_state_dict({k: v.float() for k, v in load_tensors(data).items()})
    networks.eval()
    return networks, metadata, sha256


def save_networks(networks: LumbarNetworks, metadata: Mapping[str, Any], folder: Path) -> str:
    """Write both files, each whole or not at all; return the weights' SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {k: v.detach().to(torch.float16).contiguous() for k, v in networks.state_dict().items()}
    data = save_tensors(state)
    sha256 = hashlib.sha256(data).hexdigest()
    text = json.dumps({**metadata, "weights_sha256": sha256}, indent=2) + "\n"
    _replace(folder / WEIGHTS_FILE, data)
    _replace(folder / METADATA_FILE, text.encode())
    return sha256


def _replace(path: Path, data: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
