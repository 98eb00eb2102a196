"""Read a weights folder: `weights.safetensors` (float16) and `metadata.json`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load as load_tensors
from torch import nn

WEIGHTS_FILE: Final = "weights.safetensors"
METADATA_FILE: Final = "metadata.json"


class WeightsError(ValueError):
    """The weights can't be used; the message says which file and what to do."""


def read_metadata(pipeline: str, folder: Path) -> dict[str, Any]:
    """What `metadata.json` says, for networks whose size it decides."""
    try:
        told: dict[str, Any] = json.loads((folder / METADATA_FILE).read_text())
    except FileNotFoundError as error:
        raise WeightsError(f"{METADATA_FILE} is missing; {_command(pipeline, folder)}") from error
    return told


def load_weights(networks: nn.Module, pipeline: str, folder: Path) -> tuple[dict[str, Any], str]:
    """Put the weights in, ready for inference; returns the metadata and the file's SHA-256."""
    command = _command(pipeline, folder)
    try:
        data = (folder / WEIGHTS_FILE).read_bytes()
    except FileNotFoundError as error:
        raise WeightsError(f"{WEIGHTS_FILE} is missing; {command}") from error
    metadata = read_metadata(pipeline, folder)
    sha256 = hashlib.sha256(data).hexdigest()
    if metadata.get("weights_sha256") != sha256:
        raise WeightsError(
            f"{WEIGHTS_FILE} is not the file that {METADATA_FILE} describes; {command}"
        )
    networks.load_state_dict({k: v.float() for k, v in load_tensors(data).items()})
    networks.eval()
    return metadata, sha256


def _command(pipeline: str, folder: Path) -> str:
    return f"write them with: manage.py train_pipeline {pipeline} --out {folder.name}"


def placed(networks: nn.Module) -> str:
    """Move the networks to the GPU where there is one; the device as predictions name it."""
    has_gpu = torch.cuda.is_available()
    networks.to("cuda" if has_gpu else "cpu")
    return torch.cuda.get_device_name() if has_gpu else "cpu"
