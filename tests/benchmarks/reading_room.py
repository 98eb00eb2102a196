"""The reading room in headless Chromium with software rendering, and live events, on loopback."""

from __future__ import annotations

import json
import os
import selectors
import socket
import statistics
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.figure import Figure
from tests.e2e.conftest import FLAGS, ROOT, sign_in
from tests.site import RunningSite

OPENINGS = 7
WATCHERS = (50, 200)
GRADES = 40
READY = (
    "(state) => ['first-image', 'all-loaded'].slice(state).includes(document.body?.dataset.ready)"
)


def measure() -> Iterator[Figure]:
    """All figures against one running demonstration."""
    site = RunningSite()
    site.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                args=FLAGS, executable_path=_browser_path() or None
            )
            _wait_for_ai(browser, site)
            yield from _opening(browser, site)
            browser.close()
        yield from _live(site)
    finally:
        site.stop()
        site.remove()


def _browser_path() -> str:
    found = ROOT / "build" / "browser"
    return found.read_text() if found.exists() else ""


def _wait_for_ai(browser: Browser, site: RunningSite) -> None:
    """A worker on the same cores would be measured too."""
    page = sign_in(browser.new_context().new_page(), site, "coordinator")
    page.goto(f"{site.address}/ai-runs/")
    page.wait_for_function(
        "() => document.querySelectorAll('tr[data-state=succeeded]').length >= 16",
        timeout=300_000,
    )
    page.context.close()


def _opening(browser: Browser, site: RunningSite) -> Iterator[Figure]:
    """Click on a case -> first image of all viewports, and all stacks loaded.

    Each time in a new browser profile: nothing is cached but by the server's file system.
    """
    firsts, alls, nexts = [], [], []
    for number in range(OPENINGS + 1):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = sign_in(context.new_page(), site, "reader")
        chip = page.locator(".case-chip").nth(number)
        began = time.perf_counter()
        chip.click(no_wait_after=True)
        _wait(page, 0)
        firsts.append(time.perf_counter() - began)
        _wait(page, 1)
        alls.append(time.perf_counter() - began)
        page.locator(".room-home").click()
        page.wait_for_url("**/worklist/")
        began = time.perf_counter()
        page.locator(".case-chip").nth(number).click(no_wait_after=True)
        _wait(page, 0)
        nexts.append(time.perf_counter() - began)
        context.close()
    note = f"median of {OPENINGS}, one warm-up apart"
    yield Figure("first_image", statistics.median(firsts[1:]), "s", aim=1.5, note=note)
    yield Figure("all_stacks", statistics.median(alls[1:]), "s", aim=4.0, note=note)
    yield Figure("first_image_cached", statistics.median(nexts[1:]), "s", note=note)


def _wait(page: Page, state: int) -> None:
    page.wait_for_function(READY, arg=state, timeout=60_000, polling=10)


class _Reader:
    """The API as a reader's browser uses it."""

    def __init__(self, site: RunningSite, username: str) -> None:
        self._site = site
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self.call("GET", "/sign-in/")
        body = f"login={username}&password=spine-demo&csrfmiddlewaretoken={self._token()}"
        self.call("POST", "/sign-in/", body.encode(), "application/x-www-form-urlencoded")

    def _token(self) -> str:
        return next((c.value or "" for c in self._jar if c.name == "csrftoken"), "")

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            self._site.address + path, data=body, method=method
        )
        request.add_header("Content-Type", content_type)
        request.add_header("X-CSRFToken", self._token())
        request.add_header("Referer", self._site.address)
        with self._opener.open(request, timeout=60) as answer:
            return bytes(answer.read())


def _live(site: RunningSite) -> Iterator[Figure]:
    """Stored grade (request sent) -> each watcher has the event -> the new numbers are fetched.

    A watcher follows the same event stream as a dashboard; one of them also fetches the
    agreement of the graded item, as a dashboard does.
    """
    coordinator, reader = _Reader(site, "coordinator"), _Reader(site, "reader")
    page = coordinator.call("GET", "/reader-studies/").decode()
    number = page.split("/reader-studies/")[-1].split("/")[0]
    page = coordinator.call("GET", f"/reader-studies/{number}/agreement/").decode()
    live_url = page.split('data-live-url="')[1].split('"')[0]
    worklist = json.loads(reader.call("GET", "/api/v1/worklist/"))
    readings = [one["id"] for one in worklist[0]["readings"][-len(WATCHERS) :]]
    for watchers, reading in zip(WATCHERS, readings, strict=True):
        yield from _watched(site, coordinator, reader, number, live_url, watchers, reading)


def _watched(
    site: RunningSite,
    coordinator: _Reader,
    reader: _Reader,
    number: str,
    live_url: str,
    watchers: int,
    reading: int,
) -> Iterator[Figure]:
    watch = _Watchers(site.address + live_url, watchers)
    event_s, update_s, store_s = [], [], []
    for place in range(GRADES):
        answer = {
            "item": "modic",
            "disc_level": "L4/L5",
            "score": place % 4,
            "side": "",
            "not_gradable": False,
            "reason": "",
            "confidence": None,
            "comment": "",
            "base_revision": place,
            "answer_key": str(uuid.uuid4()),
            "answered_at": datetime.now(UTC).isoformat(),
        }
        began = time.perf_counter()
        reader.call("PUT", f"/api/v1/readings/{reading}/grades/", json.dumps(answer).encode())
        store_s.append(time.perf_counter() - began)
        event_s += [at - began for at in watch.next_event()]
        coordinator.call("GET", f"/api/v1/reader-studies/{number}/agreement/?item=modic")
        update_s.append(time.perf_counter() - began)
        time.sleep(0.05)
    watch.close()
    few = watchers == WATCHERS[0]
    suffix = "" if few else f"_{watchers}"
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    note = f"{GRADES} grades, {watchers} watchers; load average {load}"
    aim = 300 if few else 150
    yield Figure(f"store_grade_p50{suffix}", statistics.median(store_s) * 1000, "ms", note=note)
    yield Figure(f"grade_to_event_p95{suffix}", _p95(event_s) * 1000, "ms", aim=aim, note=note)
    yield Figure(f"grade_to_numbers_p95{suffix}", _p95(update_s) * 1000, "ms", aim=300, note=note)


class _Watchers:
    """Many event streams in one thread: a thread each would be measured too."""

    def __init__(self, address: str, count: int) -> None:
        host, _, path = address.removeprefix("http://").partition("/")
        name, _, port = host.partition(":")
        self._selector = selectors.DefaultSelector()
        self._heard: list[list[float]] = [[] for _ in range(count)]
        self._is_open, self._events = True, 0
        request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n\r\n"
        for number in range(count):
            connection = socket.create_connection((name, int(port)), timeout=60)
            connection.sendall(request.encode())
            self._selector.register(connection, selectors.EVENT_READ, number)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        time.sleep(3)

    def _listen(self) -> None:
        while self._is_open:
            for key, _ in self._selector.select(0.5):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                events = connection.recv(65536).count(b'data: {"topic')
                self._heard[key.data] += [time.perf_counter()] * events

    def next_event(self) -> list[float]:
        """When each of them heard the next event; waits for the last."""
        self._events += 1
        until = time.perf_counter() + 60
        while min(map(len, self._heard)) < self._events:
            assert time.perf_counter() < until, "a watcher has heard nothing for a minute"
            time.sleep(0.001)
        return [times[self._events - 1] for times in self._heard]

    def close(self) -> None:
        self._is_open = False
        self._thread.join(5)
        for key in list(self._selector.get_map().values()):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            connection.close()
        self._selector.close()


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]
