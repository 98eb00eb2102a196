"""Where slices really lie on the screen: found in the pixels, not asked of the page.

A slice is laid over the canvas at the scale, place and window at which both agree best. What the
page draws or says can then be held against the DICOM headers, without any of its own arithmetic.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page
from pydicom.dataset import Dataset
from scipy.ndimage import map_coordinates
from scipy.optimize import minimize
from scipy.signal import fftconvolve

COARSE, FINE = 3, 4  # pixels of the canvas between samples
Vector = NDArray[np.float64]
_GREY = """(canvas) => {
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [canvas.width, canvas.height];
    copy.getContext('2d').drawImage(canvas, 0, 0);
    return copy.toDataURL('image/png');
}"""


@dataclass(frozen=True)
class Slice:
    """Plane and pixels of one DICOM image (PS3.3 C.7.6.2.1.1); position is that of pixel (0, 0)."""

    position: Vector
    row: Vector
    column: Vector
    row_spacing_mm: float
    column_spacing_mm: float
    pixels: Vector

    @property
    def normal(self) -> Vector:
        return np.cross(self.row, self.column)

    @property
    def width_mm(self) -> float:
        """Between the centres of the outer pixels."""
        return float((self.pixels.shape[1] - 1) * self.column_spacing_mm)

    @property
    def height_mm(self) -> float:
        return float((self.pixels.shape[0] - 1) * self.row_spacing_mm)

    @property
    def center(self) -> Vector:
        return self.position + (self.row * self.width_mm + self.column * self.height_mm) / 2

    def within(self, point: Vector) -> tuple[float, float]:
        """Along rows and down columns, mm from the centre of pixel (0, 0)."""
        offset = np.asarray(point) - self.position
        return float(offset @ self.row), float(offset @ self.column)

    def dropped(self, point: Vector) -> Vector:
        """The nearest point of the plane."""
        return point - self.normal * float((point - self.position) @ self.normal)

    def distance(self, point: Vector) -> float:
        return abs(float((point - self.position) @ self.normal))


def slice_of(dataset: Dataset) -> Slice:
    """What the headers of an image say."""
    cosines = np.array(dataset.ImageOrientationPatient, float)
    return Slice(
        np.array(dataset.ImagePositionPatient, float),
        cosines[:3] / np.linalg.norm(cosines[:3]),
        cosines[3:] / np.linalg.norm(cosines[3:]),
        float(dataset.PixelSpacing[0]),
        float(dataset.PixelSpacing[1]),
        dataset.pixel_array.astype(float),
    )


def in_reading_order(slices: Iterable[Slice]) -> list[Slice]:
    """Sagittal from right to left, axial from head to foot, coronal from front to back."""
    found = list(slices)
    axis = int(np.argmax(np.abs(found[0].normal)))
    return sorted(found, key=lambda one: float(one.center[axis]) * (-1 if axis == 2 else 1))


def nearest(slices: Sequence[Slice], point: Vector) -> int:
    """Of those that hold the point within their edges the one nearest to it."""

    def cost(one: Slice) -> tuple[bool, float]:
        x, y = one.within(point)
        is_outside = not (0 <= x <= one.width_mm and 0 <= y <= one.height_mm)
        return is_outside, one.distance(point)

    return min(range(len(slices)), key=lambda at: cost(slices[at]))


def crossing(cut: Slice, seen: Slice) -> tuple[Vector, Vector] | None:
    """The segment in which two rectangles meet: the line of both planes, within both."""
    direction = np.cross(cut.normal, seen.normal)
    size = float(np.linalg.norm(direction))
    if size < 1e-9:
        return None
    direction = direction / size
    on_both = np.linalg.solve(
        np.stack([cut.normal, seen.normal, direction]),
        np.array([cut.normal @ cut.position, seen.normal @ seen.position, 0.0]),
    )
    low, high = -np.inf, np.inf
    for one in (cut, seen):
        start = one.within(on_both)
        for at, run, most in (
            (start[0], float(direction @ one.row), one.width_mm),
            (start[1], float(direction @ one.column), one.height_mm),
        ):
            if abs(run) < 1e-9:
                if not 0 <= at <= most:
                    return None
                continue
            first, last = sorted([-at / run, (most - at) / run])
            low, high = max(low, first), min(high, last)
    return (on_both + low * direction, on_both + high * direction) if low < high else None


def letters_of(direction: Vector) -> str:
    """Patient side that a direction points to, PS3.3 C.7.6.1.1.1; the largest part alone."""
    axis = int(np.argmax(np.abs(direction)))
    return ("L" if direction[0] > 0 else "R", "P" if direction[1] > 0 else "A",
            "H" if direction[2] > 0 else "F")[axis]  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """A slice on the screen. x, y: its upper left edge; agreement: correlation of all pixels."""

    slice: Slice
    pixels_per_mm: float
    x: float
    y: float
    agreement: float

    def project(self, point: Vector) -> tuple[float, float]:
        """CSS pixels of the viewport."""
        across, down = self.slice.within(point)
        return (
            self.x + (across + self.slice.column_spacing_mm / 2) * self.pixels_per_mm,
            self.y + (down + self.slice.row_spacing_mm / 2) * self.pixels_per_mm,
        )

    def point_at(self, x: float, y: float) -> Vector:
        """The point of the patient under a place of the viewport."""
        one = self.slice
        across = (x - self.x) / self.pixels_per_mm - one.column_spacing_mm / 2
        down = (y - self.y) / self.pixels_per_mm - one.row_spacing_mm / 2
        found: Vector = one.position + across * one.row + down * one.column
        return found


def grey(page: Page, viewport: int) -> Vector:
    """The canvas as it is on the screen, 0 to 255."""
    canvas = page.locator(".viewport:not([hidden])").nth(viewport).locator(".pixels canvas")
    picture = base64.b64decode(canvas.evaluate(_GREY).partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L"), float)


def overlay(page: Page, viewport: int) -> Locator:
    return page.locator(".viewport:not([hidden])").nth(viewport).locator(".overlay")


def scale_bar(page: Page, viewport: int) -> float:
    """CSS pixels per mm, if the bar is 20 mm long."""
    (length,) = re.findall(
        r"h([\d.]+)", overlay(page, viewport).locator(".scale-bar").get_attribute("d") or ""
    )
    return float(length) / 20


def _window(page: Page, viewport: int) -> tuple[float, float]:
    """Width and level, as the corner of the viewport tells them."""
    words = overlay(page, viewport).get_by_text(re.compile(r"^W \d+")).text_content() or ""
    width, level = (float(number) for number in re.findall(r"[WL] (-?\d+)", words))
    return width, level


def _sampled(one: Slice, window: tuple[float, float], x: Vector, y: Vector) -> Vector:
    """Grey, 0 to 1, at places given in mm from the upper left edge; 0 outside the slice."""
    width, level = window
    rows, columns = one.pixels.shape
    index = [y / one.row_spacing_mm - 0.5, x / one.column_spacing_mm - 0.5]
    values = map_coordinates(one.pixels, index, order=1, mode="nearest")
    is_inside = (np.abs(index[0] - (rows - 1) / 2) < rows / 2) & (
        np.abs(index[1] - (columns - 1) / 2) < columns / 2
    )
    return np.where(is_inside, np.clip((values - level) / width + 0.5, 0, 1), 0)


def _place(
    canvas: Vector, one: Slice, window: tuple[float, float], scale: float
) -> tuple[float, float]:
    """Upper left edge of the slice on a canvas, to the pixel; scale in pixels per mm."""
    rows, columns = one.pixels.shape
    size = (int(rows * one.row_spacing_mm * scale), int(columns * one.column_spacing_mm * scale))
    down, across = np.mgrid[: size[0], : size[1]] + 0.5
    large = _sampled(one, window, across / scale, down / scale)
    match = fftconvolve(canvas - canvas.mean(), (large - large.mean())[::-1, ::-1])
    top, left = np.unravel_index(int(np.argmax(match)), match.shape)
    return float(left) - size[1] + 1, float(top) - size[0] + 1


def fit(page: Page, viewport: int, one: Slice) -> Fit:
    """Lay a slice over the canvas. The scale bar is only where the search for the scale begins."""
    ratio = float(page.evaluate("() => window.devicePixelRatio"))
    canvas = grey(page, viewport)
    window = _window(page, viewport)
    guess = scale_bar(page, viewport) * ratio
    left, top = _place(canvas[::COARSE, ::COARSE], one, window, guess / COARSE)
    start = np.array([left, top]) * COARSE
    y, x = np.mgrid[0 : canvas.shape[0] : FINE, 0 : canvas.shape[1] : FINE]
    seen = canvas[::FINE, ::FINE].ravel()

    def disagreement(given: Vector) -> float:
        scale, x0, y0 = guess * (1 + given[0] / 100), start[0] + given[1], start[1] + given[2]
        there = _sampled(one, window, (x + 0.5 - x0) / scale, (y + 0.5 - y0) / scale)
        if there.std() == 0 or seen.std() == 0:
            return 1.0
        return 1.0 - float(np.corrcoef(there.ravel(), seen)[0, 1])

    best = np.zeros(3)
    for size in (4.0, -1.0):  # again from where it ended: a simplex may stop too early
        simplex = best + np.array([[0, 0, 0], [size / 4, 0, 0], [0, size, 0], [0, 0, size]])
        options = {"initial_simplex": simplex, "xatol": 0.01, "fatol": 1e-6}
        found: Any = minimize(disagreement, best, method="Nelder-Mead", options=options)
        best = found.x
    scale = guess * (1 + float(best[0]) / 100)
    x0, y0 = (start + best[1:]).tolist()
    return Fit(one, scale / ratio, x0 / ratio, y0 / ratio, 1.0 - disagreement(best))


def agreement(page: Page, viewport: int, other: Slice, found: Fit) -> float:
    """How well another slice would agree with the canvas at the place of the one found."""
    ratio = float(page.evaluate("() => window.devicePixelRatio"))
    canvas = grey(page, viewport)[::FINE, ::FINE]
    y, x = (np.mgrid[: canvas.shape[0], : canvas.shape[1]] * FINE + 0.5) / ratio
    window = _window(page, viewport)
    scale = found.pixels_per_mm
    there = _sampled(other, window, (x - found.x) / scale, (y - found.y) / scale)
    return float(np.corrcoef(there.ravel(), canvas.ravel())[0, 1])
