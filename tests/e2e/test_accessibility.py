"""Every page against WCAG 2.2 A and AA, as far as axe-core can tell, and by keyboard alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.test_grading import readings
from tests.e2e.test_reading import ai_is_done  # noqa: F401 - a fixture
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RUN = """async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const found = await axe.run(document, { runOnly: tags });
    // the digit in a cell is its value, which the name says in words; its label are the headings
    const isValue = (rule, node) =>
        rule.id === 'label-content-name-mismatch' && /^<button[^>]* data-cell=/.test(node.html);
    // what is cut by the edge of a list is judged once it has been scrolled to
    const isCut = async (rule, node) => {
        const target = rule.id === 'target-size' && document.querySelector(node.target[0]);
        if (!target) return false;
        target.scrollIntoView({ block: 'nearest' });
        const again = await axe.run(target, { runOnly: { type: 'rule', values: [rule.id] } });
        return again.violations.length === 0;
    };
    const violations = [];
    for (const one of found.violations) {
        const nodes = [];
        for (const node of one.nodes) {
            if (!isValue(one, node) && !(await isCut(one, node))) {
                nodes.push(`${node.html.slice(0, 200)} ${node.failureSummary}`);
            }
        }
        if (nodes.length) violations.push({ id: one.id, help: one.help, nodes });
    }
    return { violations, passes: found.passes.length };
}"""


REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, summary')].filter(
    (one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0)"""


def check(page: Page) -> None:
    """No violation, and enough rules that had something to say."""
    page.wait_for_load_state()
    found: dict[str, Any] = page.evaluate(RUN)
    assert found["violations"] == [], json.dumps(found["violations"], indent=1)
    assert found["passes"] > 5


def with_axe(page: Page) -> Page:
    page.add_init_script(path=AXE)
    return page


def reader_study(page: Page, site: RunningSite, title: str) -> str:
    page.goto(f"{site.address}/reader-studies/")
    link = page.get_by_role("link", name=title).first
    return f"{site.address}{link.get_attribute('href')}"


def test_the_check_finds_what_is_wrong(page: Page, site: RunningSite) -> None:
    with_axe(page).goto(f"{site.address}/sign-in/")
    page.evaluate(
        "() => { document.body.append(document.createElement('button'));"
        "document.querySelector('label').style.color = '#eee'; }"
    )
    with pytest.raises(AssertionError, match=r"button-name[\s\S]*color-contrast|color-contrast"):
        check(page)


def test_the_check_finds_targets_that_are_too_small(page: Page, site: RunningSite) -> None:
    with_axe(page).goto(f"{site.address}/sign-in/")
    page.evaluate(
        "() => { for (const name of ['a', 'b']) { const one = document.createElement('button');"
        "one.textContent = name; one.style.cssText = 'all: unset; width: 9px; height: 9px;"
        "display: inline-block; font-size: 8px'; document.body.append(one); } }"
    )
    with pytest.raises(AssertionError, match="target-size"):
        check(page)


def test_sign_in_page(page: Page, site: RunningSite) -> None:
    with_axe(page).goto(f"{site.address}/sign-in/")
    check(page)
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)


@pytest.mark.parametrize("path", ["worklist/", "my-reading/", "no-such-page/"])
def test_pages_of_a_reader(page: Page, site: RunningSite, path: str) -> None:
    sign_in(with_axe(page), site, "reader")
    page.goto(f"{site.address}/{path}")
    check(page)


@pytest.mark.parametrize(
    "path",
    [
        "reader-studies/",
        "reader-studies/create/",
        "exams/",
        "exams/upload/",
        "exams/quarantine/",
        "ai-runs/",
        "pipelines/",
        "pipelines/lumbar_grading@2/",
        "shadow-runs/",
        "clinical-reports/",
        "clinical-reports/import/",
        "clinical-reports/lexicon/",
    ],
)
def test_pages_of_a_coordinator(page: Page, site: RunningSite, path: str) -> None:
    sign_in(with_axe(page), site, "coordinator")
    answer = page.goto(f"{site.address}/{path}")
    assert answer is not None
    assert answer.ok
    page.wait_for_timeout(500)
    check(page)


def test_reader_study_dashboard_and_exam(page: Page, site: RunningSite) -> None:
    sign_in(with_axe(page), site, "coordinator")
    address = reader_study(page, site, "Lumbar degeneration")
    page.goto(address)
    check(page)
    page.get_by_role("link", name="Live agreement").first.click()
    expect(page.locator(".live-on")).to_be_visible()
    expect(page.locator("table, svg").first).to_be_visible()
    page.wait_for_timeout(1000)
    check(page)
    page.goto(f"{site.address}/exams/")
    page.locator("main table a").first.click()
    expect(page.get_by_role("heading", name="Stacks")).to_be_visible()
    check(page)


