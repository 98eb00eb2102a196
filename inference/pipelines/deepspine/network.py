"""The grader: several inputs, several tasks, several classes (Lu et al. 2018, arXiv 1807.10215).

One branch for the midline, one for foramina, one for axial slices. Right and left are graded by
the same weights: the left side is shown as the mirror image of a right one, so a mirrored patient
gets mirrored grades whatever was learnt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from inference.anatomy.crops import AXIAL_SLICES
from inference.anatomy.segmenter import build_segmenter
from inference.pipelines.deepspine.blocks import Branch, Shape, pooled
from inference.pipelines.deepspine.crops import SIDES, Side
from inference.pipelines.weights_folder import METADATA_FILE, WeightsError


@dataclass(frozen=True)
class Task:
    """One graded item: its scores in order; needs_axial: not graded without an axial slice."""

    code: str
    scores: tuple[int, ...]
    has_sides: bool = False
    needs_axial: bool = False


TASKS: Final = (
    Task("central_canal_stenosis", (0, 1, 2, 3)),
    Task("foraminal_stenosis", (0, 1, 2, 3), has_sides=True),
    Task("subarticular_stenosis", (0, 1, 2, 3), has_sides=True, needs_axial=True),
    Task("pfirrmann", (1, 2, 3, 4, 5)),
)
_NO_SIDE: Final[tuple[Side]] = ("",)
CELLS: Final[tuple[tuple[Task, Side], ...]] = tuple(
    (task, side) for task in TASKS for side in (SIDES if task.has_sides else _NO_SIDE)
)
"""What is graded at one disc, in the order of targets and of logits."""


class Grader(nn.Module):
    """Crops of one disc (see crops.LevelCrops, with a batch in front) -> logits of every cell.

    On a CPU it computes in float32 whatever is asked: grouped convolutions in bfloat16 took four
    times as long there (PyTorch 2.13).
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        features = shape.features
        self.midline = Branch(2, shape)
        self.foramen = Branch(2, shape)
        self.axial = Branch(1, shape)
        self.central = _trunk(6 * features + 2, features)
        self.lateral = _trunk(4 * features + 3, features)
        self.heads = nn.ModuleDict(
            {task.code: nn.Linear(features, len(task.scores)) for task in TASKS}
        )

    def forward(
        self, midline: Tensor, foramina: Tensor, axial: Tensor, has: Tensor
    ) -> tuple[Tensor, ...]:
        """Logits (batch, categories) of every cell of CELLS."""
        if midline.device.type == "cpu":
            with torch.autocast("cpu", enabled=False):
                return self._logits(midline, foramina, axial, has)
        return self._logits(midline, foramina, axial, has)

    def _logits(
        self, midline: Tensor, foramina: Tensor, axial: Tensor, has: Tensor
    ) -> tuple[Tensor, ...]:
        return self.from_maps(*self.maps(midline, foramina, axial), has)

    def maps(
        self, midline: Tensor, foramina: Tensor, axial: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Feature maps (batch, slices, channels, 16, 16) of midline, foramina and axial slices.

        Of the last two twice the batch: all right sides, then all left ones. As a right side is
        seen: right as it is, left mirrored; both in one batch.
        """
        tops = torch.cat([axial, axial.flip(-1)])[:, :, None]
        return (
            self.midline.maps(midline),
            self.foramen.maps(foramina.transpose(0, 1).flatten(0, 1)),
            self.axial.maps(tops),
        )

    def from_maps(
        self, midline: Tensor, foramina: Tensor, axial: Tensor, has: Tensor
    ) -> tuple[Tensor, ...]:
        """Logits of every cell from feature maps."""
        batch = len(midline)
        t1, slices = has[:, :1], has[:, 1 : 1 + AXIAL_SLICES]
        any_axial = slices.amax(1, keepdim=True)
        top = pooled(self.axial.from_maps(axial), slices.repeat(2, 1))
        gaps = pooled(self.foramen.from_maps(foramina))
        reached = has[:, 1 + AXIAL_SLICES :].T.reshape(2 * batch, 1)
        here = torch.cat([t1, any_axial], 1)
        lateral = torch.cat([gaps * reached, top, here.repeat(2, 1), reached], 1)
        sides = self.lateral(lateral)
        right, left = top[:batch], top[batch:]
        both = torch.cat([right + left, torch.maximum(right, left)], 1)
        middle = pooled(self.midline.from_maps(midline))
        central = self.central(torch.cat([middle, both, here], 1))
        seen = {"": central, "right": sides[:batch], "left": sides[batch:]}
        return tuple(self.heads[task.code](seen[side]) for task, side in CELLS)


class DeepSpineNetworks(nn.Module):
    """Segmenter, grader and the tasks' temperatures: all that one weights file holds."""

    precision_on_cpu = "float32"

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.segmenter = build_segmenter()
        self.grader = Grader(shape)
        self.temperatures: Tensor
        self.register_buffer("temperatures", torch.ones(len(TASKS)))

    def probabilities(self, *crops: Tensor) -> tuple[Tensor, ...]:
        """Probabilities of every cell after temperature scaling (Guo et al. 2017)."""
        device = self.temperatures.device
        logits = self.grader(*(one.to(device) for one in crops))
        by_task = dict(zip((task.code for task in TASKS), self.temperatures, strict=True))
        return tuple(
            (value.float() / by_task[task.code]).softmax(1).cpu()
            for (task, _), value in zip(CELLS, logits, strict=True)
        )


def shape_in(values: Mapping[str, Any]) -> Shape:
    """The shape among the values of a preset, as metadata keep them; WeightsError without one."""
    names = ("width", "blocks", "cardinality", "features")
    missing = [name for name in names if name not in values]
    if missing:
        raise WeightsError(
            f"{METADATA_FILE} doesn't tell the grader's {missing[0]}: these are no weights of "
            "deepspine. Give a folder that `train_pipeline deepspine` wrote."
        )
    return Shape(*(int(values[name]) for name in names))


def _trunk(given: int, features: int) -> nn.Module:
    return nn.Sequential(nn.Dropout(0.2), nn.Linear(given, features), nn.SiLU(), nn.Dropout(0.1))
