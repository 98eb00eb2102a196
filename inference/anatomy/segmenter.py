"""The network that labels structures: a 2-D U-Net over two contrasts of one slice."""

from __future__ import annotations

from typing import Final

from monai.networks.nets.unet import UNet
from torch import nn

CLASS_COUNT: Final = 5
PIXEL_STRIDE: Final = 16
"""The segmenter's input height and width must be multiples of this."""


def build_segmenter() -> nn.Module:
    """U-Net of Ronneberger et al. 2015 with residual units (Zhang et al. 2018), 0.5 M weights.

    (batch, 2, rows, columns) -> logits (batch, 5, rows, columns).
    """
    network: nn.Module = UNet(
        spatial_dims=2,
        in_channels=2,
        out_channels=CLASS_COUNT,
        channels=(16, 32, 64, 96, 128),
        strides=(2, 2, 2, 2),
        num_res_units=1,
    )
    return network
