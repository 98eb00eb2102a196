"""Domain randomisation: images look as other scanners, coils and patients would make them.

Random intensity curves, bias, blur, noise and geometry (Billot et al. 2023, SynthSeg, take
the idea to its end). No mirroring up-down or front-back: anatomy has a direction.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

T2_DROP, T1_DROP, SWAP = 0.12, 0.3, 0.06
_CURVE_KNOTS: Final = 7


def generators_of(seed: int, step: int) -> tuple[torch.Generator, np.random.Generator]:
    """Both generators of a step; they follow from the seed and the step alone."""
    mixed = np.random.SeedSequence([seed, step])
    number = int(mixed.generate_state(1, np.uint64)[0] >> np.uint64(1))
    return torch.Generator().manual_seed(number), np.random.default_rng(mixed)


def random_affine(
    count: int, rng: torch.Generator, *, degrees: float, scale: float, shift: float
) -> Tensor:
    """(count, 2, 3) matrices for `affine_grid`; shift as a fraction of the image."""
    angle = _uniform(rng, count, -degrees, degrees) * math.pi / 180
    zoom = torch.exp(_uniform(rng, count, -math.log(scale), math.log(scale)))
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    move = _uniform(rng, 2 * count, -2 * shift, 2 * shift).view(2, count)
    top = torch.stack([cos, -sin, move[0]], 1)
    bottom = torch.stack([sin, cos, move[1]], 1)
    return torch.stack([top, bottom], 1)


def randomised_intensity(images: Tensor, rng: torch.Generator, strength: float) -> Tensor:
    """(batch, channels, rows, columns), each image and channel changed on its own.

    strength 1 for the segmenter; less for the grader, which must keep signal ratios.
    """
    batch, channels = images.shape[:2]
    flat = images.flatten(0, 1)
    there = (flat.amax((1, 2), keepdim=True) > 0).to(flat.dtype)
    count = batch * channels
    curved = _random_curve(flat, rng)
    gamma = torch.exp(_uniform(rng, count, -0.4, 0.4) * strength)[:, None, None]
    plain = flat.clamp(min=0) ** gamma
    use_curve = (_uniform(rng, count, 0, 1) < 0.3 * (strength >= 1)).view(-1, 1, 1)
    flat = torch.where(use_curve, curved, plain)
    bias = torch.randn((count, 1, 3, 3), generator=rng) * 0.25 * strength
    field = functional.interpolate(bias, size=flat.shape[1:], mode="bicubic")[:, 0].exp()
    gain = torch.exp(_uniform(rng, count, -0.25, 0.25) * strength)[:, None, None]
    flat = _blurred(flat * field * gain, rng)
    noise = _uniform(rng, count, 0, 0.06)[:, None, None]
    flat = flat + noise * torch.randn(flat.shape, generator=rng)
    return (flat.clamp(0, 2) * there).view_as(images)


def dropped_channels(planes: Tensor, rng: torch.Generator) -> Tensor:
    """T2 or T1 gone or exchanged, so that any single contrast is enough."""
    pick = _uniform(rng, len(planes), 0, 1)
    out = planes.clone()
    swapped = (pick < SWAP)[:, None, None, None]
    out = torch.where(swapped, planes.flip(1), out)
    out[(pick >= SWAP) & (pick < SWAP + T2_DROP), 0] = 0
    out[(pick >= SWAP + T2_DROP) & (pick < SWAP + T2_DROP + T1_DROP), 1] = 0
    return out


def moved_crops(crops: Tensor, rng: torch.Generator, cut: int) -> Tensor:
    """(batch, slices, channels, s, s) -> size `cut`: one motion and one look for each disc."""
    batch, slices, channels = crops.shape[:3]
    size = crops.shape[-1]
    flat = crops.flatten(1, 2)
    matrices = random_affine(batch, rng, degrees=8, scale=1.1, shift=3.0 / size)
    matrices = matrices * torch.tensor([1.0, 1.0, size / cut]) * (cut / size)
    where = functional.affine_grid(matrices, [batch, 1, cut, cut], align_corners=False)
    flat = functional.grid_sample(flat, where, align_corners=False)
    tall = flat.view(batch, slices, channels, cut, cut).transpose(1, 2)
    tall = tall.reshape(batch, channels, slices * cut, cut)
    tall = randomised_intensity(tall, rng, strength=0.5)
    return tall.view(batch, channels, slices, cut, cut).transpose(1, 2).contiguous()


def _random_curve(flat: Tensor, rng: torch.Generator) -> Tensor:
    """A random piecewise linear intensity curve for each image, not always rising."""
    knots = torch.rand((len(flat), _CURVE_KNOTS), generator=rng)
    place = flat.clamp(0, 1.2) / 1.2 * (_CURVE_KNOTS - 1)
    low = place.floor().clamp(max=_CURVE_KNOTS - 2)
    part = place - low
    index = low.long().flatten(1)
    before = knots.gather(1, index).view_as(flat)
    after = knots.gather(1, index + 1).view_as(flat)
    return before + (after - before) * part


def _blurred(flat: Tensor, rng: torch.Generator) -> Tensor:
    """A random share of the images smoothed with a 3 x 3 binomial kernel, once or twice."""
    kernel = torch.tensor([1.0, 2.0, 1.0])
    kernel = (kernel[:, None] * kernel / 16)[None, None]
    times = _uniform(rng, len(flat), 0, 1)
    for threshold in (0.5, 0.8):
        smooth = functional.conv2d(flat[:, None], kernel, padding=1)[:, 0]
        flat = torch.where((times > threshold)[:, None, None], smooth, flat)
    return flat


def _uniform(rng: torch.Generator, count: int, low: float, high: float) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=rng)
