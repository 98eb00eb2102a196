"""Temperatures of the tasks, on discs that were not learnt from."""

from __future__ import annotations

import torch

from inference.pipelines.deepspine.network import CELLS, TASKS, DeepSpineNetworks
from inference.training.deepspine.batches import DiscTensors
from inference.training.deepspine.samples import UNKNOWN
from inference.training.temperature import best_temperature

_BATCH = 32


def calibrate(networks: DeepSpineNetworks, discs: DiscTensors) -> dict[str, float]:
    """Set the temperatures in place; task -> temperature, without those that have no label."""
    inputs = discs.centred()
    with torch.no_grad():
        parts = [
            networks.grader(*(one[k : k + _BATCH] for one in inputs))
            for k in range(0, len(discs.targets), _BATCH)
        ]
    logits = [torch.cat(cell).float() for cell in zip(*parts, strict=True)]
    chosen = {}
    for place, task in enumerate(TASKS):
        own = [k for k, (one, _) in enumerate(CELLS) if one is task]
        targets = torch.cat([discs.targets[:, k] for k in own])
        known = targets != UNKNOWN
        if bool(known.any()):
            said = torch.cat([logits[k] for k in own])
            chosen[task.code] = best_temperature(said[known], targets[known])
            networks.temperatures[place] = chosen[task.code]
    return chosen
