"""What a page shows of its slices, held against what the DICOM headers say."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.pixel_truth import (
    Fit,
    Slice,
    Vector,
    agreement,
    crossing,
    fit,
    letters_of,
    nearest,
    overlay,
    scale_bar,
)
from tests.e2e.rest import drawn

CORONAL_T2 = "Coronal T2"
T1, T2, AXIAL = "Sagittal T1", "Sagittal T2", "Axial T2"
PARALLEL = 0.95


@dataclass(frozen=True)
class Exam:
    """A reading, and its series by the title under which they hang, in reading order."""

    reading: int
    series: dict[str, list[Slice]]


def titles(page: Page) -> list[str]:
    """Of the viewports on screen; hidden ones belong to other layouts."""
    return page.locator(".viewport:not([hidden]) .overlay text.title").all_text_contents()


def pixels(page: Page, viewport: int) -> Locator:
    return page.locator(".viewport:not([hidden])").nth(viewport).locator(".pixels")


def number_words(page: Page, viewport: int) -> Locator:
    return overlay(page, viewport).get_by_text(re.compile(r"^\d+ / \d+$"))


def slice_number(page: Page, viewport: int) -> int:
    return int((number_words(page, viewport).text_content() or "").partition(" /")[0]) - 1


def expect_slice(page: Page, viewport: int, wanted: int, series: list[Slice]) -> None:
    """Its pixels are on screen, and what is drawn over them says so."""
    expect(pixels(page, viewport)).to_have_attribute("data-slice", str(wanted))
    expect(number_words(page, viewport)).to_have_text(f"{wanted + 1} / {len(series)}")


def go_to(page: Page, viewport: int, wanted: int) -> None:
    """By the wheel, one slice a step."""
    page.locator(".viewport:not([hidden])").nth(viewport).hover()
    for _ in range(80):
        now = slice_number(page, viewport)
        if now == wanted:
            break
        page.mouse.wheel(0, 100 if wanted > now else -100)
        expect(overlay(page, viewport)).to_contain_text(
            f"{now + (1 if wanted > now else -1) + 1} /"
        )
    expect(pixels(page, viewport)).to_have_attribute("data-slice", str(wanted))
    drawn(page)


def shown(page: Page, viewport: int, series: list[Slice]) -> Fit:
    return fit(page, viewport, series[slice_number(page, viewport)])


def click(page: Page, viewport: int, seen: Fit, point: Vector) -> Vector:
    """Click at a point of the patient; returns the one that the whole pixel of the mouse hits."""
    box = page.locator(".viewport:not([hidden])").nth(viewport).bounding_box()
    assert box is not None
    x, y = seen.project(point)
    x, y = round(box["x"] + x) - box["x"], round(box["y"] + y) - box["y"]
    page.mouse.click(box["x"] + x, box["y"] + y)
    drawn(page)
    hit = seen.point_at(x, y)
    assert np.linalg.norm(hit - seen.slice.dropped(point)) < 1
    return hit


def check_slice(page: Page, viewport: int, series: list[Slice]) -> None:
    """Number, pixels, scale and letters of the slice on screen."""
    at = slice_number(page, viewport)
    expect(overlay(page, viewport)).to_contain_text(f"{at + 1} / {len(series)}")
    found = fit(page, viewport, series[at])
    assert found.agreement > 0.998
    for other in {max(at - 1, 0), min(at + 1, len(series) - 1)} - {at}:
        assert agreement(page, viewport, series[other], found) < found.agreement
    assert found.pixels_per_mm == pytest.approx(scale_bar(page, viewport), rel=0.002)
    letters = overlay(page, viewport).locator("text.letter").all_text_contents()
    row, column = series[at].row, series[at].column
    assert [one[0] for one in letters] == [letters_of(one) for one in (-row, row, -column, column)]


def check_lines(page: Page, exam: Exam) -> int:
    """Every reference line against the crossing of the planes; returns how many there were."""
    names = {at: name for at, name in enumerate(titles(page)) if name in exam.series}
    fits = {at: shown(page, at, exam.series[name]) for at, name in names.items()}
    current = {at: slice_number(page, at) for at in names}
    count = 0
    for at, seen in fits.items():
        wanted: list[tuple[bool, Vector]] = []
        for other, name in names.items():
            series = exam.series[name]
            own = [current[other], 0, len(series) - 1]
            for number in range(len(series)) if name == AXIAL else sorted(set(own)):
                cut = series[number]
                if other == at or abs(float(cut.normal @ seen.slice.normal)) > PARALLEL:
                    continue
                ends = crossing(cut, seen.slice)
                if ends is not None:
                    screen = np.array([seen.project(end) for end in ends])
                    wanted.append((number == current[other], screen))
        lines = (
            overlay(page, at)
            .locator("line.reference")
            .evaluate_all(
                """(all) => all.map((one) => [one.classList.contains('current'),
                ...['x1', 'y1', 'x2', 'y2'].map((name) => Number(one.getAttribute(name)))])"""
            )
        )
        assert len(lines) == len(wanted)
        for is_current, x1, y1, x2, y2 in lines:
            drawn = np.array([[x1, y1], [x2, y2]])
            gaps = [
                min(np.abs(drawn - ends).max(), np.abs(drawn[::-1] - ends).max())
                for told, ends in wanted
                if told == is_current
            ]
            assert min(gaps) < 1.0
        count += len(lines)
    return count


def check_point(page: Page, exam: Exam, clicked: int, point: Vector) -> None:
    """Every viewport is at the slice nearest to the point and marks it there."""
    for at, name in enumerate(titles(page)):
        series = exam.series[name]
        if at != clicked:
            expect_slice(page, at, nearest(series, point), series)
    drawn(page)
    for at, name in enumerate(titles(page)):
        x, y = shown(page, at, exam.series[name]).project(point)
        cross = overlay(page, at).locator(".crosshair")
        place = [float(one) for one in (cross.get_attribute("data-place") or "").split()]
        assert place == pytest.approx([x, y], abs=0.8), name
