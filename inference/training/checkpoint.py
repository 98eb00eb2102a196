"""Where a training stands, so that one that was killed goes on and ends with the same weights."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn


class CheckpointError(ValueError):
    """The checkpoint can't be read; the message says what to do."""


class Checkpoint:
    """The state of one network's training, in one file.

    The file is written beside itself and renamed, so there is a whole one at any moment. It holds
    the network, the optimiser, the schedule, the step, the running loss and the random states.
    """

    def __init__(self, path: Path, every_s: float) -> None:
        self.path, self.every_s = path, every_s
        self._saved_at = time.monotonic()

    def is_due(self) -> bool:
        """Whether it is time to save."""
        return time.monotonic() - self._saved_at >= self.every_s

    def save(self, network: nn.Module, optimizer: Any, schedule: Any, **plain: Any) -> None:
        """Write the state, whole or not at all. plain: numbers that are kept beside it."""
        state = {
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            **plain,
        }
        write_whole(self.path, lambda draft: torch.save(state, draft))
        self._saved_at = time.monotonic()

    def restore(self, network: nn.Module, optimizer: Any, schedule: Any) -> dict[str, Any] | None:
        """Put everything back as it was; the plain numbers, or None where there is no file."""
        if not self.path.exists():
            return None
        device = next(network.parameters()).device
        try:
            state = torch.load(self.path, map_location=device, weights_only=True)
            network.load_state_dict(state["network"])
            optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            torch.set_rng_state(state["random"].cpu())
        except Exception as error:  # torch raises many kinds on a damaged file
            raise CheckpointError(
                f"{self.path} can't be read ({type(error).__name__}). Delete it to begin this "
                "stage anew."
            ) from error
        if state["random_cuda"] and torch.cuda.is_available():
            torch.cuda.set_rng_state_all([one.cpu() for one in state["random_cuda"]])
        kept = {"network", "optimizer", "schedule", "random", "random_cuda"}
        return {name: value for name, value in state.items() if name not in kept}


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """`write(draft)`, then rename the draft to `path`: never half a file under that name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".draft")
    os.close(handle)
    draft = Path(name)
    try:
        write(draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
