"""Live agreement in a browser: a pair on click, live numbers, strata, downloads, by keyboard."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.rest import note_change, note_saved, seconds_to_change
from tests.e2e.test_accessibility import check, with_axe
from tests.e2e.test_dashboard import open_dashboard
from tests.e2e.test_reading import ALL_LOADED
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
MODIC = re.compile("^Modic")
SAME_NUMBER_OF_ITEMS = """() => {
    const words = document.querySelector('[data-pair=R2-R4]')?.textContent.match(/n = (\\d+) in/)
    const row = document.querySelector('.pair-panel .estimate-table tbody tr')
    return words && Number(words[1]) > 0 && words[1] === row?.cells[3]?.textContent.trim()
}"""


def downloaded(page: Page, button: Locator) -> str:
    with page.expect_download() as download:
        button.click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def as_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def table_rows(table: Locator) -> list[list[str]]:
    found: list[list[str]] = table.evaluate(
        "(table) => [...table.tBodies[0].rows].map(row => [...row.cells].map(c => c.textContent))"
    )
    return [[cell.replace("\u2212", "-") for cell in row] for row in found]


def interval(row: dict[str, str]) -> str:
    if not row["ci_low"]:
        return "–"
    return f"{float(row['ci_low']):.3f} to {float(row['ci_high']):.3f}"


def value(row: dict[str, str]) -> str:
    return f"{float(row['value']):.3f}" if row["value"] else "–"


def test_a_click_on_a_cell_shows_the_grades_of_the_pair(
    coordinator_page: Page, site: RunningSite
) -> None:
    here = coordinator_page
    open_dashboard(here, site)
    here.locator("[data-pair=R1-R2]").first.click()
    panel = here.locator(".pair-panel")
    expect(panel.get_by_role("heading")).to_contain_text("R1 (rows) and R2 (columns), Unaided")
    counts = [
        [int(re.split(r"\s", cell.strip())[0]) for cell in row[1:-1]]
        for row in table_rows(panel.locator(".confusion"))
    ]
    assert sum(map(sum, counts)) == 80
    expect(panel.locator(".estimate-table")).to_contain_text("quadratic kappa")
    expect(panel.locator(".estimate-table")).to_contain_text("PABAK, unweighted")
    text = downloaded(here, panel.get_by_role("button", name="Download as CSV").first)
    rows = list(csv.reader(io.StringIO(text)))
    assert [[int(one) for one in row[1:]] for row in rows[1:]] == counts
    here.reload()
    expect(here.locator(".pair-panel")).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)


def test_the_matrix_is_worked_by_keyboard_alone(coordinator_page: Page, site: RunningSite) -> None:
    here = coordinator_page
    open_dashboard(here, site)
    here.get_by_role("region", name="Matrix of readers").focus()
    here.keyboard.press("Tab")
    expect(here.locator(":focus")).to_have_attribute("data-pair", "R1-R2")
    here.keyboard.press("ArrowDown")  # the diagonal is stepped over
    expect(here.locator(":focus")).to_have_attribute("data-pair", "R2-R3")
    here.keyboard.press("Enter")
    heading = here.locator(".pair-panel").get_by_role("heading")
    expect(heading).to_contain_text("R3 (rows) and R2 (columns)")
    expect(here.locator(":focus")).to_have_attribute("data-pair", "R2-R3")


def test_the_pair_and_the_matrix_move_when_a_reader_grades(
    coordinator_page: Page, page: Page, site: RunningSite
) -> None:
    here = coordinator_page
    open_dashboard(here, site)
    here.get_by_role("tab", name=MODIC).click()
    cell = here.locator("[data-pair=R2-R4]").first
    expect(here.locator(".kappa-matrix")).to_have_attribute("data-item", "modic")
    cell.click()
    panel = here.locator(".pair-panel")
    expect(panel).to_be_visible()
    sign_in(page, site, "reader")
    page.goto(f"{site.address}/worklist/")
    session = page.locator(".worklist-session").filter(has_text="SYNTHETIC demonstration")
    session.filter(has_text="Unaided").locator(".case-chip-assigned").last.click()
    page.wait_for_function(ALL_LOADED, timeout=60_000)
    cells = page.locator("[data-cell$='|modic']")
    moving = ("[data-pair=R2-R4]", ".pair-panel")
    for selector in moving:
        note_change(here, selector)
    note_saved(page)
    here.evaluate("() => { window.stillTheSamePage = true }")
    for place in range(cells.count()):
        cells.nth(place).click()
        page.keyboard.press(str(place % 3))
    expect(page.locator("[data-saved=saved]")).to_contain_text("All answers saved")
    for selector in moving:
        assert seconds_to_change(page, here, selector) <= 2
    here.wait_for_function(SAME_NUMBER_OF_ITEMS)
    assert here.evaluate("() => window.stillTheSamePage === true")


def test_a_download_holds_the_numbers_of_the_table(
    coordinator_page: Page, site: RunningSite
) -> None:
    here = coordinator_page
    open_dashboard(here, site)
    figure = here.locator("figure.kappa")
    figure.get_by_text("As a table").click()
    shown = table_rows(figure.locator(".estimate-table"))
    rows = as_rows(downloaded(here, figure.get_by_role("button", name="Download as CSV")))
    assert len(rows) == 10
    assert [
        [
            f"{row['reader_a']} and {row['reader_b']}",
            value(row),
            interval(row),
            row["n_items"],
            row["n_patients"],
        ]
        for row in rows
    ] == [row[:5] for row in shown]
    picture = ElementTree.fromstring(  # noqa: S314 - the page's own file
        downloaded(here, figure.get_by_role("button", name="Download as SVG"))
    )
    assert picture.get("role") == "img"
    drawn = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    first = rows[0]
    assert f"{float(first['value']):.2f}" in drawn
    assert f"n = {first['n_items']} in {first['n_patients']} patients" in drawn


def test_strata_are_drawn_with_their_table_and_files(
    coordinator_page: Page, site: RunningSite
) -> None:
    here = coordinator_page
    open_dashboard(here, site)
    here.get_by_role("tab", name="Levels, sides, groups").click()
    figure = here.locator("figure.forest")
    expect(figure.get_by_role("img")).to_have_attribute("aria-label", re.compile("L4/L5: 0"))
    figure.get_by_text("As a table").click()
    shown = table_rows(figure.locator(".estimate-table"))
    assert [row[0] for row in shown] == ["all", "L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"]
    rows = as_rows(downloaded(here, figure.get_by_role("button", name="Download as CSV")))
    assert [[row["stratum"], value(row), interval(row)] for row in rows] == [
        row[:3] for row in shown
    ]
    svg = downloaded(here, figure.get_by_role("button", name="Download as SVG"))
    ElementTree.fromstring(svg)  # noqa: S314 - the page's own file
    assert f"{float(rows[0]['value']):.2f}" in svg
    here.get_by_role("combobox").select_option("item")
    expect(figure.get_by_role("img")).to_have_attribute("aria-label", re.compile("All items"))
    here.reload()
    expect(here.get_by_role("combobox")).to_have_value("item")
    expect(here.get_by_role("tab", name="AI against readers")).to_have_count(0)


def test_each_view_is_accessible(page: Page, site: RunningSite) -> None:
    sign_in(with_axe(page), site, "coordinator")
    open_dashboard(page, site)
    page.locator("[data-pair=R1-R2]").first.click()
    expect(page.locator(".pair-panel .confusion")).to_be_visible()
    check(page)
    page.get_by_role("tab", name="Levels, sides, groups").click()
    expect(page.locator("figure.forest svg")).to_be_visible()
    page.locator("figure.forest").get_by_text("As a table").click()
    check(page)
