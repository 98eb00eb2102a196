"""A protocol with fractures, their features and an own item: written on the page, read by keyboard
alone, exported."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotations.vocabulary.library.vertebra import FRACTURE_FEATURES
from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_reading
from tests.e2e.rest import drawn
from tests.e2e.test_grading import all_saved, cell
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
TITLE = "Fractures as written on the page, SYNTHETIC"
FEATURES = [one.code for one in FRACTURE_FEATURES]
SETTINGS = {"Normal grade": "none", "Heading in the grid": "Rim"}
_MARK = """
import json
from annotations.models import LevelMark, ReaderStudy, Reading
from annotations.services.level_marks import Mark, mark_case_levels
own = ReaderStudy.objects.get(title={title!r})
for case in own.cases.all():
    known = LevelMark.objects.filter(
        case__reader_study__title="Lumbar degeneration, SYNTHETIC demonstration",
        case__imaging_study=case.imaging_study, reading=None)
    marks = [Mark(one.kind, one.level, tuple(one.position_lps)) for one in known]
    mark_case_levels(case=case, marks=marks, actor=own.created_by)
readings = Reading.objects.filter(case__reader_study=own, enrolment__reader__username="reader")
print("FOUND", json.dumps([own.pk, *readings.order_by("position").values_list("pk", flat=True)]))
"""


def fill_protocol(page: Page, site: RunningSite) -> None:
    page.goto(f"{site.address}/reader-studies/create/")
    page.get_by_label("Title").fill(TITLE)
    page.locator("summary", has_text="Choose single exams").click()
    for box in page.locator("input[name=exams]").all()[:2]:
        box.check()
    page.get_by_label("reader", exact=True).check()
    for code in ("modic", "vertebral_fracture", "genant", "fracture_nature", *FEATURES):
        page.locator(f"input[name=items][value={code}]").check()
    page.get_by_label("AI-aided arm").uncheck()


def define_own_item(page: Page, grades: str) -> None:
    own = page.locator("details.own-item").first
    if own.get_attribute("open") is None:
        own.locator("summary").click()
    own.get_by_label("Name").fill("Rim lesion")
    own.get_by_label("Key").fill("rim")
    own.get_by_label("Definition").fill("Defect at the edge of the endplate")
    own.get_by_label("Grades", exact=True).fill(grades)
    for label, words in SETTINGS.items():
        own.get_by_label(label).fill(words)


@pytest.fixture(scope="module")
def written(browser: Any, site: RunningSite) -> list[int]:
    """Number of the reader study that a coordinator has written, then its readings."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = sign_in(context.new_page(), site, "coordinator")
    fill_protocol(page, site)
    define_own_item(page, "none")
    page.get_by_role("button", name="Create draft").click()
    expect(page.locator(".errors").first).to_contain_text("there are 1")
    expect(page.locator("details.own-item").first.get_by_label("Name")).to_have_value("Rim lesion")
    define_own_item(page, "none\nsmall: under 5 mm\nlarge")
    page.get_by_role("button", name="Preview the schedule").click()
    preview = page.locator("#preview")
    # discs: Modic and own item; vertebrae: fracture and Genant, then nature and the features
    always, more = 5 * 2 + 8 * 2, 8 * (1 + len(FEATURES))
    expect(preview).to_contain_text(
        f"A case has {always} cells that are always asked, and up to {more} more"
    )
    expect(preview).to_contain_text("Vertebral fracture is 1 (present) or more")
    expect(preview).to_contain_text("Rim lesion is an item of your own")
    page.get_by_role("button", name="Create draft").click()
    page.wait_for_url(re.compile(r"/reader-studies/\d+/$"))
    expect(page.locator("main")).to_contain_text("own_rim")
    page.get_by_role("button", name=re.compile("Open to")).click()
    expect(page.get_by_role("button", name=re.compile("Open to"))).to_have_count(0)
    context.close()
    said = site.manage("shell", "-c", _MARK.format(title=TITLE))
    (line,) = [one for one in said.splitlines() if one.startswith("FOUND")]
    return [int(number) for number in json.loads(line.removeprefix("FOUND "))]


def press_until(page: Page, key: str, wanted: str) -> None:
    """Press a key until the active cell is the wanted one."""
    active = page.locator(".cell.active")
    for _ in range(30):
        if active.get_attribute("data-cell") == wanted:
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} doesn't reach {wanted}")


