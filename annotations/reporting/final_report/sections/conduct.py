"""How it went: deviations, missing values, multiplicity, hashes and software."""

from __future__ import annotations

from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import share_text
from annotations.reporting.final_report.ratings import DONE
from annotations.reporting.final_report.result import Cell, PValue, Section, Table, Text
from annotations.reporting.final_report.sections.design import pivotal_readings

KINDS = {
    "schedule": "schedule amended",
    "washout": "washout cut short",
    "look": "look at the arms apart",
    "late": "submitted late",
    "time": "implausible time",
    "unread": "reading not submitted",
    "withdrawn": "reading closed with its reader's withdrawal",
}


def moment(utc: str) -> str:
    """A time to the second, as people write it."""
    return utc[:19].replace("T", " ")


def deviations_section(analysis: Analysis) -> Section:
    """Amendments, locks, looks, washouts cut short, late and unread readings."""
    data = analysis.data
    amendments = tuple(
        (
            one.version,
            moment(one.written_at_utc),
            one.reason or "the design",
            "; ".join(one.changes),
            one.sha256,
        )
        for one in data.amendments
    )
    locks = tuple(
        (
            one.number,
            moment(one.confirmed_at_utc),
            one.reason,
            f"lifted {moment(one.ended_at_utc)}: {one.ended_reason}"
            if one.ended_at_utc
            else "in force",
            one.content_sha256,
        )
        for one in data.locks
    )
    listed = tuple(
        (KINDS.get(one.kind, one.kind), one.what, moment(one.when_utc), one.reason)
        for one in data.deviations
    )
    blocks = (
        Table(
            "amendments",
            "Versions of the protocol",
            ("Version", "Written (UTC)", "Reason", "Changes", "SHA-256"),
            amendments,
        ),
        Table(
            "locks",
            "Data locks",
            ("Lock", "Confirmed (UTC)", "Reason", "State", "SHA-256"),
            locks,
        ),
        Table(
            "deviations",
            "Deviations from the protocol",
            ("Kind", "What", "When (UTC)", "Reason"),
            listed,
        )
        if listed
        else Text(
            "No deviation was recorded: the schedule wasn't amended, no washout was cut short, no "
            "look was opened, every reading was submitted in time and with a plausible time."
        ),
    )
    return Section("deviations", "Amendments, locks and deviations", blocks)


def missing_section(analysis: Analysis) -> Section:
    """What lacks, by reader and arm, and by item."""
    readings = pivotal_readings(analysis)
    rows: list[tuple[Cell, ...]] = []
    for arm in analysis.arms:
        for reader in analysis.readers:
            own = [one for one in readings if (one.arm, one.reader) == (arm, reader)]
            first = [one for one in own if not one.is_repeat]
            cells = [
                row
                for row in analysis.data.rows
                if row.arm == arm
                and row.reader == reader
                and row.phase == "pivotal"
                and not row.is_repeat
                and row.asked
                and row.reading_status in DONE
            ]
            not_gradable = sum(row.not_gradable for row in cells)
            empty = sum(row.score is None and not row.not_gradable for row in cells)
            rows.append(
                (
                    arm,
                    reader,
                    f"{sum(one.is_done for one in first)} of {len(first)}",
                    len(cells),
                    share_text(not_gradable, len(cells)),
                    share_text(empty, len(cells)),
                )
            )
    items: list[tuple[Cell, ...]] = []
    for rated in analysis.ratings.values():
        asked = int(rated.asked.sum())
        none = int(rated.not_gradable.sum())
        graded = int((rated.codes >= 0).sum())
        items.append(
            (
                rated.item.name,
                asked,
                share_text(none, asked),
                share_text(asked - none - graded, asked),
                share_text(int((rated.reference >= 0).sum()), len(rated.cells)),
            )
        )
    words = (
        "Nothing was imputed. Cells without a grade are left out of pairs of readers; the analysis "
        "of several readers and cases leaves out cells that one reader lacks, unless it says "
        "otherwise. Not gradable counts as missing. Readings that weren't submitted count nowhere."
    )
    return Section(
        "missing",
        "Missing values",
        (
            Text(words),
            Table(
                "missing-readers",
                "By arm and reader",
                ("Arm", "Reader", "Readings submitted", "Cells asked", "Not gradable", "Empty"),
                tuple(rows),
            ),
            Table(
                "missing-items",
                "By item",
                ("Item", "Cells asked", "Not gradable", "Empty", "Cells with a reference"),
                tuple(items),
            ),
        ),
    )


def multiplicity_section(
    tests: tuple[tuple[str, PValue, PValue], ...],
    names: str,
    n_looks: int,
    final_level: float,
) -> Section:
    """The family of secondary tests; tests: (hypothesis, p, adjusted p), in order of rank."""
    title = "Several tests"
    words = (
        "The primary endpoint has one test. The protocol names no secondary endpoints; results "
        "marked exploratory have intervals and no p."
    )
    if n_looks:
        words += (
            f" The arms were looked at apart {n_looks} times before the data were locked. By "
            "spending of O'Brien and Fleming's kind (Lan and DeMets 1983) the primary test rejects "
            f"at p < {final_level:.4f}; intervals aren't adjusted for the looks."
        )
    if not tests:
        return Section("multiplicity", title, (Text(words),))
    words += (
        f" The preset ({names}) brings its own tests. They were chosen after the data were locked "
        "and are adjusted together by Holm's method."
    )
    rows = tuple(
        (
            hypothesis,
            f"secondary (Holm rank {rank})" if p.value is not None else "not tested",
            adjusted,
        )
        for rank, (hypothesis, p, adjusted) in enumerate(tests, start=1)
    )
    table = Table(
        "multiplicity",
        "Secondary tests",
        ("Hypothesis", "Rank", "p, adjusted by Holm"),
        rows,
        "secondary",
        "Two-sided. Holm 1979.",
    )
    return Section("multiplicity", title, (Text(words), table))


def identity_section(analysis: Analysis) -> Section:
    """Hashes, seeds and versions: what is needed to make this report again."""
    one, data = analysis.data.identity, analysis.data
    lock = next((lock for lock in data.locks if not lock.ended_at_utc), None)
    rows: list[tuple[Cell, ...]] = [
        ("Protocol, SHA-256", one.protocol_sha256),
        ("Schedule, SHA-256", one.schedule_sha256),
        ("Locked data, SHA-256", one.data_sha256),
        ("Head of the audit record at the lock", one.audit_head),
        ("Locked (UTC)", moment(lock.confirmed_at_utc) if lock else "not locked"),
        (f"Reference ({one.n_references} cells), SHA-256", one.reference_sha256),
        (f"Output of AI ({one.n_predictions} exams), SHA-256", one.ai_sha256),
        ("Seed of the case order", str(data.seed)),
        ("Seed of this report", str(data.report_seed)),
        ("Preset", data.preset),
    ]
    rows += [
        (f"Weights of {name}, SHA-256", value)
        for name, value in sorted(data.weights_sha256.items())
    ]
    software = tuple((name, version) for name, version in sorted(data.software.items()))
    words = (
        "Made again from the same locked data, reference and output of AI, with the same seed and "
        "software, every file of this report has the same bytes."
    )
    return Section(
        "identity",
        "Hashes, seeds and software",
        (
            Text(words),
            Table("hashes", "Hashes and seeds", ("", "Value"), tuple(rows)),
            Table("software", "Software", ("Program", "Version"), software),
        ),
    )
