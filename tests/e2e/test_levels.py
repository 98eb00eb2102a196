"""Levels by one click: found from one body, named, checked, kept; by mouse and by keys alone."""

from __future__ import annotations

import logging
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from spinestudy.imaging.phantom import PhantomTruth, build_exam, sample_spec, write_exam
from tests.e2e.exams import open_reader_study, open_reading
from tests.e2e.marked_levels import (
    DISCS,
    TOLERANCE_MM,
    all_saved,
    click_body,
    expect_discs,
    expect_truth,
    marks,
    on_screen,
    payload,
    place_of,
    shown_frame,
    within_slice,
)
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
log = logging.getLogger(__name__)
SEEDS = (402, 403, 405, 408, 409)


@pytest.fixture(scope="module")
def cases(
    site: RunningSite, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[int, PhantomTruth]]:
    """Readings of phantoms that nobody has marked, with what the phantom knows."""
    folder: Path = tmp_path_factory.mktemp("unmarked")
    truths = []
    log.info("phantom seeds %s", SEEDS)
    for number, seed in enumerate(SEEDS):
        exam = build_exam(sample_spec(seed), quick=True)
        name = f"LEVELS-{number}"
        day = date(2026, 2, 1)
        write_exam(exam, folder / name, patient_id=name, study_date=day, accession=name)
        truths.append(exam.truth)
    readings = open_reader_study(site, folder, "Levels that nobody has marked, SYNTHETIC")
    return list(zip(readings, truths, strict=True))


def test_one_click_and_a_name_label_the_whole_lumbar_spine(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[0]
    open_reading(page, site, case[0])
    expect(page.get_by_text("The levels of this case aren't marked")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_text("Click the middle of one vertebral body")).to_be_visible()
    frame = shown_frame(page, site, case[0], 1)
    click_body(page, site, case, "L3")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="It is L3")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Check the .* levels"))).to_be_visible()
    page.keyboard.press("Enter")
    all_saved(page)
    expect_truth(page, site, case, frame)
    for viewport in (0, 1):
        expect_discs(page, viewport)


def test_the_labels_are_there_after_a_reload_on_every_plane(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[0]
    open_reading(page, site, case[0])
    expect_discs(page, 0)
    expect_discs(page, 1)
    for level in DISCS:
        page.get_by_role("button", name=level, exact=True).click()
        note = page.locator(".overlay").nth(2).locator(".level-note").first
        expect(note).to_contain_text(f"{level} disc")


def test_a_mark_is_corrected_by_dragging_it(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[0]
    open_reading(page, site, case[0])
    before = marks(page, site, case[0])
    page.keyboard.press("m")
    expect(page.get_by_text(re.compile("Check the .* levels"))).to_be_visible()
    x, y = place_of(page, 1, "L4/L5")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y - 10, steps=4)
    page.mouse.move(x - 40, y, steps=4)
    page.mouse.up()
    expect(page.get_by_text("Chosen: L4/L5 disc")).to_be_visible()
    after_drag = place_of(page, 1, "L4/L5")
    assert after_drag == pytest.approx((x - 40, y), abs=1.5)
    page.keyboard.press("Enter")
    all_saved(page)
    after = marks(page, site, case[0])
    moved = after["disc", "L4/L5"] - before["disc", "L4/L5"]
    assert moved[1] < -5  # towards the front of the patient
    assert np.allclose(after["disc", "L3/L4"], before["disc", "L3/L4"], atol=0.02)


def test_everything_goes_by_keys_alone(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[1]
    reading, truth = case
    open_reading(page, site, reading)
    page.mouse.move(1430, 890)  # away from the images
    page.keyboard.press("m")
    cross = page.locator(".overlay").nth(0).locator(".crosshair")
    expect(cross).to_be_visible()
    frame = shown_frame(page, site, reading, 0)
    row, column = np.split(np.array(frame["orientation_lps"]), 2)
    mm = frame["row_spacing_mm"]
    half = (frame["columns"] - 1) * mm / 2, (frame["rows"] - 1) * mm / 2
    center = np.array(frame["position_lps"]) + half[0] * row + half[1] * column
    gap = truth.body_centers_lps["L3"] - center
    for direction, keys in ((row, ("ArrowLeft", "ArrowRight")), (column, ("ArrowUp", "ArrowDown"))):
        steps = round(float(gap @ direction) / 3)
        for _ in range(abs(steps)):
            page.keyboard.press(keys[1] if steps > 0 else keys[0])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Which vertebra did you click?")).to_be_visible(timeout=60_000)
    page.keyboard.press("3")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="It is L4")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="It is L3")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    all_saved(page)
    expect_truth(page, site, case, frame)
    before = marks(page, site, reading)

    page.keyboard.press("m")
    names = [f"{level} disc" for level in DISCS]
    for _ in range(20):
        page.keyboard.press("Tab")
        chosen = page.get_by_text(re.compile("Chosen: ")).inner_text()
        if names[3] in chosen:
            break
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    all_saved(page)
    moved = marks(page, site, reading)["disc", "L4/L5"] - before["disc", "L4/L5"]
    assert within_slice(frame, moved - 5 * row - 5 * column) < 0.1