@pytest.fixture(scope="module")
def pivotal(site: RunningSite) -> list[int]:
    return readings(site, "pivotal")


def opened_help(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def opened_anatomy(page: Page) -> None:
    page.keyboard.press("y")
    expect(page.get_by_role("dialog")).to_be_visible()


def opened_comment(page: Page) -> None:
    page.keyboard.press("t")
    expect(page.get_by_role("textbox", name="Comment")).to_be_visible()


def opened_menu(page: Page) -> None:
    page.locator(".measure summary").click()
    expect(page.locator(".measure-menu")).to_be_visible()


def paused(page: Page) -> None:
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()


@pytest.mark.parametrize(
    "state", [None, opened_help, opened_anatomy, opened_comment, opened_menu, paused]
)
def test_reading_room_unaided(
    page: Page, site: RunningSite, pivotal: list[int], state: Callable[[Page], None] | None
) -> None:
    sign_in(with_axe(page), site, "reader")
    open_reading(page, site, pivotal[3])
    if state:
        state(page)
    check(page)


def test_reading_room_in_training(page: Page, site: RunningSite) -> None:
    sign_in(with_axe(page), site, "reader")
    open_reading(page, site, readings(site, "training")[1])
    page.locator("[data-cell='L3/L4|pfirrmann']").click()
    page.keyboard.press("1")
    expect(page.locator(".feedback")).to_be_visible()
    check(page)


@pytest.mark.usefixtures("ai_is_done")
def test_reading_room_aided_and_at_its_end(page: Page, site: RunningSite) -> None:
    (reading,) = open_over_phantoms(site, "Accessible to the end", cases=1, aided=True)
    sign_in(with_axe(page), site, "reader")
    open_reading(page, site, reading)
    expect(page.locator(".cell-proposal")).to_have_count(15)
    check(page)
    page.keyboard.press("Home")
    for _ in range(15):
        page.keyboard.press("1")
    check(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="All cases read")).to_be_visible(timeout=30_000)
    check(page)
    page.goto(f"{site.address}/readings/{reading}/")
    expect(page.get_by_role("button", name="Next case")).to_be_visible(timeout=30_000)
    check(page)


def test_a_cell_says_level_item_answer_and_whether_it_is_saved(
    page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    sign_in(page, site, "reader")
    open_reading(page, site, pivotal[3])
    cell = page.locator("[data-cell='L4/L5|central_canal_stenosis']")
    cell.click()
    page.keyboard.press("2")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
    expect(cell).to_have_accessible_name("L4/L5, Central canal stenosis, moderate, saved")


def test_everything_is_reached_by_tab_and_shows_its_focus(
    page: Page, site: RunningSite, pivotal: list[int]
) -> None:
    sign_in(page, site, "reader")
    open_reading(page, site, pivotal[3])
    page.evaluate("() => { document.activeElement?.blur(); window.reached_ = new Set(); }")
    for _ in range(200):  # cells and all else, once around
        page.keyboard.press("Tab")
        outline, is_around = page.evaluate(
            """() => { const one = document.activeElement; const style = getComputedStyle(one);
            const isAround = one !== document.body && one === [...reached_][0];
            if (one !== document.body) reached_.add(one);
            return [one === document.body
                || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px'), isAround]; }"""
        )
        assert outline, page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
        if is_around and page.evaluate("() => reached_.size") > 40:
            break
    missed = f"""() => ({REACHABLE})().filter((one) => !reached_.has(one))
        .map((one) => one.outerHTML.slice(0, 200))"""
    assert page.evaluate(missed) == []
    assert page.evaluate(f"() => ({REACHABLE})().length") > 20


def test_a_reader_signs_in_opens_a_case_and_grades_by_keyboard_alone(
    page: Page, site: RunningSite
) -> None:
    page.goto(f"{site.address}/sign-in/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("reader")
    page.keyboard.press("Tab")
    page.keyboard.type("spine-demo")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    for _ in range(30):
        page.keyboard.press("Tab")
        words = page.evaluate("() => document.activeElement.textContent").strip()
        if words.startswith("Read next case"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/readings/"))
    page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", timeout=60_000)
    page.keyboard.press("1")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
