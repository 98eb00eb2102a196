"""The training loop, the same for every network."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor, nn

from inference.training.checkpoint import Checkpoint

Say = Callable[[str], None]
BatchOf = Callable[[int], tuple[Any, Tensor]]
"""Step, from 1 -> inputs (a tensor or a tuple of tensors) and targets. It follows from the step
alone, so a training that goes on from step n sees what it would have seen."""
_LINES: Final = 10
_LEAST_S_BETWEEN_LINES: Final = 30.0


class DivergedError(RuntimeError):
    """The loss is no longer a number."""


class DeviceError(ValueError):
    """The device that was asked for isn't there."""


def device_named(name: str) -> torch.device:
    """The device for auto, cpu or cuda; DeviceError for a GPU that isn't there."""
    has_gpu = torch.cuda.is_available()
    if name == "cuda" and not has_gpu:
        raise DeviceError("--device cuda: PyTorch sees no GPU here. Use --device cpu or auto.")
    return torch.device("cuda" if has_gpu and name != "cpu" else "cpu")


def has_bf16(device: torch.device) -> bool:
    """Whether networks are trained in mixed precision (bfloat16 autocast) on this device.

    A processor without 512-bit vectors emulates it and takes several times as long.
    """
    if device.type == "cpu":
        return str(torch.backends.cpu.get_cpu_capability()).startswith("AVX512")
    return bool(torch.cuda.is_bf16_supported())


def device_words(device: torch.device) -> str:
    """The device as it stands in a model card."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


def fit(
    network: nn.Module,
    batch_of: BatchOf,
    loss_of: Callable[[Any, Tensor], Tensor],
    *,
    steps: int,
    learning_rate: float,
    name: str,
    say: Say,
    checkpoint: Checkpoint | None = None,
) -> float:
    """AdamW under a one-cycle rate (Smith 2018) for `steps` batches; the last mean loss.

    Goes on from the checkpoint where there is one. The network stays on its device.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=learning_rate, total_steps=max(steps, 2), pct_start=0.15
    )
    device = next(network.parameters()).device
    before = checkpoint.restore(network, optimizer, schedule) if checkpoint else None
    first, mean = (before["step"] + 1, before["mean"]) if before else (1, 0.0)
    if before:
        say(f"{name}: goes on after step {before['step']} of {steps}")
    network.train()
    progress = _Progress(name, first, steps, say)
    for step in range(first, steps + 1):
        inputs, targets = _moved(batch_of(step), device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=has_bf16(device)):
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
        if checkpoint and (step == steps or checkpoint.is_due()):
            checkpoint.save(network, optimizer, schedule, step=step, mean=mean)
        progress.tell(step, mean)
    network.eval()
    return mean


def _moved(batch: tuple[Any, Tensor], device: torch.device) -> tuple[Any, Tensor]:
    inputs, targets = batch
    if isinstance(inputs, tuple):
        return tuple(one.to(device) for one in inputs), targets.to(device)
    return inputs.to(device), targets.to(device)


class _Progress:
    """About ten lines a stage, and one at least every half minute, with the time that is left."""

    def __init__(self, name: str, first: int, steps: int, say: Say) -> None:
        self.name, self.first, self.steps, self.say = name, first, steps, say
        self.every = max(steps // _LINES, 1)
        self.began = self.last = time.monotonic()

    def tell(self, step: int, mean: float) -> None:
        now = time.monotonic()
        if step % self.every and now - self.last < _LEAST_S_BETWEEN_LINES:
            return
        self.last = now
        left = (now - self.began) / (step - self.first + 1) * (self.steps - step)
        self.say(f"{self.name}: step {step} of {self.steps}, loss {mean:.4f}, {left:.0f} s left")
