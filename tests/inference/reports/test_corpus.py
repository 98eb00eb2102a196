"""What share of labels is right on reports that others have written."""

from __future__ import annotations

import json
import time
from pathlib import Path

from inference.reports import read_report
from tests.inference.reports.measured import CORPUS, markdown, measure

PAGE = Path(__file__).resolve().parents[3] / "docs/statistics/report-labels.md"
REACHED = 1083 / 1124
MARGIN = 0.01


def test_the_held_out_reports_are_read_as_well_as_is_said() -> None:
    found = measure(held_out=True)
    print(markdown(found))  # noqa: T201
    assert found.n_reports == 72
    assert found.share_right >= REACHED - MARGIN


def test_the_reports_that_were_looked_at_stay_right() -> None:
    found = measure(held_out=False)
    assert found.n_reports == 72
    assert found.share_right >= 0.99


def test_the_page_of_the_documents_holds_the_tables_of_today() -> None:
    assert markdown(measure(held_out=True)) in PAGE.read_text()


def test_a_report_takes_less_than_ten_milliseconds() -> None:
    texts = [json.loads(path.read_text())["text"] for path in CORPUS.glob("*.json")]
    for text in texts:
        read_report(text)

    def seconds() -> float:
        began = time.process_time()
        for text in texts:
            read_report(text)
        return time.process_time() - began

    assert min(seconds() for _ in range(3)) / len(texts) < 0.010
