"""What the networks are trained to make small."""

from __future__ import annotations

import torch
from monai.losses.dice import DiceCELoss
from torch import Tensor, nn
from torch.nn import functional

from inference.pipelines.lumbar_grading.network import ITEMS
from inference.training.lumbar_grading.samples import UNKNOWN


class SegmentationLoss(nn.Module):
    """Soft Dice plus cross-entropy (Taghanaki et al. 2019), the background left out of Dice."""

    def __init__(self) -> None:
        super().__init__()
        self.loss = DiceCELoss(softmax=True, to_onehot_y=True, include_background=False, batch=True)

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Logits (batch, classes, rows, columns), targets (batch, rows, columns)."""
        value: Tensor = self.loss(logits.float(), targets[:, None])
        return value


class GradingLoss(nn.Module):
    """Mean negative log-likelihood over the items; a grade that is not known is skipped."""

    def forward(self, logits: dict[str, Tensor], targets: Tensor) -> Tensor:
        """Logits by item code (batch, categories), targets (batch, items)."""
        losses = []
        for k, item in enumerate(ITEMS):
            if bool((targets[:, k] != UNKNOWN).any()):
                losses.append(
                    functional.cross_entropy(
                        logits[item.code].float(), targets[:, k], ignore_index=UNKNOWN
                    )
                )
        return torch.stack(losses).mean()
