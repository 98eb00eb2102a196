"""Without WebGL nobody reads; graphics that are taken away come back with nothing lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserType, Page, Route, expect

from tests.e2e.conftest import FLAGS, sign_in
from tests.e2e.exams import open_over_phantoms, open_reading
from tests.e2e.rest import masks_saved, until
from tests.e2e.test_reading import brightness, open_next_case
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
COLLECT = """
(() => {
  const contexts = window.contexts_ = new Set();
  for (const one of [HTMLCanvasElement, window.OffscreenCanvas].filter(Boolean)) {
    const original = one.prototype.getContext;
    one.prototype.getContext = function (kind, ...rest) {
      const made = original.call(this, kind, ...rest);
      if (made && String(kind).includes('webgl')) contexts.add(made);
      return made;
    };
  }
})();
"""
LOSE = """() => {
  const living = [...contexts_].filter((one) => !one.isContextLost());
  living.forEach((one) => one.getExtension('WEBGL_lose_context').loseContext());
  return living.length;
}"""
PAINTED = """() => [...document.querySelectorAll('canvas.masks')].map((canvas) => {
  if (!canvas.width) return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, at) => at % 4 === 3 && value).length;
})"""


def test_without_webgl_the_reading_is_refused_and_says_what_to_do(
    browser_type: BrowserType, browser_type_launch_args: dict[str, object], site: RunningSite
) -> None:
    flags = [one for one in FLAGS if "swiftshader" not in one and "gl=" not in one]
    args = [*flags, "--disable-gpu", "--disable-software-rasterizer"]
    options = {**browser_type_launch_args, "args": args}
    options["ignore_default_args"] = ["--enable-unsafe-swiftshader"]
    browser = browser_type.launch(**options)  # type: ignore[arg-type]
    page = browser.new_page()
    sign_in(page, site, "reader")
    page.goto(f"{site.address}/worklist/")
    assert page.evaluate("() => document.createElement('canvas').getContext('webgl2')") is None
    page.get_by_role("link", name="Read next case").first.click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("without WebGL", timeout=60_000)
    expect(told).to_contain_text("Switch hardware acceleration on, or use another browser")
    expect(page.locator(".cell")).to_have_count(0)
    page.keyboard.press("2")
    expect(page.locator("[data-saved=saving], [data-saved=retrying]")).to_have_count(0)
    page.get_by_role("link", name="Back to the worklist").click()
    page.wait_for_url(lambda url: "/readings/" not in url)
    browser.close()


def test_lost_graphics_come_back_with_mask_view_and_unsent_answer(
    reader_page: Page, site: RunningSite
) -> None:
    page = reader_page
    page.add_init_script(COLLECT)
    (reading,) = open_over_phantoms(site, "Graphics lost and found", cases=1)
    open_reading(page, site, reading)

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/grades/", refuse)
    page.route("**/masks/**", refuse)
    page.keyboard.press("Home")
    page.keyboard.press("3")
    box = page.locator(".viewport").first.bounding_box()
    assert box is not None
    page.keyboard.press("Shift+D")
    page.mouse.move(box["x"] + 160, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 380, steps=5)
    painted = until(lambda: page.evaluate(PAINTED), lambda found: found[0] > 100)
    assert painted[0] > 100
    before = brightness(page)
    number = [one.get_attribute("data-slice") for one in page.locator(".pixels").all()]
    assert page.evaluate(LOSE) > 0
    # the stroke goes on while the graphics are away
    page.mouse.move(box["x"] + 160, box["y"] + 420, steps=5)
    page.mouse.up()
    page.wait_for_function("() => [...contexts_].some((one) => !one.isContextLost())")
    page.wait_for_timeout(1500)
    wanted = pytest.approx(before, rel=0.02)
    assert until(lambda: brightness(page), lambda found: bool(found == wanted)) == wanted
    for at, one in enumerate(number):
        expect(page.locator(".pixels").nth(at)).to_have_attribute("data-slice", one or "")
    grown = until(lambda: page.evaluate(PAINTED), lambda found: found[0] > painted[0])
    assert grown[0] > painted[0]
    expect(page.locator(".graphics-lost")).to_have_count(0)
    expect(page.locator("[data-saved=retrying]")).to_be_visible()
    page.keyboard.press("Escape")
    page.unroute_all()
    masks_saved(page)
    kept = page.request.get(f"{site.address}/api/v1/readings/{reading}/").json()
    assert [grade["score"] for grade in kept["grades"]] == [3]
    assert len(kept["masks"]) == 1
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.wheel(0, 100)
    expect(page.locator(".pixels").first).not_to_have_attribute("data-slice", number[0] or "")


def test_no_image_is_drawn_with_smoothed_edges(reader_page: Page, site: RunningSite) -> None:
    """Every pixel would be worked out four times, and only the rim of the image would change."""
    reader_page.add_init_script(COLLECT)
    open_next_case(reader_page, site, "Unaided")
    samples = reader_page.evaluate(
        """() => [...contexts_].filter((one) => !one.isContextLost() && one.canvas.width > 100)
            .map((one) => [one.getParameter(one.SAMPLES), one.getContextAttributes().antialias])"""
    )
    assert len(samples) >= 3
    assert all(one == [0, False] for one in samples), samples


def test_graphics_that_stay_away_are_told(reader_page: Page, site: RunningSite) -> None:
    page = reader_page
    page.add_init_script(COLLECT)
    open_next_case(page, site, "Unaided")
    page.evaluate(
        """() => { for (const one of [HTMLCanvasElement, window.OffscreenCanvas].filter(Boolean)) {
            const before = one.prototype.getContext;
            one.prototype.getContext = function (kind, ...rest) {
                return String(kind).includes('webgl') ? null : before.call(this, kind, ...rest);
            }; } }"""
    )
    assert page.evaluate(LOSE) > 0
    told = page.get_by_role("alert").filter(has_text="can't be drawn any more")
    expect(told).to_be_visible(timeout=30_000)
    expect(told.get_by_role("button", name="Reload")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)
