"""From the data of a reader study to its report."""

from __future__ import annotations

from annotations.agreement import SignificanceTest, adjust_p
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.checklists import checklists_section
from annotations.reporting.final_report.data import ReportData
from annotations.reporting.final_report.numbers import p_cell
from annotations.reporting.final_report.presets import preset_of
from annotations.reporting.final_report.primary import primary_of
from annotations.reporting.final_report.result import PValue, Report, Section
from annotations.reporting.final_report.sections.accuracy import accuracy_section
from annotations.reporting.final_report.sections.agreement import (
    agreement_section,
    intra_section,
    seniority_section,
)
from annotations.reporting.final_report.sections.calibration import calibration_section
from annotations.reporting.final_report.sections.conduct import (
    deviations_section,
    identity_section,
    missing_section,
    multiplicity_section,
)
from annotations.reporting.final_report.sections.design import (
    cases_section,
    design_section,
    readers_section,
)
from annotations.reporting.final_report.sections.detection import detection_section
from annotations.reporting.final_report.sections.methods import methods_section
from annotations.reporting.final_report.sections.primary_endpoint import (
    primary_section,
    reader_section,
)
from annotations.reporting.final_report.sections.reliance import (
    confidence_section,
    switches_section,
)
from annotations.reporting.final_report.sections.sensitivity import sensitivity_section
from annotations.reporting.final_report.sections.times import times_section


def build_report(data: ReportData) -> Report:
    """Every section in order; the same data give the same report.

    A section without data says why instead of lacking.
    """
    analysis = Analysis(data)
    primary = primary_of(analysis)
    preset = preset_of(data.preset)
    own: tuple[Section, ...] = ()
    tests: tuple[tuple[str, SignificanceTest], ...] = ()
    if preset.build is not None:
        section, tests = preset.build(analysis)
        own = (section,)
    n_looks = sum(one.kind == "look" for one in data.deviations)
    sections = (
        design_section(analysis),
        readers_section(analysis),
        cases_section(analysis),
        primary_section(analysis, primary),
        reader_section(analysis, primary),
        *own,
        agreement_section(analysis),
        seniority_section(analysis),
        intra_section(analysis),
        accuracy_section(analysis),
        detection_section(analysis),
        switches_section(analysis),
        times_section(analysis),
        confidence_section(analysis),
        calibration_section(analysis),
        sensitivity_section(analysis, primary),
        multiplicity_section(ranked(tests), preset.name, n_looks, data.final_level),
        deviations_section(analysis),
        missing_section(analysis),
        methods_section(analysis, primary),
        identity_section(analysis),
    )
    report = Report(data.title, f"Final report: {preset.name}", sections, _facts(data))
    checklists = checklists_section(report.keys())
    return Report(report.title, report.subtitle, (*sections, checklists), report.facts)


def _facts(data: ReportData) -> dict[str, str]:
    return {
        "data": data.identity.data_sha256,
        "protocol": data.identity.protocol_sha256,
        "seed": str(data.report_seed),
        "preset": data.preset,
    }


def ranked(
    tests: tuple[tuple[str, SignificanceTest], ...],
) -> tuple[tuple[str, PValue, PValue], ...]:
    """Hypotheses with p and Holm's p, the smallest first; those that couldn't be tested last."""
    tested = [(name, test) for name, test in tests if test.p is not None]
    values = [test.p for _, test in tested if test.p is not None]
    adjusted = adjust_p(values).tolist() if values else []
    found = [
        (name, p_cell(test), PValue(float(p)))
        for (name, test), p in zip(tested, adjusted, strict=True)
    ]
    found.sort(key=lambda one: (one[1].value or 0.0, one[0]))
    rest = [(name, p_cell(test), p_cell(test)) for name, test in tests if test.p is None]
    return (*found, *rest)
