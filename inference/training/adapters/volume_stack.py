"""A volume on a regular grid -> the sagittal stack that pipelines take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.contract import StackInput
from inference.training.adapters.metaimage import Volume


@dataclass(frozen=True)
class SagittalOrder:
    """Which axis of a volume runs across slices, rows and columns of its sagittal stack."""

    axes: tuple[int, int, int]

    @classmethod
    def of(cls, volume: Volume) -> SagittalOrder:
        """Slices along the axis nearest to left-right, rows along the one nearest to head-foot."""
        weight = np.abs(volume.directions_lps)
        across = int(np.argmax(weight[:, 0]))
        rest = [axis for axis in range(3) if axis != across]
        down = max(rest, key=lambda axis: weight[axis, 2])
        (along,) = (axis for axis in rest if axis != down)
        return cls((across, down, along))

    def arranged(self, voxels: NDArray[np.generic]) -> NDArray[np.generic]:
        """(n0, n1, n2) -> (slices, rows, columns)."""
        return voxels.transpose(self.axes)


def sagittal_stack(volume: Volume, stack_id: int, weighting: str) -> StackInput:
    """The volume as a stack of sagittal slices; nothing is resampled."""
    order = SagittalOrder.of(volume)
    across, down, along = order.axes
    pixels = np.ascontiguousarray(order.arranged(volume.voxels), dtype=np.float32)
    step = volume.directions_lps[across] * volume.spacing_mm[across]
    return StackInput(
        stack_id=stack_id,
        plane="sagittal",
        weighting=weighting,
        pixels=pixels,
        row_direction_lps=volume.directions_lps[along],
        column_direction_lps=volume.directions_lps[down],
        positions_lps=volume.origin_lps + np.arange(len(pixels))[:, None] * step,
        row_spacing_mm=float(volume.spacing_mm[down]),
        column_spacing_mm=float(volume.spacing_mm[along]),
    )
