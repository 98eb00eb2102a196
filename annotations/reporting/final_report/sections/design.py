"""Design, flow of cases and readings, readers, case mix."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.data import ItemFacts
from annotations.reporting.final_report.numbers import share_text
from annotations.reporting.final_report.ratings import DONE, MISSING
from annotations.reporting.final_report.result import Cell, Figure, Section, Table, Text
from annotations.reporting.readings_table import GradeRow
from annotations.vocabulary.own import OWN_SOURCE


@dataclass(frozen=True)
class ReadingFacts:
    """One pivotal reading, gathered from its rows."""

    case: str
    reader: str
    arm: str
    period: int
    position: int
    is_repeat: bool
    status: str
    active_s: float | None
    time_plausible: bool | None
    submitted_at: str

    @property
    def is_done(self) -> bool:
        """Whether it was submitted."""
        return self.status in DONE


def pivotal_readings(analysis: Analysis) -> list[ReadingFacts]:
    """Every pivotal reading once, in the order of the rows."""
    found: dict[tuple[str, str, str, int, bool], ReadingFacts] = {}
    for row in analysis.data.rows:
        if row.phase == "pivotal":
            key = row.case, row.reader, row.arm, row.period, row.is_repeat
            if key not in found:
                found[key] = _reading(row)
    return list(found.values())


def _reading(row: GradeRow) -> ReadingFacts:
    return ReadingFacts(
        row.case,
        row.reader,
        row.arm,
        row.period,
        row.case_position,
        row.is_repeat,
        row.reading_status,
        row.active_s,
        row.time_plausible,
        row.reading_submitted_at_utc,
    )


def _item_words(item: ItemFacts) -> str:
    return f"{item.name} ({item.source})" if item.source == OWN_SOURCE else item.name


def design_section(analysis: Analysis) -> Section:
    """What was planned, and how far cases and readings came."""
    data, body = analysis.data, analysis.data.protocol
    repeats = body.get("repeat_fraction") or 0
    facts: list[tuple[Cell, ...]] = [
        ("Design", data.design_words),
        ("Arms", "; ".join(_arm_words(analysis))),
        ("Readers", len(data.readers)),
        ("Cases", f"{len(data.cases)} of {len({c.patient_key for c in data.cases})} patients"),
        ("Items", "; ".join(map(_item_words, data.items))),
        ("Washout", f"{body['washout_days']} days" if body.get("washout_days") else "none"),
        ("Hidden repeats", f"share {repeats:g} of each block" if repeats else "none"),
        ("Case order", f"drawn from seed {data.seed} by SHA-256, apart for each reader"),
        ("Planned looks", _looks(body.get("planned_looks") or ())),
        ("Adjudication", _adjudication(analysis)),
    ]
    table = Table("design", "Design", ("", "As in the protocol"), tuple(facts))
    blocks = (Text(data.description),) if data.description.strip() else ()
    return Section(
        "design", "Design and flow", (*blocks, table, flow_table(analysis), _flow(analysis))
    )


def _arm_words(analysis: Analysis) -> list[str]:
    return [
        f"{arm.label} ({'shows ' + arm.pipeline if arm.shows_ai else 'without AI'})"
        for arm in analysis.data.arms
    ]


def _adjudication(analysis: Analysis) -> str:
    kind = str(analysis.data.protocol.get("adjudication", {}).get("kind", "")).replace("_", " ")
    return f"{kind}; {analysis.data.n_adjudicated} cells were decided"


def _looks(shares: object) -> str:
    listed = list(shares) if isinstance(shares, list | tuple) else []
    return ", ".join(f"at {share:g} of the readings" for share in listed) or "none"


def flow_table(analysis: Analysis) -> Table:
    """Assigned and submitted readings, and cells, by arm."""
    readings = pivotal_readings(analysis)
    rows: list[tuple[Cell, ...]] = []
    for arm in analysis.arms:
        own = [one for one in readings if one.arm == arm and not one.is_repeat]
        repeats = [one for one in readings if one.arm == arm and one.is_repeat]
        done = [one for one in own if one.is_done]
        cells = [
            row
            for row in analysis.data.rows
            if row.phase == "pivotal"
            and row.arm == arm
            and not row.is_repeat
            and row.asked
            and row.reading_status in DONE
        ]
        graded = sum(row.score is not None for row in cells)
        rows.append(
            (
                arm,
                len(own),
                share_text(len(done), len(own)),
                f"{sum(one.is_done for one in repeats)} of {len(repeats)}",
                len(cells),
                share_text(graded, len(cells)),
                sum(row.not_gradable for row in cells),
            )
        )
    heads = (
        "Arm",
        "Readings assigned",
        "Submitted",
        "Repeats submitted",
        "Cells asked",
        "Graded",
        "Not gradable",
    )
    note = "Cells: item x level x side, of submitted readings without repeats."
    return Table("flow", "Flow of readings", heads, tuple(rows), "descriptive", note)


def _flow(analysis: Analysis) -> Figure:
    data = analysis.data
    table = flow_table(analysis)
    top = [
        f"{len(data.cases)} cases of {len({case.patient_key for case in data.cases})} patients",
        f"{len(data.readers)} readers, {len(data.items)} items",
    ]
    arms = [
        [
            str(row[0]),
            f"{row[1]} readings assigned",
            f"{row[2]} submitted",
            f"{row[4]} cells asked",
            f"{row[5]} graded",
            f"{row[6]} not gradable",
        ]
        for row in table.rows
    ]
    return Figure("flow-diagram", "Flow diagram", "flow", {"top": top, "arms": arms})


def readers_section(analysis: Analysis) -> Section:
    """Readers: seniority, limits, readings."""
    readings = pivotal_readings(analysis)
    rows: list[tuple[Cell, ...]] = []
    for reader in analysis.data.readers:
        own = [one for one in readings if one.reader == reader.code]
        times = [one.submitted_at for one in own if one.submitted_at]
        rows.append(
            (
                reader.code,
                reader.seniority or "not said",
                reader.case_limit if reader.case_limit is not None else "all cases",
                len(own),
                sum(one.is_done for one in own),
                len({(one.arm, one.period) for one in own}),
                min(times)[:10] if times else "",
                max(times)[:10] if times else "",
            )
        )
    heads = (
        "Reader",
        "Seniority",
        "Limit",
        "Readings",
        "Submitted",
        "Sessions",
        "First submitted",
        "Last submitted",
    )
    note = "Years of experience and training aren't recorded here: add them to the manuscript."
    table = Table("readers", "Readers", heads, tuple(rows), "descriptive", note)
    return Section("readers", "Readers", (table,))


def cases_section(analysis: Analysis) -> Section:
    """Case mix: where cases come from, and how often each grade was given."""
    data = analysis.data
    centres = Counter(case.centre or "not said" for case in data.cases)
    years = Counter(case.year or "not said" for case in data.cases)
    mix: list[tuple[Cell, ...]] = [
        (f"cohort {name}", share_text(count, len(data.cases)))
        for name, count in sorted(centres.items())
    ]
    mix += [
        (f"year {name}", share_text(count, len(data.cases)))
        for name, count in sorted(years.items())
    ]
    synthetic = sum(case.is_synthetic for case in data.cases)
    mix.append(("SYNTHETIC exams", share_text(synthetic, len(data.cases))))
    tables = (
        Table("case-mix", "Where the cases come from", ("", "Cases"), tuple(mix)),
        prevalence_table(analysis),
    )
    words = (
        "All cases are SYNTHETIC; nothing here says anything about patients."
        if synthetic and synthetic == len(data.cases)
        else f"{synthetic} of the cases are SYNTHETIC."
        if synthetic
        else "Sex and age aren't kept with the exams: add them to the manuscript."
    )
    return Section("cases", "Case mix", (Text(words), *tables))


def prevalence_table(analysis: Analysis) -> Table:
    """How often each grade is the reference, and how often it was given in each arm."""
    rows: list[tuple[Cell, ...]] = []
    for rated in analysis.ratings.values():
        known = int((rated.reference != MISSING).sum())
        for place, score in enumerate(rated.item.scores):
            counts = [int((codes == place).sum()) for codes in rated.codes]
            totals = [int((codes != MISSING).sum()) for codes in rated.codes]
            rows.append(
                (
                    rated.item.name,
                    f"{score} {rated.item.labels[place]}",
                    share_text(int(np.sum(rated.reference == place)), known) if known else "none",
                    *(share_text(one, all_) for one, all_ in zip(counts, totals, strict=True)),
                )
            )
    heads = ("Item", "Grade", "Reference", *analysis.arms)
    note = "Reference: cells. Arms: answers of all readers together."
    return Table(
        "prevalence", "How often each grade occurs", heads, tuple(rows), "descriptive", note
    )
