"""Marked levels as the API tells them and as the page shows them."""

from __future__ import annotations

import logging
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from spinestudy.imaging.phantom import PhantomTruth
from tests.e2e.rest import drawn
from tests.site import RunningSite

DISCS = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
log = logging.getLogger(__name__)
TOLERANCE_MM = 5.0
FILL = 1.7  # as geometry/pose.ts enlarges a slice at first
Vector = NDArray[np.float64]


def payload(page: Page, site: RunningSite, reading: int) -> dict[str, Any]:
    return dict(page.request.get(f"{site.address}/api/v1/readings/{reading}/").json())


def marks(page: Page, site: RunningSite, reading: int) -> dict[tuple[str, str], Vector]:
    """What the server has stored."""
    stored = payload(page, site, reading)["level_marks"]
    return {(one["kind"], one["level"]): np.array(one["position_lps"]) for one in stored}


def shown_frame(page: Page, site: RunningSite, reading: int, viewport: int) -> dict[str, Any]:
    pixels = page.locator(".pixels").nth(viewport)
    series_id = int(pixels.get_attribute("data-series") or 0)
    series = next(s for s in payload(page, site, reading)["series"] if s["id"] == series_id)
    return dict(series["frames"][int(pixels.get_attribute("data-slice") or 0)])


def on_screen(page: Page, frame: dict[str, Any], viewport: int, point: Vector) -> Vector:
    """Where a point of the patient lies on the page; the slice as it hangs at first."""
    box = page.locator(".pixels").nth(viewport).bounding_box()
    assert box is not None
    row, column = np.split(np.array(frame["orientation_lps"]), 2)
    mm = frame["row_spacing_mm"], frame["column_spacing_mm"]
    extent = frame["rows"] * mm[0], frame["columns"] * mm[1]
    whole = max(extent[0], extent[1] * box["height"] / box["width"])
    per_pixel = max(extent[0], whole / FILL) / box["height"]
    half = (frame["columns"] - 1) * mm[1] / 2, (frame["rows"] - 1) * mm[0] / 2
    center = np.array(frame["position_lps"]) + half[0] * row + half[1] * column
    away = np.array([(point - center) @ row, (point - center) @ column]) / per_pixel
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return np.asarray(middle + away)


def click_body(page: Page, site: RunningSite, case: tuple[int, PhantomTruth], body: str) -> None:
    reading, truth = case
    frame = shown_frame(page, site, reading, 1)
    x, y = on_screen(page, frame, 1, truth.body_centers_lps[body])
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    expect(page.get_by_text("Which vertebra did you click?")).to_be_visible(timeout=60_000)


def within_slice(frame: dict[str, Any], gap: Vector) -> float:
    row, column = np.split(np.array(frame["orientation_lps"]), 2)
    normal = np.cross(row, column)
    return float(np.linalg.norm(gap - (gap @ normal) * normal))


def expect_truth(
    page: Page, site: RunningSite, case: tuple[int, PhantomTruth], frame: dict[str, Any]
) -> None:
    reading, truth = case
    stored = marks(page, site, reading)
    away = {
        level: within_slice(frame, stored["disc", level] - truth.disc_centers_lps[level])
        for level in DISCS
    }
    log.info("mm from the truth: %s", away)
    assert max(away.values()) <= TOLERANCE_MM, away
    bodies = {level for kind, level in stored if kind == "vertebra"}
    assert {"L1", "L2", "L3", "L4", "L5", "S1"} <= bodies


def all_saved(page: Page) -> None:
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=60_000)


def expect_discs(page: Page, viewport: int) -> None:
    """Each disc is named there."""
    named = page.locator(".overlay").nth(viewport).locator("text.level.disc")
    for level in DISCS:
        exactly = re.compile(f"^{re.escape(level)}$")
        expect(named.filter(has_text=exactly)).not_to_have_count(0)


def place_of(page: Page, viewport: int, level: str) -> tuple[float, float]:
    """Where a mark that is being set lies on the page; a "?" follows the name of an unsure one."""
    drawn(page)
    either = f"[data-mark='{level}'], [data-mark='{level} ?']"
    mark = page.locator(".overlay").nth(viewport).locator(either)
    x, y = (float(part) for part in (mark.get_attribute("data-place") or "").split())
    box = page.locator(".overlay").nth(viewport).bounding_box()
    assert box is not None
    return box["x"] + x, box["y"] + y
