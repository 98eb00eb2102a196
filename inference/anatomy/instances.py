"""Body and disc labels -> one instance a level: the same on every slice, cut from the next.

Planes across the curve of the spine part the levels: through the discs for the bodies, through the
bodies for the discs. A piece that lies between two planes but for a corner stays whole, whatever
slip, wedge or tilt does to that corner. Only a piece that reaches far over a plane is a bridge, and
is cut. What isn't joined to its level over the slices belongs to none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.anatomy import grid
from inference.anatomy.levels import BODY_NAMES, DISC_NAMES, SpineTrace
from inference.anatomy.segmentation import BODY, DISC
from inference.contract import INSTANCES, StackInput

Numbers = NDArray[np.uint8]
Points = NDArray[np.float64]
MIN_PIECE_MM3: Final = {BODY: 500.0, DISC: 100.0}
"""Smaller pieces are no instance: a rim of a body cut by the image, a fleck of disc."""
BRIDGE_SHARE: Final = 0.15
"""Of a piece beyond a plane: above it the piece is cut there, below it the corner stays."""
REACH_MM: Final = 48.0
"""From the middle of a body or disc: farther off nothing is of it. Half of the widest are 35 mm."""
_NECK_MM: Final = 2.8
_UP: Final = {
    BODY: (*BODY_NAMES, "T12", "T11", "T10", "T9", "T8", "T7"),
    DISC: (*DISC_NAMES, "T12/L1", "T11/T12", "T10/T11", "T9/T10", "T8/T9", "T7/T8"),
}
_NUMBER_OF: Final = {name: number for number, name in INSTANCES.items()}
_ALL_ROUND: Final = np.ones((3, 3, 3))


def _known(is_disc: bool) -> NDArray[np.bool_]:
    known = np.zeros(256, dtype=bool)
    known[[number for number, name in INSTANCES.items() if ("/" in name) == is_disc]] = True
    return known


_IS_OF: Final = {BODY: _known(False), DISC: _known(True)}
"""(256,) whether a number of an instance is of this class."""
_CLASS_OF_PART: Final = np.select(
    [_IS_OF[BODY], _IS_OF[DISC]], [BODY, DISC], np.arange(256)
).astype(np.uint8)


@dataclass(frozen=True)
class _Planes:
    """Planes across the spine, caudal to cranial. at, cranial: (n, 3), LPS mm and unit vectors.

    middles: (n, 3) of what lies between two planes, and above the last.
    """

    at: Points
    cranial: Points
    middles: Points

    def between(self, points_lps: Points) -> NDArray[np.intp]:
        """How many planes each point (m, 3) lies above; 0 also far off the spine."""
        above = points_lps @ self.cranial.T > (self.at * self.cranial).sum(1)
        count = above.sum(1)
        away = points_lps - self.middles[count - 1]
        return np.where((away * away).sum(1) < REACH_MM**2, count, 0)


def find_instances(labels: Numbers, trace: SpineTrace, working: StackInput) -> Numbers:
    """Number of INSTANCES of every voxel (slices, rows, columns), 0 where it is of none.

    labels: classes on the grid of `working`. Without named levels there are no instances.
    """
    found = np.zeros_like(labels)
    centers = {one.level: np.array(one.center_lps) for one in trace.levels}
    if "L5" not in centers:
        return found
    bodies = [centers[name] for name in BODY_NAMES if name in centers] + list(trace.above)
    discs = [centers[name] for name in DISC_NAMES if name in centers]
    voxel_mm3 = _voxel_mm3(working)
    for value, planes in _planes(centers["S1"], bodies, discs).items():
        mask = labels == value
        whole = _box(mask)
        place = _places(mask[whole], whole, planes, working)
        inside = found[whole]
        for name, box in zip(_UP[value], ndimage.find_objects(place), strict=False):
            if box:
                numbers = inside[box]
                one = _largest_piece(place[box] == _UP[value].index(name) + 1)
                if one.sum() * voxel_mm3 >= MIN_PIECE_MM3[value]:
                    numbers[one] = _NUMBER_OF[name]
    return found


def _box(mask: NDArray[np.bool_]) -> tuple[slice, ...]:
    """The smallest box that holds a mask of three axes; an empty one where there is nothing."""
    sides = []
    for axis in range(3):
        seen = np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis})))
        sides.append(slice(int(seen[0]), int(seen[-1]) + 1) if len(seen) else slice(0, 0))
    return tuple(sides)


def _planes(s1: Points, bodies: list[Points], discs: list[Points]) -> dict[int, _Planes]:
    """Planes through the discs, which part the bodies, and through the bodies."""
    chain = np.stack([s1, *bodies])
    step = np.diff(chain, axis=0)
    middles = (chain[:-1] + chain[1:]) / 2
    middles[: len(discs)] = discs
    along = step / np.linalg.norm(step, axis=1, keepdims=True)
    mean = along + np.concatenate([along[1:], along[-1:]])
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    # the disc above the last body, as far from it as the one below
    discs_up = np.vstack([middles, 2 * chain[-1] - middles[-1]])
    bodies_up = np.vstack([chain[1:], chain[-1] + step[-1]])
    return {
        BODY: _Planes(discs_up, np.vstack([along, along[-1]]), bodies_up),
        DISC: _Planes(chain, np.vstack([along[:1], mean]), discs_up),
    }


def _voxel_mm3(stack: StackInput) -> float:
    """Slices count as thick as they lie apart."""
    gaps = np.diff(grid.slice_distances_mm(stack))
    apart = float(np.median(gaps)) if len(gaps) else 2 * grid.SINGLE_SLICE_HALF_THICKNESS_MM
    return stack.row_spacing_mm * stack.column_spacing_mm * apart


def _places(
    mask: NDArray[np.bool_], box: tuple[slice, ...], planes: _Planes, stack: StackInput
) -> NDArray[np.intp]:
    """Between which planes every voxel of the mask belongs, piece by piece; 0 outside."""
    pieces, count = ndimage.label(mask)
    where = np.argwhere(mask)
    corner = np.array([side.start for side in box])
    at = planes.between(grid.to_patient(stack, (where + corner).astype(np.float64)))
    piece = pieces[mask]
    table = np.zeros((count + 1, len(planes.at) + 1), dtype=np.intp)
    np.add.at(table, (piece, at), 1)
    most = table.argmax(1)
    is_bridge = table.max(1) < (1 - BRIDGE_SHARE) * table.sum(1)
    place = np.zeros(mask.shape, dtype=np.intp)
    place[mask] = most[piece]
    if is_bridge.any():
        by_plane = np.zeros_like(place)
        by_plane[mask] = at
        for k, part in enumerate(ndimage.find_objects(pieces), start=1):
            if is_bridge[k]:
                one = pieces[part] == k
                place[part][one] = _parted(one, by_plane[part], stack)[one]
    return place


def _parted(
    one: NDArray[np.bool_], by_plane: NDArray[np.intp], stack: StackInput
) -> NDArray[np.intp]:
    """A bridge cut at its necks; what is left across a plane, at the plane."""
    reach = max(round(_NECK_MM / stack.row_spacing_mm), 1)
    core = ndimage.binary_erosion(one, np.ones((1, 2 * reach + 1, 2 * reach + 1)))
    numbered, count = ndimage.label(core)
    if not count:
        return by_plane
    table = np.zeros((count + 1, int(by_plane.max()) + 1), dtype=np.intp)
    np.add.at(table, (numbered[core], by_plane[core]), 1)
    whole = table.max(1) >= (1 - BRIDGE_SHARE) * table.sum(1)
    seeds = np.where(core, np.where(whole[numbered], table.argmax(1)[numbered], by_plane), 0)
    gap = max(_voxel_mm3(stack) / (stack.row_spacing_mm * stack.column_spacing_mm), 1e-3)
    nearest = ndimage.distance_transform_edt(
        ~core,
        sampling=(gap, stack.row_spacing_mm, stack.column_spacing_mm),
        return_distances=False,
        return_indices=True,
    )
    return np.asarray(seeds[tuple(nearest)])


def _largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest piece joined over slices; edges and corners join."""
    numbered, count = ndimage.label(mask, _ALL_ROUND)
    if count < 2:
        return mask
    sizes = np.bincount(numbered.ravel(), minlength=count + 1)
    return np.asarray(numbered == 1 + sizes[1:].argmax())


