"""A training that is killed goes on and ends with the weights of an undisturbed one."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

pytest.importorskip("torch", reason="the worker's packages are not installed")

from tests.inference.training.tiny import INIT, TINY, tiny

pytestmark = pytest.mark.worker
ROOT = Path(__file__).resolve().parents[3]
CHANGES = ("exams=1", "segmenter_steps=10", "grader_steps=10")
SEED = 5


def start(out: Path, log: Path) -> subprocess.Popen[bytes]:
    """The command as a person starts it, with a checkpoint after every step."""
    changes = [word for change in (*TINY, *CHANGES) for word in ("--set", change)]
    command = [sys.executable, "manage.py", "train_pipeline", "lumbar_grading", "--coarse-test"]
    command += ["--processes", "1", "--seed", str(SEED), "--checkpoint-every", "0"]
    command += ["--device", "cpu", "--init", str(INIT)]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*command, *changes, "--out", str(out)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kill_once(process: subprocess.Popen[bytes], log: Path, words: str) -> None:
    """SIGKILL as soon as the log says so; the process must still be at work then."""
    deadline = time.monotonic() + 240
    while words not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL, log.read_text()


def test_a_run_killed_in_either_stage_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole, killed, log = (tmp_path / name for name in ("whole", "killed", "killed.log"))
    options = tiny(*CHANGES, seed=SEED, device="cpu", out=whole, stdout=StringIO())
    call_command("train_pipeline", "lumbar_grading", **options)

    kill_once(start(killed, log), log, "segmenter: step 4 of 10")
    assert not (killed / "weights.safetensors").exists()
    log.write_text("")
    kill_once(start(killed, log), log, "grader: step 4 of 10")
    assert "segmenter: goes on after step" in log.read_text()
    assert start(killed, log).wait(600) == 0, log.read_text()
    assert "grader: goes on after step" in log.read_text()

    assert sha256(killed / "weights.safetensors") == sha256(whole / "weights.safetensors")
    assert list(killed.rglob("*.draft")) == []
