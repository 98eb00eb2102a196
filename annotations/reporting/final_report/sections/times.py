"""Reading times: work on a case by reader and arm, and its ratio between arms."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from annotations.agreement import (
    Estimate,
    MrmcResult,
    RatingsError,
    obuchowski_rockette,
    order_effect,
    time_ratio,
)
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number, refused
from annotations.reporting.final_report.ratings import FloatArray, IntArray
from annotations.reporting.final_report.result import Cell, Figure, Number, Section, Table, Text
from annotations.reporting.final_report.sections.design import pivotal_readings


@dataclass(frozen=True)
class Times:
    """seconds, position: (A, R, cases), NaN missing; patients: (cases,).

    n_implausible: readings whose work doesn't fit between the server's stamps, left out;
    n_without: submitted readings without a time above 0.
    """

    seconds: FloatArray
    position: FloatArray
    patients: IntArray
    n_implausible: int
    n_without: int


def times_of(analysis: Analysis) -> Times:
    """Times of submitted readings without repeats; the earliest session of an arm counts."""
    cases = {case.number: place for place, case in enumerate(analysis.data.cases)}
    keys = sorted({case.patient_key for case in analysis.data.cases})
    shape = len(analysis.arms), len(analysis.readers), len(cases)
    seconds, position = np.full(shape, np.nan), np.full(shape, np.nan)
    n_implausible = n_without = 0
    readings = sorted(pivotal_readings(analysis), key=lambda one: one.period, reverse=True)
    for one in readings:
        if one.is_repeat or not one.is_done:
            continue
        if one.time_plausible is False:
            n_implausible += 1
        elif one.active_s is None or one.active_s <= 0:
            n_without += 1
        else:
            where = (
                analysis.arms.index(one.arm),
                analysis.readers.index(one.reader),
                cases[one.case],
            )
            seconds[where], position[where] = one.active_s, one.position
    patients = np.array(
        [keys.index(case.patient_key) for case in analysis.data.cases], dtype=np.int64
    )
    return Times(seconds, position, patients, n_implausible, n_without)


def times_section(analysis: Analysis) -> Section:
    """Medians, ratios of geometric means, and the effect of the order."""
    title = "Reading times"
    times = times_of(analysis)
    if not np.isfinite(times.seconds).any():
        text = "No submitted reading has a plausible time above 0 s, so times can't be reported."
        return Section("times", title, (Text(text),))
    words = (
        "Work on a case in seconds, without idle, hidden and paused time and without loading. "
        f"Left out: {times.n_implausible} readings whose work doesn't fit between the server's "
        f"stamps, {times.n_without} submitted readings without a time."
    )
    blocks = (Text(words), medians_table(analysis, times), ratio_table(analysis, times))
    return Section(
        "times", title, (*blocks, order_table(analysis, times), _figure(analysis, times))
    )


def _median(values: FloatArray) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "none"
    low, middle, high = np.percentile(known, [25, 50, 75])
    return f"{middle:.1f} ({low:.1f} to {high:.1f}), n = {len(known)}"


def medians_table(analysis: Analysis, times: Times) -> Table:
    """Median and quartiles."""
    rows = tuple(
        (code, *(_median(arm[reader]) for arm in times.seconds))
        for reader, code in enumerate(analysis.readers)
    )
    rows += (("all", *(_median(arm) for arm in times.seconds)),)
    return Table(
        "times",
        "Seconds a case: median (quartiles)",
        ("Reader", *analysis.arms),
        rows,
        "exploratory",
    )


def _exp(estimate: Estimate) -> Number:
    """A difference of logarithms as a ratio."""
    cell = number(estimate)

    def power(value: float | None) -> float | None:
        return None if value is None else float(np.exp(value))

    return replace(
        cell, value=power(cell.value), low=power(cell.low), high=power(cell.high), se=None
    )


def ratio_table(analysis: Analysis, times: Times) -> Table:
    """Ratio of geometric means: for readers like these, and for these readers."""
    rows: list[tuple[Cell, ...]] = []
    result: MrmcResult | None = None
    reason: Number | None = None
    try:
        result = obuchowski_rockette(
            figure="log_time", ratings=times.seconds, cluster=times.patients, design="partial"
        )
    except RatingsError as error:
        reason = number(refused(error, "time ratio"))
    n = len(analysis.readers)
    for one, two in analysis.comparisons:
        fixed = time_ratio(
            times.seconds[two].ravel(),
            times.seconds[one].ravel(),
            cluster=np.tile(times.patients, n),
        )
        random: Cell = reason if result is None else _exp(result.difference(one, two))
        rows.append((f"{analysis.arms[one]} / {analysis.arms[two]}", random, number(fixed.ratio)))
    return Table(
        "time-ratio",
        "Ratio of geometric mean times; below 1 is faster",
        ("Arms", "Readers and cases random", "These readers, patients as units"),
        tuple(rows),
        "exploratory",
        "The first is the analysis of several readers and cases on the logarithm of time.",
    )


def order_table(analysis: Analysis, times: Times) -> Table:
    """Slope of log time by place in the order."""
    readers = np.repeat(np.arange(len(analysis.readers)), len(times.patients))
    patients = np.tile(times.patients, len(analysis.readers))
    rows: list[tuple[Cell, ...]] = []
    for arm, label in enumerate(analysis.arms):
        slope = order_effect(
            np.log(times.seconds[arm].ravel()),
            times.position[arm].ravel(),
            reader=readers,
            cluster=patients,
        )
        rows.append((label, number(slope)))
    return Table(
        "order-effect",
        "Change of log time with each case read",
        ("Arm", "Slope"),
        tuple(rows),
        "exploratory",
        "Within readers; below 0 they become faster.",
    )


def _figure(analysis: Analysis, times: Times) -> Figure:
    lines = []
    for reader, code in enumerate(analysis.data.readers):
        means = []
        for arm in times.seconds:
            known = arm[reader][np.isfinite(arm[reader])]
            means.append(float(np.exp(np.mean(np.log(known)))) if len(known) else None)
        lines.append({"name": code.code, "group": code.seniority, "values": means})
    return Figure(
        "time-slopes",
        "Geometric mean seconds a case, reader by reader",
        "slopes",
        {"arms": list(analysis.arms), "y_label": "seconds", "lines": lines, "mean": None},
        "exploratory",
    )
