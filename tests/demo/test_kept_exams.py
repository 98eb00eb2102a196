"""Drawn exams are kept where a folder is given, and are those that would be drawn anew."""

from __future__ import annotations

from pathlib import Path

from spinestudy.demo.kept_exams import drawn_exam

SEED = 4


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_kept_exam_is_the_one_that_was_drawn(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for name in ("first", "second", "anew"):
        (tmp_path / name).mkdir()
    first = drawn_exam(SEED, str(tmp_path / "first"), str(kept))
    (drawn,) = kept.rglob("truth.json")
    times = {p: p.stat().st_mtime_ns for p in kept.rglob("*.dcm")}
    second = drawn_exam(SEED, str(tmp_path / "second"), str(kept))
    assert first == second
    assert drawn.is_file()
    assert times == {p: p.stat().st_mtime_ns for p in kept.rglob("*.dcm")}
    anew = drawn_exam(SEED, str(tmp_path / "anew"), "")
    assert anew == second
    assert files_of(tmp_path / "first")
    assert files_of(tmp_path / "first") == files_of(tmp_path / "second")
    assert files_of(tmp_path / "second") == files_of(tmp_path / "anew")
    assert list(kept.rglob(".drawing-*")) == []
