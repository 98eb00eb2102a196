"""Which presets there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from annotations.agreement import SignificanceTest
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.presets.deepspine import deepspine
from annotations.reporting.final_report.presets.gao import gao
from annotations.reporting.final_report.presets.won import won
from annotations.reporting.final_report.presets.yeh import yeh
from annotations.reporting.final_report.presets.yi import yi
from annotations.reporting.final_report.result import Section

Tests = tuple[tuple[str, SignificanceTest], ...]
Builder = Callable[[Analysis], tuple[Section, Tests]]


@dataclass(frozen=True)
class Preset:
    """name: in a list; build: its section and its tests, None for the standard report."""

    name: str
    build: Builder | None


PRESETS: Final[Mapping[str, Preset]] = {
    "standard": Preset("Standard report", None),
    "gao": Preset("Aided agreement by seniority, and its test (as Gao 2022)", gao),
    "won": Preset("Experts by models (as Won 2020)", won),
    "yeh": Preset("Readers by seniority against the model; features (as Yeh 2022)", yeh),
    "yi": Preset("FROC, precision and recall, F1 by centre (as Yi 2023)", yi),
    "deepspine": Preset("Each task and level, all classes (as DeepSPINE 2018)", deepspine),
}


def preset_of(code: str) -> Preset:
    """The preset of that code; KeyError if there is none."""
    return PRESETS[code]
