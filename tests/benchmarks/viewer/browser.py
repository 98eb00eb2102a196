"""Chromium for both viewers: the same flags and window, a fresh profile for each opening."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.viewer import ohif
from tests.e2e.conftest import FLAGS, ROOT, sign_in
from tests.site import RunningSite

PROBE: Final = Path(__file__).with_name("probe.js")
WINDOW: Final = {"width": 1440, "height": 900}
_CASES: Final = """
import json
from annotations.models import Reading
rows = Reading.objects.filter(
    enrolment__reader__username={reader!r}, case__reader_study__title__contains={title!r},
    reading_session__arm__label="Unaided",
).order_by("position").values_list("pk", "case__imaging_study__study_instance_uid")
print("CASES", json.dumps([list(row) for row in rows]))
"""


@dataclass(frozen=True)
class Case:
    """One exam: as a reading of `reader`, and as OHIF opens it."""

    ours: str
    ohif: str


def cases(site: RunningSite, title: str, reader: str = "reader") -> list[Case]:
    """Cases of a reader study, in the order of a reader."""
    said = site.manage("shell", "-c", _CASES.format(title=title, reader=reader))
    (line,) = [one for one in said.splitlines() if one.startswith("CASES ")]
    return [
        Case(f"{site.address}/readings/{reading}/", ohif.address(site, uid))
        for reading, uid in json.loads(line.removeprefix("CASES "))
    ]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the browser tests."""
    found = ROOT / "build" / "browser"
    path = os.environ.get("SPINESTUDY_BROWSER") or (found.read_text() if found.exists() else None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=FLAGS, executable_path=path)
        yield browser
        browser.close()


def signed_in(browser: Browser, site: RunningSite, username: str) -> Any:
    """The session of a person, to be handed to fresh profiles."""
    context = browser.new_context()
    sign_in(context.new_page(), site, username)
    state = context.storage_state()
    context.close()
    return state


@contextlib.contextmanager
def fresh_page(browser: Browser, session: Any) -> Iterator[Page]:
    """A page of a profile that has seen nothing but the sign-in, with the probe in it."""
    context = browser.new_context(storage_state=session, viewport=WINDOW)  # type: ignore[arg-type]
    context.add_init_script(path=PROBE)
    yield context.new_page()
    context.close()


def wait_for_ai(browser: Browser, site: RunningSite, exams: int) -> None:
    """A worker on the same cores would be measured too."""
    page = sign_in(browser.new_context().new_page(), site, "coordinator")
    page.goto(f"{site.address}/ai-runs/")
    page.wait_for_function(
        "(count) => document.querySelectorAll('tr[data-state=succeeded]').length >= count",
        arg=exams,
        timeout=900_000,
    )
    page.context.close()
