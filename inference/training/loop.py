"""The training loop, the same for every network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

Inputs = TypeVar("Inputs")
Say = Callable[[str], None]


class DivergedError(RuntimeError):
    """The loss is no longer a number."""


def fit(
    network: nn.Module,
    batches: Iterator[tuple[Inputs, Tensor]],
    loss_of: Callable[[Any, Tensor], Tensor],
    *,
    steps: int,
    learning_rate: float,
    name: str,
    say: Say,
) -> float:
    """AdamW under a one-cycle rate (Smith 2018) for `steps` batches; the last mean loss."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=learning_rate, total_steps=max(steps, 2), pct_start=0.15
    )
    network.train()
    mean, every = 0.0, max(steps // 10, 1)
    for step in range(1, steps + 1):
        inputs, targets = next(batches)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = network(*inputs) if isinstance(inputs, tuple) else network(inputs)
        loss = loss_of(output, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        value = float(loss.detach())
        if value != value:
            raise DivergedError(f"The loss of the {name} is not a number; lower its rate.")
        mean = value if step == 1 else 0.95 * mean + 0.05 * value
        if step % every == 0:
            say(f"{name}: step {step} of {steps}, loss {mean:.4f}")
    network.eval()
    return mean
