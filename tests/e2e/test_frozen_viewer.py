"""What a protocol has frozen can't be changed in the reading room; everything else goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.exams import open_over_phantoms, open_reading
from tests.site import RunningSite

pytestmark = pytest.mark.e2e
_FREEZE = """
from django.contrib.auth.models import User
from annotations.models import Reading
from annotations.services.protocols import amend_protocol
study = Reading.objects.get(pk={reading}).case.reader_study
amend_protocol(reader_study_id=study.pk, actor=User.objects.get(username="coordinator"),
    changes={{"frozen": {frozen!r}}}, reason="one way of looking for all readers")
"""


def frozen_reading(site: RunningSite, title: str, frozen: list[str]) -> int:
    (reading,) = open_over_phantoms(site, title, cases=1)
    site.manage("shell", "-c", _FREEZE.format(reading=reading, frozen=frozen))
    return reading


def picture(page: Page) -> bytes:
    """The first image once it no longer changes."""
    before = b""
    for _ in range(20):
        page.wait_for_timeout(400)
        now = page.locator(".viewport").first.screenshot()
        if now == before:
            return now
        before = now
    raise AssertionError("the image doesn't come to rest")


def test_window_zoom_and_layout_stay_as_they_are(reader_page: Page, site: RunningSite) -> None:
    page = reader_page
    open_reading(page, site, frozen_reading(site, "Frozen", ["layout", "window", "zoom"]))
    expect(page.get_by_text("Fixed by the protocol: layout, window, zoom")).to_be_visible()
    for name in ("Series", "Invert", "Next window"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.mouse.move(1300, 700)
    before = picture(page)
    for key in ("d", "i", "u", "]", "+", "-", "z", "e", "b", "Shift+2"):
        page.keyboard.press(key)
    assert picture(page) == before
    expect(page.locator(".viewport:visible")).to_have_count(3)
    box = page.locator(".viewport").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for button in ("left", "right"):
        page.mouse.move(x, y)
        page.mouse.down(button=button)
        page.mouse.move(x + 60, y + 60, steps=4)
        page.mouse.up(button=button)
    page.mouse.move(1300, 700)
    assert picture(page) == before
    page.mouse.dblclick(x, y + 200)
    page.keyboard.press("o")  # the double click has set the crosshair
    page.keyboard.press("o")
    expect(page.locator(".viewport:visible")).to_have_count(3)
    slice_before = page.locator(".pixels").first.get_attribute("data-slice")
    page.keyboard.press("PageDown")  # scrolling is free
    expect(page.locator(".pixels").first).not_to_have_attribute("data-slice", slice_before or "")
    page.keyboard.press("1")
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=30_000)


def test_what_isnt_frozen_is_free(reader_page: Page, site: RunningSite) -> None:
    page = reader_page
    open_reading(page, site, frozen_reading(site, "Zoom alone", ["zoom"]))
    page.mouse.move(1300, 700)
    before = picture(page)
    page.keyboard.press("+")
    assert picture(page) == before
    page.keyboard.press("d")
    assert picture(page) != before
    page.keyboard.press("Shift+2")
    expect(page.locator(".viewport:visible")).to_have_count(2)
