"""Class-balanced cross-entropy over several tasks, with labels that are missing or weak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.pipelines.deepspine.network import CELLS, TASKS
from inference.training.deepspine.batches import DiscTensors


def balanced_weights(counts: Sequence[float], beta: float) -> Tensor:
    """Weight of each class by its effective number (Cui et al. 2019, CVPR, eq. 2).

    n labels count as (1 - beta^n) / (1 - beta); the weight is the inverse, scaled so that the mean
    over all labels is 1. beta 0: all alike; towards 1: inverse frequency. Beyond 1 / (1 - beta)
    labels a class counts as large whatever its size: the few severe labels of a large data set,
    some of them wrong, must not rule it. A class without a label gets 0.
    """
    number = torch.tensor(counts, dtype=torch.float64)
    effective = (1 - beta**number) / (1 - beta)
    weights = torch.where(number > 0, 1 / effective.clamp(min=1e-12), 0.0)
    total = (weights * number).sum().clamp(min=1e-12)
    return (weights * number.sum() / total).float()


def class_weights(discs: DiscTensors, beta: float) -> dict[str, Tensor]:
    """Task -> weights of its classes; right and left count together, a weak label as its weight."""
    found = {}
    for task in TASKS:
        own = [k for k, (one, _) in enumerate(CELLS) if one is task]
        targets, weights = discs.targets[:, own], discs.weights[:, own]
        counts = [float(weights[targets == k].sum()) for k in range(len(task.scores))]
        found[task.code] = balanced_weights(counts, beta)
    return found


class GradingLoss(nn.Module):
    """Mean over the tasks of the weighted mean over their labels; a missing label has no say.

    A task's sum is divided by the number of its labels, not by their weights: a weak label pulls
    less also where all labels are weak.
    """

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.weights = dict(weights)

    def forward(self, logits: Sequence[Tensor], targets: Tensor) -> Tensor:
        """Logits of every cell (batch, categories), targets (batch, cells, 2); see batches."""
        losses = []
        for task in TASKS:
            own = [k for k, (one, _) in enumerate(CELLS) if one is task]
            index = torch.cat([targets[:, k, 0] for k in own]).long()
            weight = torch.cat([targets[:, k, 1] for k in own])
            known = index >= 0
            if not bool(known.any()):
                continue
            said = torch.cat([logits[k].float() for k in own])[known]
            weight = weight[known] * self.weights[task.code].to(weight.device)[index[known]]
            each = functional.cross_entropy(said, index[known], reduction="none")
            losses.append((each * weight).sum() / known.sum())
        if not losses:
            return sum((one.sum() * 0 for one in logits), torch.zeros((), device=targets.device))
        return torch.stack(losses).mean()
