"""The grid by keyboard alone: sides, conditions, reasons, undo, conflicts, pause, two windows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_reading
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
TOUR = "Training and drawing, SYNTHETIC"
_READINGS = """
import json
from annotations.models import Reading
found = Reading.objects.filter(case__reader_study__title={title!r},
    enrolment__reader__username={reader!r}, reading_session__phase={phase!r}).order_by("position")
print("READINGS", json.dumps([reading.pk for reading in found]))
"""


def readings(site: RunningSite, phase: str, reader: str = "reader") -> list[int]:
    """Readings of the smaller demonstration, which has every item."""
    code = _READINGS.format(title=TOUR, reader=reader, phase=phase)
    said = site.manage("shell", "-c", code)
    (line,) = [one for one in said.splitlines() if one.startswith("READINGS")]
    return list(json.loads(line.removeprefix("READINGS ")))


@pytest.fixture(scope="module")
def pivotal(site: RunningSite) -> list[int]:
    return readings(site, "pivotal")


def cell(page: Page, key: str) -> Any:
    return page.locator(f"[data-cell='{key}']")


def all_saved(page: Page) -> None:
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=120_000)
    expect(page.locator(".cell.unsaved")).to_have_count(0)


def server_grades(page: Page, reading: int) -> dict[str, dict[str, Any]]:
    body = page.request.get(re.sub(r"/readings/.*", "", page.url) + f"/api/v1/readings/{reading}/")
    keys = ("disc_level", "item", "side")
    return {"|".join(filter(None, (g[k] for k in keys))): g for g in body.json()["grades"]}


def test_a_normal_lumbar_exam_takes_fewer_than_twenty_keys(page: Page, site: RunningSite) -> None:
    sign_in(page, site, "reader-2")
    first, second, *_ = readings(site, "pivotal", "reader-2")
    open_reading(page, site, first)
    page.keyboard.press(".")
    all_saved(page)
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(f"/readings/{second}/"), timeout=30_000)
    grades = server_grades(page, first)
    assert len(grades) == 5 * 7  # the extent of a Modic change isn't asked of a normal level
    assert {grade["score"] for grade in grades.values()} == {0, 1}


def test_right_comes_before_left_and_the_extent_only_after_a_modic_change(
    reader_page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    open_reading(reader_page, site, pivotal[0])
    heads = reader_page.locator(".grid .sides th")
    expect(heads).to_have_text(["R", "L", "R", "L"])
    extent = cell(reader_page, "L4/L5|modic_extent")
    expect(extent).to_have_attribute("data-state", "not-asked")
    cell(reader_page, "L4/L5|modic").click()
    reader_page.keyboard.press("2")
    expect(extent).to_have_attribute("data-state", "empty")
    expect(extent).to_have_class(re.compile("active"))
    reader_page.keyboard.press("3")
    expect(extent).to_have_attribute("data-state", "filled")
    all_saved(reader_page)
    expect(extent).to_have_accessible_name("L4/L5, Extent of the Modic change, over 50 %, saved")


def test_not_gradable_asks_why_by_one_key(
    reader_page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    open_reading(reader_page, site, pivotal[0])
    key = "L3/L4|foraminal_stenosis|left"
    cell(reader_page, key).click()
    reader_page.keyboard.press("n")
    expect(reader_page.get_by_role("group", name="Why not gradable")).to_be_visible()
    reader_page.keyboard.press("3")
    expect(cell(reader_page, key)).to_contain_text("NG")
    all_saved(reader_page)
    assert server_grades(reader_page, pivotal[0])[key]["reason"] == "surgery"


def test_confidence_and_comment_go_with_the_answer(
    reader_page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    open_reading(reader_page, site, pivotal[0])
    key = "L2/L3|pfirrmann"
    reader_page.keyboard.press("a")  # stay
    cell(reader_page, key).click()
    for pressed in ("4", "c", "2", "t"):
        reader_page.keyboard.press(pressed)
    expect(reader_page.get_by_role("textbox", name="Comment")).to_be_focused()
    reader_page.keyboard.type("n. b. 4 or 5?")  # no shortcut fires while typing
    reader_page.keyboard.press("Escape")
    reader_page.keyboard.press("a")
    all_saved(reader_page)
    grade = server_grades(reader_page, pivotal[0])[key]
    assert (grade["score"], grade["confidence"], grade["comment"]) == (4, 2, "n. b. 4 or 5?")


def test_undo_takes_back_a_whole_fill_and_redo_brings_it_again(
    reader_page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    open_reading(reader_page, site, pivotal[1])
    reader_page.keyboard.press(".")
    expect(reader_page.get_by_text("Filled 35 empty cells with normal")).to_be_visible()
    reader_page.keyboard.press("Control+z")
    expect(reader_page.locator(".cell[data-state=filled]")).to_have_count(0)
    reader_page.keyboard.press("Control+y")
    expect(reader_page.locator(".cell[data-state=filled]")).to_have_count(35)
    reader_page.keyboard.press("Control+z")
    all_saved(reader_page)
    grades = server_grades(reader_page, pivotal[1])
    assert {grade["score"] for grade in grades.values()} == {None}
    assert {grade["revision"] for grade in grades.values()} == {4}


def test_an_answer_given_on_two_computers_is_chosen_by_the_reader(
    reader_page: Page, site: RunningSite, pivotal: list[int], browser: Browser
) -> None:
    open_reading(reader_page, site, pivotal[2])
    other = browser.new_context()
    there = sign_in(other.new_page(), site, "reader")
    open_reading(there, site, pivotal[2])
    key = "L4/L5|central_canal_stenosis"
    cell(there, key).click()
    there.keyboard.press("1")
    all_saved(there)
    cell(reader_page, key).click()
    reader_page.keyboard.press("3")
    told = reader_page.get_by_role("alert").filter(has_text="changed in another window")
    expect(told).to_contain_text("Keep mine: 3 severe")
    assert server_grades(there, pivotal[2])[key]["score"] == 1
    told.get_by_role("button", name="Keep mine").click()
    all_saved(reader_page)
    assert server_grades(there, pivotal[2])[key]["score"] == 3
    expect(reader_page.get_by_text("on another computer too")).to_be_visible(timeout=60_000)
    other.close()


def test_answers_given_offline_survive_a_reload_and_drain(
    reader_page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    open_reading(reader_page, site, pivotal[3])

    def refuse(route: Route) -> None:
        route.abort()

    reader_page.route("**/grades/", refuse)
    cell(reader_page, "L1/L2|pfirrmann").click()
    reader_page.keyboard.press("5")
    expect(reader_page.locator("[data-saved=retrying]")).to_be_visible()
    reader_page.on("dialog", lambda dialog: dialog.accept())
    reader_page.reload()
    expect(cell(reader_page, "L1/L2|pfirrmann")).to_contain_text("5", timeout=30_000)
    expect(cell(reader_page, "L1/L2|pfirrmann")).to_have_class(re.compile("unsaved"))
    reader_page.unroute("**/grades/", refuse)
    all_saved(reader_page)
    assert server_grades(reader_page, pivotal[3])["L1/L2|pfirrmann"]["score"] == 5


def test_a_pause_hides_the_case_and_stands_in_the_record(
    reader_page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    open_reading(reader_page, site, pivotal[3])
    with reader_page.expect_response("**/events/") as told:
        reader_page.keyboard.press("p")
    assert told.value.ok
    expect(reader_page.get_by_role("heading", name="Paused")).to_be_visible()
    expect(reader_page.locator(".images canvas").first).not_to_be_visible()
    reader_page.keyboard.press("3")  # no answer while paused
    reader_page.keyboard.press("p")
    expect(reader_page.get_by_role("heading", name="Paused")).to_have_count(0)
    kinds = site.manage(
        "shell",
        "-c",
        "from annotations.models import ReadingEvent as E\n"
        f"print(list(E.objects.filter(reading={pivotal[3]}).values_list('kind', flat=True)))",
    )
    assert "'opened'" in kinds
    assert "'paused'" in kinds


def test_the_grid_can_go_to_a_second_window_and_back(
    reader_page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    open_reading(reader_page, site, pivotal[3])
    narrow = reader_page.locator(".images").bounding_box()
    with reader_page.expect_popup() as opened:
        reader_page.keyboard.press("g")
    second = opened.value
    expect(second.locator(".grid")).to_be_visible()
    assert narrow is not None
    reader_page.wait_for_function(
        "(least) => document.querySelector('.images').clientWidth > least",
        arg=narrow["width"] + 300,
    )
    second.locator("[data-cell='L2/L3|modic']").click()
    second.keyboard.press("1")
    expect(second.locator("[data-cell='L2/L3|modic']")).to_contain_text("1")
    note = reader_page.locator(".overlay").nth(2).locator(".level-note").first
    expect(note).to_contain_text("L2/L3")
    second.close()
    expect(reader_page.locator(".side .grid")).to_be_visible()
    all_saved(reader_page)


def test_six_lumbar_vertebrae_change_the_levels_and_go_with_the_export(
    reader_page: Page, site: RunningSite, pivotal: list[int], coordinator_page: Page
) -> None:
    open_reading(reader_page, site, pivotal[2])
    cell(reader_page, "L5/S1|modic").click()
    reader_page.keyboard.press("1")
    reader_page.keyboard.press("y")
    dialog = reader_page.get_by_role("dialog", name="Lumbar vertebrae")
    dialog.get_by_label("Six").check()
    expect(dialog.get_by_role("status")).to_contain_text("Answers at L5/S1 are kept")
    dialog.get_by_label("S1 lumbarised").check()
    dialog.get_by_role("button", name="Say so").click()
    rows = reader_page.locator(".grid tbody th button")
    expect(rows).to_have_text(["L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/L6", "L6/S1"])
    all_saved(reader_page)
    reader_page.reload()
    expect(rows).to_have_count(6, timeout=30_000)
    page = coordinator_page.request
    exported = json.loads(page.get(f"{site.address}/api/v1/reader-studies/1/readings.json").text())
    case = [row for row in exported["rows"] if row["lumbar_count"] == 6]
    assert {row["transition"] for row in case} == {"lumbarised_s1"}
    assert {row["disc_level"] for row in case} == set(rows.all_text_contents())


def test_training_tells_the_reference_after_each_answer(
    reader_page: Page, site: RunningSite
) -> None:
    open_reading(reader_page, site, readings(site, "training")[0])
    expect(reader_page.locator(".arm-badge").last).to_have_text("Training")
    expect(reader_page.locator(".feedback")).to_have_count(0)
    cell(reader_page, "L4/L5|pfirrmann").click()
    reader_page.keyboard.press("1")
    expect(reader_page.locator(".feedback")).to_contain_text("The phantom was drawn so")


def test_a_key_can_be_changed_and_goes_with_the_account(
    reader_page: Page, site: RunningSite, pivotal: list[int], browser: Browser
) -> None:
    open_reading(reader_page, site, pivotal[3])
    reader_page.keyboard.press("?")
    dialog = reader_page.get_by_role("dialog")
    dialog.get_by_role("button", name="Rest normal:").click()
    reader_page.keyboard.press("l")
    expect(dialog.get_by_role("status")).to_contain_text("taken: Link or unlink scrolling")
    dialog.get_by_role("button", name="Rest normal:").click()
    with reader_page.expect_response("**/preferences/"):
        reader_page.keyboard.press(";")
    expect(dialog.get_by_role("button", name="Rest normal: ;")).to_be_visible()
    other = browser.new_context()
    there = sign_in(other.new_page(), site, "reader")
    open_reading(there, site, pivotal[1])
    there.keyboard.press(";")
    expect(there.get_by_text("Filled 35 empty cells")).to_be_visible()
    there.keyboard.press("Control+z")
    all_saved(there)
    other.close()
    with reader_page.expect_response("**/preferences/"):
        dialog.get_by_role("button", name="Reset all keys").click()
