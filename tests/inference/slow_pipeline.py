"""A pipeline that does nothing, slowly: for tests of workers."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from inference.contract import ExamInput, PredictionOutput, Progress, StageClock


class Slow:
    """Sleeps for SLOW_S seconds in one stage, without a word."""

    name = "slow"
    version = "1"
    weights_sha256 = "5" * 64
    device = "cpu"
    metadata: Mapping[str, Any] = {}

    def run(self, exam: ExamInput, progress: Progress) -> PredictionOutput:
        clock = StageClock(progress)
        clock("sleep", 0.1, "sleeping")
        time.sleep(float(os.environ["SLOW_S"]))
        return PredictionOutput((), (), stage_seconds=clock.seconds())
