"""What the networks are trained to make small."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.pipelines.lumbar_grading.network import ITEMS
from inference.training.lumbar_grading.samples import UNKNOWN


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