def on_native_grid(instances: Numbers, labels: Numbers, native: StackInput) -> Numbers:
    """Instances of the working grid on the stack that it was made from, inside that one's labels.

    Both show the same field, slice by slice. The labels are sharper there, so instances first
    grow by a pixel of the working grid.
    """
    view = grid.InPlaneView.of(native)
    shown = view.turn(labels)
    found = np.zeros_like(shown)
    at = [
        ((np.arange(new) + 0.5) * old / new).astype(np.intp)
        for new, old in zip(shown.shape[1:], instances.shape[1:], strict=True)
    ]
    for value, is_of in _IS_OF.items():
        inside = shown == value
        box = _box(inside)
        rows, columns = at[0][box[1]], at[1][box[2]]
        if not len(rows):
            continue
        # a row and a column more to grow from
        low = np.maximum((rows[0] - 1, columns[0] - 1), 0)
        near = instances[box[0], low[0] : rows[-1] + 2, low[1] : columns[-1] + 2]
        own = near * is_of[near]
        grown = np.where(own, own, ndimage.maximum_filter(own, (1, 3, 3)))
        spread = grown[:, (rows - low[0])[:, None], columns - low[1]]
        within = inside[box]
        np.copyto(found[box], spread, where=within)
    for number, part in enumerate(ndimage.find_objects(found), start=1):
        if part:
            one = found[part] == number
            found[part][one & ~_largest_piece(one)] = 0
    return view.undo(found)


def parts(labels: Numbers, instances: Numbers) -> Numbers:
    """Both in one map, so that they travel to another grid together; see `labels_of`."""
    return np.where(instances, instances, labels)


def labels_of(found: Numbers) -> Numbers:
    """The classes of a map of parts."""
    return np.asarray(_CLASS_OF_PART[found])


def instances_of(found: Numbers) -> Numbers:
    """The instances of a map of parts."""
    return found * (_IS_OF[BODY] | _IS_OF[DISC])[found]
