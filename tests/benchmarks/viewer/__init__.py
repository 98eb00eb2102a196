"""The reading room beside OHIF: one server, exam, browser and machine, by turns in one run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figure import Figure
from tests.benchmarks.viewer import browser, cases, exam, opening, scrolling
from tests.benchmarks.viewer.ohif import SiteWithOhif
from tests.e2e.exams import open_reader_study

EXAMS = 32
BENCH = "Thirty slices, SYNTHETIC"
DEMONSTRATION = "SYNTHETIC demonstration"


def measure() -> Iterator[Figure]:
    """All figures against one running site."""
    site = SiteWithOhif(exams=EXAMS)
    site.start(timeout_s=3600)
    try:
        with tempfile.TemporaryDirectory() as folder:
            exam.write(Path(folder))
            open_reader_study(site, Path(folder), BENCH)
        read = browser.cases(site, DEMONSTRATION)
        read_again = browser.cases(site, DEMONSTRATION, "reader-2")
        [thirty] = browser.cases(site, BENCH)
        with browser.chromium() as chromium:
            browser.wait_for_ai(chromium, site, EXAMS)
            people = {"ours": "reader", "again": "reader-2", "ohif": "coordinator"}
            sessions = {
                name: browser.signed_in(chromium, site, person) for name, person in people.items()
            }
            yield Figure("load_before", os.getloadavg()[0], "", note="of the machine, 1 min")
            yield from opening.figures(chromium, read, sessions)
            yield from scrolling.figures(chromium, thirty, sessions)
            yield from cases.figures(chromium, read, sessions["ours"])
            yield from cases.code_figures(chromium, read_again, sessions["again"])
            yield Figure("load_after", os.getloadavg()[0], "", note="of the machine, 1 min")
    finally:
        site.stop()
        site.remove()
