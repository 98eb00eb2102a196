"""Probabilities that mean what they say, fitted on the validation part.

A softmax head gets a temperature (Guo et al. 2017, ICML). A cumulative head gets a slope
and new cuts, the proportional-odds model refitted to its severities (McCullagh 1980).
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from inference.pipelines.lumbar_grading.network import ITEMS, LumbarNetworks
from inference.training.lumbar_grading.batches import DiscTensors
from inference.training.lumbar_grading.samples import UNKNOWN
from inference.training.temperature import best_temperature

_MAX_SLOPE: Final = 12.0


def head_outputs(networks: LumbarNetworks, discs: DiscTensors) -> dict[str, Tensor]:
    """Severities or logits of every disc, inputs as in prediction, by item code."""
    inputs = discs.centred()
    with torch.no_grad():
        parts = [
            networks.grader.head_outputs(*(part[k : k + 64] for part in inputs))
            for k in range(0, len(discs.grades), 64)
        ]
    return {item.code: torch.cat([p[item.code].float() for p in parts]) for item in ITEMS}


def calibrate(networks: LumbarNetworks, discs: DiscTensors) -> dict[str, float]:
    """Calibrate every head in place; the temperature, or 1 / slope, of every item.

    A head without a labelled disc stays as it is and is left out.
    """
    outputs = head_outputs(networks, discs)
    chosen = {}
    for k, item in enumerate(ITEMS):
        known = discs.grades[:, k] != UNKNOWN
        if not bool(known.any()):
            continue
        targets, output = discs.grades[known, k], outputs[item.code][known]
        if item.is_cumulative:
            chosen[item.code] = 1 / _refit(networks, item.code, output, targets)
        else:
            chosen[item.code] = best_temperature(output, targets)
            networks.temperatures[k] = chosen[item.code]
    return chosen


def _refit(networks: LumbarNetworks, code: str, severity: Tensor, targets: Tensor) -> float:
    """Fit slope and cuts by maximum likelihood and fold them into the head; the slope."""
    grader, head = networks.grader, networks.grader.heads[code]
    log_slope = torch.zeros(1, requires_grad=True)
    steps = grader.steps[code]
    optimizer = torch.optim.LBFGS([log_slope, steps], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        slope = log_slope.exp().clamp(max=_MAX_SLOPE)
        value: Tensor = functional.cross_entropy(
            grader.cumulative_logits(code, slope * severity), targets
        ) + 1e-3 * (log_slope.square().sum() + steps.square().mean())
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    slope = float(log_slope.detach().exp().clamp(max=_MAX_SLOPE))
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.mul_(slope)
    return slope
