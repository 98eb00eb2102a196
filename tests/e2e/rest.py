"""Wait for what ends a change, not for a time that a busy machine may not keep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page, Response, expect

Answer = TypeVar("Answer")
_FRAMES = """() => new Promise((done) => {
    let left = 3;
    const next = () => (left-- ? requestAnimationFrame(next) : done());
    next();
})"""
_NOTE_CHANGE = """(selector) => {
    const words = () => document.querySelector(selector)?.textContent;
    const before = words();
    window.changedAt_ = { ...window.changedAt_, [selector]: 0 };
    const watch = new MutationObserver(() => {
        if (words() === before) return;
        window.changedAt_[selector] = Date.now();
        watch.disconnect();
    });
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
}"""
_NOTE_SAVED = """() => {
    const watch = new MutationObserver(() => {
        if (document.querySelector('[data-saved=saved]')) window.savedAt_ = Date.now();
    });
    watch.observe(document.querySelector('[data-saved]'), { attributeFilter: ['data-saved'] });
}"""
_FITS = """() => [...document.querySelectorAll('.viewport:not([hidden]) .pixels canvas')]
    .filter((one) => one.clientWidth).every((one) => {
        const shape = (one.width / one.height) / (one.clientWidth / one.clientHeight);
        return Math.abs(shape - 1) < 0.02 && Math.abs(
            one.width - one.clientWidth * devicePixelRatio) <= 1;
    })"""


def drawn(page: Page) -> None:
    """What has happened so far is on screen: three frames, however long they take."""
    page.evaluate(_FRAMES)


def laid_out(page: Page) -> None:
    """Every image has the size of its place, and is drawn in it."""
    page.wait_for_function(_FITS, timeout=60_000)
    drawn(page)


def note_change(page: Page, selector: str) -> None:
    """Note when the words of an element change next."""
    page.evaluate(_NOTE_CHANGE, selector)


def note_saved(page: Page) -> None:
    """Note each time at which the reading room says that all is stored."""
    page.evaluate(_NOTE_SAVED)


def seconds_to_change(reader: Page, watcher: Page, selector: str) -> float:
    """From the moment all is stored in one page until words have changed in the other."""
    watcher.wait_for_function("(one) => window.changedAt_[one]", arg=selector, timeout=60_000)
    changed, saved = (
        float(page.evaluate(script, selector))
        for page, script in (
            (watcher, "(one) => window.changedAt_[one]"),
            (reader, "() => window.savedAt_"),
        )
    )
    return (changed - saved) / 1000


def masks_saved(page: Page) -> None:
    """Also a mask that is sent a moment after its last stroke is stored."""
    expect(page.get_by_text("(not saved yet)")).to_have_count(0, timeout=60_000)
    expect(page.locator("[data-saved=saved]")).to_be_visible(timeout=60_000)


def until(
    ask: Callable[[], Answer], is_so: Callable[[Answer], bool], timeout_s: float = 60
) -> Answer:
    """Ask again until it is so; the last answer, which the test then holds against the wanted."""
    deadline = time.monotonic() + timeout_s
    while not is_so(answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer


class Heard:
    """Answers of the API to a page from now on; read while the page is still there."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", self._hear)

    def _hear(self, answer: Response) -> None:
        if "/api/" in answer.url:
            self._answers.append(answer)

    def bodies(self) -> list[str]:
        return [answer.text() for answer in self._answers]
