"""Strong domain randomisation for the segmenter: any contrast, any scanner, odd neighbours.

A segmenter must find shapes whatever their signal, so contrast is drawn anew (Billot et al. 2023,
SynthSeg, take the idea to its end). A grader must keep signal ratios and uses `augmentation` alone.
Every function draws from the generator that it is given and from nothing else.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from inference.training.augmentation import dropped_channels, randomised_intensity

PLAIN_SHARE: Final = 0.25
_TABLE: Final = 6
_CLUTTER: Final = 7
_REACH: Final = 13
"""Pixels; clutter stays half of it away from what has a label."""
_SAMPLES: Final = 3


def randomised(
    planes: Tensor, masks: Tensor, rng: torch.Generator, plain_share: float = PLAIN_SHARE
) -> tuple[Tensor, Tensor]:
    """One random look of a batch, and its labels.

    planes: (batch, 2, rows, columns), T2 and T1, about 0 to 1.5. masks: (batch, rows, columns),
    classes 0 to 4; outside a narrowed field of view they become 0. plain_share: of the images keep
    contrast and neighbours; with 1 no image gets more than `augmentation` does, which is learnt
    soonest and holds on images of the same kind only.
    """
    if plain_share >= 1:
        return dropped_channels(randomised_intensity(planes, rng, strength=1.0), rng), masks
    seen = (planes.amax((2, 3), keepdim=True) > 0).to(planes.dtype)
    drawn = with_random_tissues(planes, rng)
    drawn = with_random_classes(drawn, masks, rng)
    drawn = with_clutter(drawn, masks, rng)
    drawn = with_strong_bias(drawn, rng)
    drawn = _where(_chance(rng, len(planes), 1 - plain_share), drawn, planes)
    drawn = randomised_intensity(drawn * seen, rng, strength=1.0)
    drawn = with_low_resolution(drawn, rng)
    drawn = with_noise(drawn, rng)
    drawn, masks = with_zero_borders(drawn, masks, rng)
    return dropped_channels(rescaled(drawn, rng) * seen, rng), masks


def with_random_tissues(planes: Tensor, rng: torch.Generator) -> Tensor:
    """A random table of tissues: signal as a random smooth function of T2 and T1 signal.

    What differs on T2 or T1 differs here too, lighter or darker. Half of the images, mixed with
    their own contrast.
    """
    batch = len(planes)
    tables = torch.rand((batch, 2, _TABLE, _TABLE), generator=rng)
    place = (planes / 0.65 - 1).clamp(-1, 1).permute(0, 2, 3, 1)
    looked_up = functional.grid_sample(tables, place, align_corners=True, padding_mode="border")
    share = (0.4 + 0.6 * torch.rand(batch, generator=rng)) * _chance(rng, batch, 0.5)
    share = share[:, None, None, None]
    return planes * (1 - share) + looked_up * share


def with_random_classes(planes: Tensor, masks: Tensor, rng: torch.Generator) -> Tensor:
    """Every structure lighter or darker as a whole, with soft edges; 60 of 100 images."""
    batch = len(planes)
    on = _chance(rng, batch, 0.6)[:, None, None]
    gain = torch.exp(0.35 * torch.randn((batch, 2, 5), generator=rng) * on)
    shift = 0.12 * torch.randn((batch, 2, 5), generator=rng) * on
    gain[..., 0], shift[..., 0] = 1, 0
    index = masks.long().flatten(1)[:, None].expand(-1, 2, -1)
    fields = torch.cat([gain.gather(2, index), shift.gather(2, index)], 1)
    fields = functional.avg_pool2d(
        fields.view(batch, 4, *masks.shape[1:]), 3, 1, 1, count_include_pad=False
    )
    return (planes * fields[:, :2] + fields[:, 2:]).clamp(min=0)


def with_clutter(planes: Tensor, masks: Tensor, rng: torch.Generator) -> Tensor:
    """Things like organs, vessels and gas beside the spine, and bands without signal."""
    batch, _, rows, columns = planes.shape
    near = functional.max_pool2d((masks > 0).to(planes.dtype)[:, None], _REACH, 1, _REACH // 2)
    free = functional.avg_pool2d(1 - near, 5, 1, 2)
    y = torch.linspace(-1, 1, rows)[None, :, None]
    x = torch.linspace(-1, 1, columns)[None, None, :]
    for _ in range(_CLUTTER):
        draw = torch.rand((batch, 8), generator=rng)[:, :, None, None]
        angle = draw[:, 2] * 3.1416
        down, right = y - (2 * draw[:, 0] - 1), x - (2 * draw[:, 1] - 1)
        along = right * angle.cos() + down * angle.sin()
        across = down * angle.cos() - right * angle.sin()
        long, wide = 0.05 + 0.45 * draw[:, 3] ** 2, 0.03 + 0.25 * draw[:, 4] ** 2
        inside = torch.sigmoid(12 * (1 - (along / long) ** 2 - (across / wide) ** 2))
        inside = inside * (draw[:, 5] < 0.5) * free[:, 0]
        value = 1.3 * torch.rand((batch, 2, 1, 1), generator=rng) ** 1.5
        texture = 1 + 0.5 * torch.randn((batch, 2, 24, 24), generator=rng) * draw[:, 6:7]
        grown = functional.interpolate(texture, size=(rows, columns), mode="bilinear")
        planes = planes * (1 - inside[:, None]) + inside[:, None] * value * grown
    return _without_signal_in_front(planes, free, x, rng)


def _without_signal_in_front(
    planes: Tensor, free: Tensor, x: Tensor, rng: torch.Generator
) -> Tensor:
    """A saturation band in front of the spine, as a technologist places it."""
    draw = torch.rand((len(planes), 3), generator=rng)
    edge = (-0.9 + 0.9 * draw[:, 0])[:, None, None]
    band = torch.sigmoid(25 * (edge - x)).expand(-1, planes.shape[2], -1)[:, None]
    weaker = 1 - 0.9 * band * free * (draw[:, 1] < 0.25).to(planes.dtype)[:, None, None, None]
    return planes * weaker


def with_strong_bias(planes: Tensor, rng: torch.Generator) -> Tensor:
    """Signal that falls off from a coil behind the back, and slowly elsewhere."""
    batch, _, rows, columns = planes.shape
    strength = torch.rand((batch, 1, 1, 1), generator=rng) ** 2 * 0.9
    coarse = torch.randn((batch, 2, 4, 4), generator=rng)
    field = strength * functional.interpolate(coarse, size=(rows, columns), mode="bicubic")
    slope = (-0.4 + 1.6 * torch.rand((batch, 1, 1, 1), generator=rng)) * _chance(rng, batch, 0.5)[
        :, None, None, None
    ]
    return planes * (field + slope * torch.linspace(-1, 1, columns)).clamp(-3, 2).exp()


def with_low_resolution(planes: Tensor, rng: torch.Generator) -> Tensor:
    """Some images as if measured with fewer lines, in one direction or both."""
    size = planes.shape[2:]
    draw = torch.rand((len(planes), 3), generator=rng).tolist()
    drawn = []
    for plane, (use, down, right) in zip(planes, draw, strict=True):
        if use >= 0.3:
            drawn.append(plane)
            continue
        small = [max(int(n / (1 + 1.6 * f)), 8) for n, f in zip(size, (down, right), strict=True)]
        less = functional.interpolate(plane[None], size=small, mode="bilinear", antialias=True)
        drawn.append(functional.interpolate(less, size=size, mode="bilinear")[0])
    return torch.stack(drawn)


def with_noise(planes: Tensor, rng: torch.Generator) -> Tensor:
    """Rician noise, strong in a few images."""
    spread = 0.1 * torch.rand((len(planes), 2, 1, 1), generator=rng) ** 3
    first, second = (spread * torch.randn(planes.shape, generator=rng) for _ in range(2))
    return ((planes + first) ** 2 + second**2).sqrt()


def with_zero_borders(planes: Tensor, masks: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """A narrow field of view: nothing but zeros outside a box; a third of the images."""
    batch, _, rows, columns = planes.shape
    cut = torch.rand((batch, 4), generator=rng) ** 2 * 0.38 * _chance(rng, batch, 0.35)[:, None]
    y, x = torch.arange(rows) / rows, torch.arange(columns) / columns
    tall = (y >= cut[:, :1]) & (y < 1 - cut[:, 1:2])
    wide = (x >= cut[:, 2:3]) & (x < 1 - cut[:, 3:])
    inside = tall[:, :, None] & wide[:, None, :]
    return planes * inside[:, None], masks * inside


def rescaled(planes: Tensor, rng: torch.Generator) -> Tensor:
    """As `preprocess.normalised` would scale them, but not exactly: a stack has more slices."""
    batch, channels = planes.shape[:2]
    few = planes[..., ::_SAMPLES, ::_SAMPLES].flatten(2)
    ordered = few.sort(-1).values
    last = ordered.shape[-1] - 1
    low = ordered[..., round(0.01 * last)][..., None, None]
    high = ordered[..., round(0.995 * last)][..., None, None]
    gain = torch.exp(0.2 * torch.randn((batch, channels, 1, 1), generator=rng))
    return ((planes - low) / (high - low).clamp(min=1e-3) * gain).clamp(0, 1.5)


def _chance(rng: torch.Generator, count: int, share: float) -> Tensor:
    """(count,) of 1 with that probability, else 0."""
    return (torch.rand(count, generator=rng) < share).float()


def _where(chosen: Tensor, first: Tensor, second: Tensor) -> Tensor:
    return torch.where(chosen.bool()[:, None, None, None], first, second)
