"""A trained model as a folder: weights, `metadata.json` in MONAI-bundle layout, `CARD.md`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from inference.training.card import card
from inference.training.checkpoint import write_whole
from inference.training.loop import Say
from inference.training.sources import DataError

WEIGHTS_FILE: Final = "weights.safetensors"
METADATA_FILE: Final = "metadata.json"
CARD_FILE: Final = "CARD.md"


def write_bundle(networks: nn.Module, metadata: Mapping[str, Any], folder: Path) -> str:
    """Write the three files, each whole or not at all; the weights' SHA-256.

    Weights are kept as float16; integers and flags as they are.
    """
    state = {name: _stored(value) for name, value in networks.state_dict().items()}
    data = save_tensors(state)
    write_whole(folder / WEIGHTS_FILE, lambda draft: draft.write_bytes(data))
    return write_description(metadata, folder)


def write_description(metadata: Mapping[str, Any], folder: Path) -> str:
    """Write metadata and card beside weights that are there; the weights' SHA-256."""
    sha256 = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    whole = {**metadata, "weights_sha256": sha256}
    write_json(folder / METADATA_FILE, whole)
    write_whole(folder / CARD_FILE, lambda draft: draft.write_text(card(whole), "utf-8"))
    return sha256


def write_json(path: Path, data: Any) -> None:
    """Write JSON, whole or not at all."""
    text = json.dumps(data, indent=2) + "\n"
    write_whole(path, lambda draft: draft.write_text(text, "utf-8"))


def take_weights(networks: nn.Module, folder: Path, say: Say) -> dict[str, Any]:
    """Begin from the weights in a folder: every tensor whose name and shape fit.

    What was taken is told and returned. Raises DataError where nothing fits.
    """
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise DataError(
            f"--init: {path} is missing. Give a folder that train_pipeline has written."
        )
    given = load_tensors(path.read_bytes())
    own = networks.state_dict()
    taken = {
        name: value.to(own[name].dtype)
        for name, value in given.items()
        if name in own and own[name].shape == value.shape
    }
    if not taken:
        raise DataError(f"--init: no tensor in {path} fits these networks.")
    networks.load_state_dict(taken, strict=False)
    left = sorted(own.keys() - taken.keys())
    say(f"init: {len(taken)} of {len(own)} tensors taken from {folder.name}")
    if left:
        say(f"init: begun anew: {', '.join(left[:8])}{' ...' if len(left) > 8 else ''}")
    return {
        "weights_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "tensors_taken": len(taken),
        "tensors": len(own),
    }


def _stored(value: Tensor) -> Tensor:
    plain = value.detach().cpu()
    return (plain.to(torch.float16) if plain.is_floating_point() else plain).contiguous()