def test_a_case_is_read_by_keyboard_alone(
    reader_page: Page, site: RunningSite, written: list[int]
) -> None:
    page = reader_page
    _, first, second = written
    open_reading(page, site, first)
    expect(page.locator("table.grid")).to_have_count(2)
    expect(cell(page, "L1/L2|modic")).to_have_class(re.compile("active"))
    press_until(page, "ArrowRight", "L1/L2|own_rim")
    expect(page.locator(".scale .definition")).to_have_text("Defect at the edge of the endplate")
    press_until(page, "ArrowDown", "T11|vertebral_fracture")
    press_until(page, "ArrowDown", "L3|vertebral_fracture")
    expect(page.locator(".overlay text.level.vertebra.active").first).to_have_text("L3")
    page.keyboard.press("1")
    expect(cell(page, "L3|genant")).to_have_class(re.compile("active"))
    page.keyboard.press("2")
    expect(page.locator(".beneath .cell")).to_have_count(1 + len(FEATURES))
    expect(cell(page, "L3|fracture_nature")).to_have_class(re.compile("active"))
    page.keyboard.press("1")
    for at in range(len(FEATURES) - 1):
        page.keyboard.press(str(at % 2))
    last = cell(page, f"L3|{FEATURES[-1]}")
    expect(last).to_have_class(re.compile("active"))
    expect(last).to_be_in_viewport(ratio=1)  # grid, scale and all features at once
    bottom = last.bounding_box()
    foot = page.locator("footer.submit").bounding_box()
    assert bottom is not None
    assert foot is not None
    assert bottom["y"] + bottom["height"] <= foot["y"]
    assert page.locator("aside.side").evaluate("one => one.scrollTop") == 0
    page.keyboard.press("Control+Enter")  # one feature and the other levels are still empty
    expect(page.locator(".note-problem")).to_be_visible()
    press_until(page, "End", "S1|genant")
    press_until(page, "ArrowUp", "L3|genant")
    press_until(page, "Enter", f"L3|{FEATURES[-1]}")
    page.keyboard.press("0")
    page.keyboard.press(".")
    all_saved(page)
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(f"/readings/{second}/"), timeout=30_000)


def test_moving_to_a_vertebra_moves_the_images(
    reader_page: Page, site: RunningSite, written: list[int]
) -> None:
    page = reader_page
    open_reading(page, site, written[2])
    axial = page.locator(".pixels").nth(2)
    seen: list[str] = []
    for level in ("L1", "L3", "L5"):
        page.get_by_role("button", name=level, exact=True).click()
        expect(page.locator(".overlay text.level.vertebra.active").first).to_have_text(level)
        if seen:
            expect(axial).not_to_have_attribute("data-slice", seen[-1])
        drawn(page)
        seen.append(axial.get_attribute("data-slice") or "")
    assert len(set(seen)) == 3, seen


def test_a_sixth_lumbar_vertebra_has_a_row(
    reader_page: Page, site: RunningSite, written: list[int]
) -> None:
    page = reader_page
    open_reading(page, site, written[2])
    page.keyboard.press("y")
    page.get_by_label("Six").check()
    expect(page.locator("dialog.anatomy")).to_contain_text("T11, T12, L1, L2, L3, L4, L5, L6, S1")
    page.get_by_role("button", name="Say so").click()
    expect(cell(page, "L6|vertebral_fracture")).to_be_visible()
    all_saved(page)


def test_the_export_holds_what_was_answered(
    coordinator_page: Page, site: RunningSite, written: list[int]
) -> None:
    reader_study = f"{site.address}/api/v1/reader-studies/{written[0]}"
    text = coordinator_page.request.get(f"{reader_study}/readings.csv").text()
    rows = [
        row for row in csv.DictReader(io.StringIO(text)) if row["reading_status"] == "submitted"
    ]
    found = {(row["item"], row["disc_level"]): row for row in rows}
    assert found["vertebral_fracture", "L3"]["label"] == "present"
    assert found["fracture_nature", "L3"]["label"] == "malignant"
    features = [found[code, "L3"]["score"] for code in FEATURES]
    assert features == [str(at % 2) for at in range(len(FEATURES) - 1)] + ["0"]
    assert found["own_rim", "L1/L2"]["label"] == "none"
    unasked = [row for row in rows if row["asked"] == "false"]
    assert len(unasked) == 7 * (1 + len(FEATURES))
    assert not any(row["score"] for row in unasked)
    body = coordinator_page.request.get(f"{reader_study}/readings.json").json()
    assert body["items"]["own_rim"]["codes"][0]["scheme"] == "99SPINESTUDY"
    assert body["items"]["own_rim"]["definition"] == "Defect at the edge of the endplate"