def test_escape_leaves_everything_as_it_was_and_digits_do_not_grade(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[1]
    open_reading(page, site, case[0])
    before = payload(page, site, case[0])
    page.keyboard.press("m")
    for key in ("1", ".", "2", "Control+z", "Escape"):
        page.keyboard.press(key)
    expect(page.get_by_text(re.compile("Check the .* levels"))).to_have_count(0)
    all_saved(page)
    after = payload(page, site, case[0])
    assert after["level_marks"] == before["level_marks"]
    assert after["grades"] == before["grades"]


def test_marks_kept_without_a_network_are_stored_when_it_is_back(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[2]
    open_reading(page, site, case[0])
    frame = shown_frame(page, site, case[0], 1)
    page.keyboard.press("m")
    click_body(page, site, case, "L4")
    page.context.set_offline(True)
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Check the .* levels"))).to_be_visible()
    shown = {level: place_of(page, 1, level) for level in DISCS}
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved=retrying]")).to_be_visible(timeout=30_000)
    expect_discs(page, 1)  # shown, though not stored yet
    assert marks(page, site, case[0]) == {}
    page.context.set_offline(False)
    all_saved(page)
    stored = marks(page, site, case[0])
    for level, place in shown.items():
        assert tuple(on_screen(page, frame, 1, stored["disc", level])) == pytest.approx(
            place, abs=1.5
        )


def test_six_lumbar_vertebrae_give_the_levels_their_names(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[3]
    reading, truth = case
    open_reading(page, site, reading)
    page.keyboard.press("y")
    page.get_by_label("Six").check()
    page.get_by_role("button", name="Say so").click()
    all_saved(page)
    page.keyboard.press("m")
    click_body(page, site, case, "L5")
    expect(page.get_by_role("group", name="Vertebra that was clicked")).to_contain_text("L6")
    page.keyboard.press("6")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    all_saved(page)
    body = payload(page, site, reading)
    stored = marks(page, site, reading)
    assert body["disc_levels"] == ["L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/L6", "L6/S1"]
    assert {("disc", "L6/S1"), ("disc", "L5/L6"), ("vertebra", "L6")} <= set(stored)
    frame = shown_frame(page, site, reading, 1)
    for given, true in (("L6/S1", "L5/S1"), ("L5/L6", "L4/L5"), ("L2/L3", "L1/L2")):
        gap = stored["disc", given] - truth.disc_centers_lps[true]
        assert within_slice(frame, gap) <= TOLERANCE_MM


def test_a_closed_reading_keeps_its_marks_and_says_so_when_it_was_closed_elsewhere(
    reader_page: Page, site: RunningSite, cases: list[tuple[int, PhantomTruth]]
) -> None:
    page, case = reader_page, cases[4]
    reading, _ = case
    open_reading(page, site, reading)
    page.keyboard.press(".")
    all_saved(page)
    page.keyboard.press("m")
    click_body(page, site, case, "L3")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": site.address}
    address = f"{site.address}/api/v1/readings/{reading}/"
    assert page.request.post(f"{address}submit/", headers=headers, data={}).ok
    page.keyboard.press("Enter")
    expect(page.get_by_text("The level marks were not stored.")).to_be_visible(timeout=30_000)
    open_reading(page, site, reading)
    page.keyboard.press("m")
    expect(page.get_by_text("Click the middle of one vertebral body")).to_have_count(0)
    body = {"marks": [{"kind": "disc", "level": "L4/L5", "position_lps": [0, 0, 0]}]}
    assert not page.request.put(f"{address}level-marks/", headers=headers, data=body).ok
    assert marks(page, site, reading) == {}
