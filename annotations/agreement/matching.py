"""Which mark found which lesion: the rule is explicit, and so is who gets a lesion first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from annotations.agreement.errors import RatingsError
from annotations.agreement.estimate import FloatArray

Rule = Literal["point_in_box", "iou", "centre_distance_mm"]
Assignment = Literal["greedy", "hungarian"]
NONE: Final = -1


@dataclass(frozen=True)
class Matches:
    """Marks and lesions of one exam.

    lesion_of_mark: (n,) the lesion that a mark found, -1 none. mark_of_lesion: (m,) the mark that
    found a lesion, -1 missed. is_duplicate: (n,) marks that the rule would match, but only to
    lesions that another mark has found.
    """

    lesion_of_mark: NDArray[np.int64]
    mark_of_lesion: NDArray[np.int64]
    is_duplicate: NDArray[np.bool_]
    rule: str

    @property
    def true_positives(self) -> int:
        """Lesions found."""
        return int(np.count_nonzero(self.mark_of_lesion != NONE))

    @property
    def false_positives(self) -> int:
        """Marks that found none, duplicates left out."""
        return int(np.count_nonzero((self.lesion_of_mark == NONE) & ~self.is_duplicate))

    @property
    def false_negatives(self) -> int:
        """Lesions missed."""
        return int(np.count_nonzero(self.mark_of_lesion == NONE))


def match_marks(
    marks: ArrayLike,
    lesions: ArrayLike,
    *,
    rule: Rule,
    threshold: float | None = None,
    scores: ArrayLike | None = None,
    assignment: Assignment = "greedy",
) -> Matches:
    """One-to-one matches of marks and lesions of one exam.

    Parameters
    ----------
    marks
        (n, d) points (in mm for distances), or (n, 2 d) boxes for "iou": lower corner, then upper.
    lesions
        (m, 2 d) boxes for "point_in_box" and "iou"; (m, d) centres for "centre_distance_mm".
    rule
        "point_in_box": the point lies in the box, faces included; of several, the box with the
        nearest centre. "iou": intersection over union >= threshold. "centre_distance_mm":
        Euclidean distance <= threshold.
    threshold
        For "iou" in 0..1 and above 0, for "centre_distance_mm" in mm; none for "point_in_box".
    scores
        (n,) finite confidence of each mark, for "greedy": marks choose in falling order of score
        and of place on a tie, each the best lesion left (as COCO's evaluation program does).
        None: in the order given.
    assignment
        "greedy", or "hungarian": the most matches that are possible, and of these the best in sum
        (Kuhn HW 1955, Nav Res Logist Q 2:83).

    Raises
    ------
    RatingsError
        Shapes, boxes with upper below lower, or a threshold that the rule doesn't take.
    """
    quality = _quality(_rows(marks), _rows(lesions), rule, threshold)
    n, m = quality.shape
    allowed = np.isfinite(quality)
    lesion_of_mark = np.full(n, NONE, dtype=np.int64)
    if assignment == "hungarian":
        span = float(np.ptp(quality[allowed])) + 1 if allowed.any() else 1.0
        best = float(quality[allowed].max()) if allowed.any() else 0.0
        # Each match is worth more than any difference in quality that it could cost elsewhere.
        gain = np.where(allowed, (n + m + 1) * span + quality - best, 0.0)
        for mark, lesion in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
            if allowed[mark, lesion]:
                lesion_of_mark[mark] = lesion
    elif assignment == "greedy":
        free = np.ones(m, dtype=bool)
        for mark in _order(scores, n):
            left = np.where(free & allowed[mark], quality[mark], -np.inf)
            if m and np.isfinite(left).any():
                lesion_of_mark[mark] = int(np.argmax(left))
                free[lesion_of_mark[mark]] = False
    else:
        raise RatingsError(f"unknown assignment {assignment!r}: greedy or hungarian")
    mark_of_lesion = np.full(m, NONE, dtype=np.int64)
    found = np.flatnonzero(lesion_of_mark != NONE)
    mark_of_lesion[lesion_of_mark[found]] = found
    is_duplicate = (lesion_of_mark == NONE) & allowed.any(axis=1)
    limit = "" if threshold is None else f" {threshold:g}"
    return Matches(lesion_of_mark, mark_of_lesion, is_duplicate, f"{rule}{limit}, {assignment}")


def _rows(values: ArrayLike) -> FloatArray:
    rows = np.asarray(values, dtype=float)
    if rows.size == 0:
        return rows.reshape(0, rows.shape[-1] if rows.ndim == 2 else 0)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise RatingsError("marks and lesions have the shape (number, coordinates), all finite")
    return rows


def _order(scores: ArrayLike | None, n: int) -> NDArray[np.int64]:
    if scores is None:
        return np.arange(n)
    values = np.asarray(scores, dtype=float)
    if values.shape != (n,) or not np.isfinite(values).all():
        raise RatingsError("scores need one finite number for each mark")
    return np.argsort(-values, kind="stable")


def _quality(
    marks: FloatArray, lesions: FloatArray, rule: str, threshold: float | None
) -> FloatArray:
    """(n, m) how well they match, -inf where they don't."""
    if rule not in ("point_in_box", "iou", "centre_distance_mm"):
        raise RatingsError(f"unknown rule {rule!r}: point_in_box, iou or centre_distance_mm")
    if (threshold is None) != (rule == "point_in_box"):
        raise RatingsError(f"{rule} takes {'no' if rule == 'point_in_box' else 'a'} threshold")
    if threshold is not None and not (threshold > 0 or rule == "centre_distance_mm"):
        raise RatingsError("the threshold of the IoU is above 0")
    if rule == "iou" and threshold is not None and threshold > 1:
        raise RatingsError("the threshold of the IoU is at most 1")
    if not len(marks) or not len(lesions):
        return np.full((len(marks), len(lesions)), -np.inf)
    limit = 0.0 if threshold is None else threshold
    width = {"point_in_box": 2, "iou": 1, "centre_distance_mm": 1}[rule] * marks.shape[1]
    if lesions.shape[1] != width:
        raise RatingsError(f"{rule}: marks and lesions don't have the same dimensions")
    if rule == "centre_distance_mm":
        distance = np.linalg.norm(marks[:, None] - lesions[None], axis=2)
        return np.where(distance <= limit, -distance, -np.inf)
    if rule == "iou":
        overlap = box_iou(marks, lesions)
        return np.where(overlap >= limit, overlap, -np.inf)
    low, high = _corners(lesions)
    points = marks[:, None]
    inside = np.all((points >= low) & (points <= high), axis=2)
    distance = np.linalg.norm(points - (low + high) / 2, axis=2)
    return np.where(inside, -distance, -np.inf)


def _corners(boxes: FloatArray) -> tuple[FloatArray, FloatArray]:
    if boxes.shape[1] % 2:
        raise RatingsError("a box has a lower and an upper corner")
    low, high = np.split(boxes, 2, axis=1)
    if np.any(high < low):
        raise RatingsError("the upper corner of a box lies below its lower corner")
    return low, high


def box_iou(first: ArrayLike, second: ArrayLike) -> FloatArray:
    """(n, m) intersection over union of boxes (lower corner, upper corner); 0 without volume."""
    low_a, high_a = _corners(_rows(first))
    low_b, high_b = _corners(_rows(second))
    sides = np.minimum(high_a[:, None], high_b[None]) - np.maximum(low_a[:, None], low_b[None])
    shared = np.prod(np.maximum(sides, 0.0), axis=2)
    volumes = np.prod(high_a - low_a, axis=1)[:, None] + np.prod(high_b - low_b, axis=1)[None]
    union = volumes - shared
    ratio = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return np.asarray(ratio, dtype=float)
