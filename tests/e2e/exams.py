"""Bring exams into the running site and open a reader study over them, as its commands do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.site import RunningSite

_OPEN = """
import json, sys
from django.conf import settings
from django.contrib.auth.models import User
from annotations.services.reader_studies import (
    UNAIDED, ArmDesign, ReadingProtocol, create_reader_study)
from annotations.tasks import request_opening
from annotations.models import Reading
from spinestudy.imaging.models import Cohort
given = json.loads({given!r})
coordinator = User.objects.get(username="coordinator")
cohort = Cohort.objects.get(name=given["cohort"])
exams = list(cohort.imaging_studies.order_by("patient__patient_id")[: given["cases"]])
reader_study = create_reader_study(
    actor=coordinator, title=given["title"], seed=1, imaging_studies=exams,
    readers=[User.objects.get(username=name) for name in given["readers"]],
    finding_codes=given["items"],
    arms=[ArmDesign("AI-aided", settings.DEFAULT_PIPELINE) if given["aided"] else UNAIDED],
    protocol=ReadingProtocol(**given["protocol"]),
)
request_opening(reader_study_id=reader_study.pk, actor=coordinator)
readings = Reading.objects.filter(case__reader_study=reader_study,
    enrolment__reader__username=given["readers"][0]).order_by("case__imaging_study__patient__patient_id")
print("READINGS", json.dumps([reading.pk for reading in readings]))
"""


def open_reader_study(
    site: RunningSite,
    folder: Path,
    title: str,
    *,
    readers: Sequence[str] = ("reader",),
    items: Sequence[str] = ("modic",),
    **protocol: Any,
) -> list[int]:
    """Import a folder as a cohort of that name and open it to the readers.

    Returns the readings of the first reader, in the order of patient IDs.
    """
    site.manage("import_dicom", str(folder), "--cohort", title)
    return open_over_cohort(
        site, title, title, cases=None, readers=readers, items=items, **protocol
    )


def open_over_cohort(
    site: RunningSite,
    cohort: str,
    title: str,
    *,
    cases: int | None = None,
    readers: Sequence[str] = ("reader",),
    items: Sequence[str] = ("modic",),
    aided: bool = False,
    **protocol: Any,
) -> list[int]:
    """Open exams that are there already; the first `cases` of the cohort, or all."""
    given = json.dumps(
        {
            "title": title,
            "cohort": cohort,
            "cases": cases,
            "readers": list(readers),
            "items": list(items),
            "aided": aided,
            "protocol": protocol,
        }
    )
    said = site.manage("shell", "-c", _OPEN.format(given=given))
    (line,) = [one for one in said.splitlines() if one.startswith("READINGS")]
    return [int(number) for number in json.loads(line.removeprefix("READINGS "))]


def open_reading(page: Page, site: RunningSite, reading: int) -> None:
    """Go to a reading and wait until all its slices are there."""
    page.goto(f"{site.address}/readings/{reading}/")
    page.wait_for_function("() => document.body?.dataset.ready === 'all-loaded'", timeout=60_000)


_OPEN_DEMO = """
import json
from django.conf import settings
from django.contrib.auth.models import User
from annotations.models import LevelMark, Reading, ReaderStudy
from annotations.services.level_marks import Mark, mark_case_levels
from annotations.services.reader_studies import (
    UNAIDED, ArmDesign, ReadingProtocol, create_reader_study)
from annotations.tasks import request_opening
from annotations.vocabulary import SEGMENTS, TOOLS
given = json.loads({given!r})
coordinator = User.objects.get(username="coordinator")
demo = ReaderStudy.objects.get(title="Lumbar degeneration, SYNTHETIC demonstration")
cases = list(demo.cases.order_by("imaging_study__patient__patient_id"))[-given["cases"]:]
reader = User.objects.get(username=given["reader"])
arm = ArmDesign("AI-aided", settings.DEFAULT_PIPELINE) if given["aided"] else UNAIDED
reader_study = create_reader_study(
    actor=coordinator, title=given["title"], seed=1, readers=[reader], arms=[arm],
    imaging_studies=[case.imaging_study for case in cases],
    finding_codes=["central_canal_stenosis", "pfirrmann", "modic"],
    protocol=ReadingProtocol(tools=tuple(TOOLS), segments=tuple(SEGMENTS), **given["protocol"]),
)
for case in reader_study.cases.all():
    known = LevelMark.objects.filter(
        case__reader_study=demo, case__imaging_study=case.imaging_study, reading=None)
    marks = [Mark(one.kind, one.level, tuple(one.position_lps)) for one in known]
    mark_case_levels(case=case, marks=marks, actor=coordinator)
request_opening(reader_study_id=reader_study.pk, actor=coordinator)
readings = Reading.objects.filter(case__reader_study=reader_study).order_by("position")
print("READINGS", json.dumps([reading.pk for reading in readings]))
"""


def open_over_phantoms(
    site: RunningSite,
    title: str,
    *,
    reader: str = "reader",
    cases: int = 2,
    aided: bool = False,
    **protocol: Any,
) -> list[int]:
    """A reader study of one arm over the last phantoms of the demonstration, levels marked.

    Returns the readings in the order in which they are read.
    """
    given = {
        "title": title,
        "reader": reader,
        "cases": cases,
        "aided": aided,
        "protocol": protocol,
    }
    said = site.manage("shell", "-c", _OPEN_DEMO.format(given=json.dumps(given)))
    (line,) = [one for one in said.splitlines() if one.startswith("READINGS")]
    return [int(number) for number in json.loads(line.removeprefix("READINGS "))]
