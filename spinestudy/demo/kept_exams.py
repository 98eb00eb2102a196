"""Drawn exams, kept for the next start: drawing is most of what a first start takes.

Knows no Django, so that fresh processes can run it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path

from spinestudy.demo import synthetic_exam
from spinestudy.demo.synthetic_exam import SyntheticExam, draw_exam
from spinestudy.imaging import phantom


def drawn_exam(seed: int, folder: str, kept: str) -> SyntheticExam:
    """Write the exam of a seed below `folder`, from `kept` where it was drawn before.

    kept: a folder for exams, or "" to draw anew and keep nothing. Exams of another phantom (its
    code has changed) are never used.
    """
    if not kept:
        return draw_exam(seed, folder)
    home = Path(kept) / _drawn_by() / f"{seed:04d}"
    if not home.is_dir():
        _keep(seed, home)
    told = json.loads((home / "truth.json").read_text())
    for name in ("disc_centers_lps", "body_centers_lps"):
        told[name] = {level: tuple(point) for level, point in told[name].items()}
    truth = SyntheticExam(**told)
    shutil.copytree(home / truth.patient_id, Path(folder) / truth.patient_id)
    return truth


def _keep(seed: int, home: Path) -> None:
    """Draw beside, then rename: an exam is there whole or not at all."""
    home.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=home.parent, prefix=".drawing-"))
    try:
        exam = draw_exam(seed, str(beside))
        (beside / "truth.json").write_text(json.dumps(asdict(exam)))
        with contextlib.suppress(OSError):  # where another process was first
            beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@cache
def _drawn_by() -> str:
    """A hash of the code that draws."""
    code = sorted(Path(phantom.__path__[0]).glob("*.py"))
    total = hashlib.sha256()
    for file in (*code, Path(synthetic_exam.__file__)):
        total.update(file.read_bytes())
    return total.hexdigest()[:16]
