"""Temperature scaling (Guo et al. 2017, ICML) on the validation part."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from inference.pipelines.lumbar_grading.network import ITEMS, LumbarNetworks
from inference.training.batches import DiscTensors
from inference.training.samples import UNKNOWN

_CANDIDATES: Final = tuple(float(t) for t in torch.logspace(-0.4, 0.7, 45))


def grader_logits(networks: LumbarNetworks, discs: DiscTensors) -> dict[str, Tensor]:
    """Logits of every disc, unchanged inputs, by item code."""
    inputs = discs.centred()
    with torch.inference_mode():
        parts = [
            networks.grader(*(part[k : k + 64] for part in inputs))
            for k in range(0, len(discs.grades), 64)
        ]
    return {item.code: torch.cat([p[item.code].float() for p in parts]) for item in ITEMS}


def calibrate(networks: LumbarNetworks, discs: DiscTensors) -> dict[str, float]:
    """Set the temperature of every item to the one of least negative log-likelihood."""
    logits = grader_logits(networks, discs)
    chosen = {}
    for k, item in enumerate(ITEMS):
        targets = discs.grades[:, k]
        losses = [
            float(functional.cross_entropy(logits[item.code] / t, targets, ignore_index=UNKNOWN))
            for t in _CANDIDATES
        ]
        chosen[item.code] = _CANDIDATES[min(range(len(losses)), key=losses.__getitem__)]
        networks.temperatures[k] = chosen[item.code]
    return chosen
