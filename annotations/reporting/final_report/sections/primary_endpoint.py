"""The primary endpoint: figure of merit by arm, difference, the one test, components, readers."""

from __future__ import annotations

from annotations.design.protocol import READER_PAIRS
from annotations.reporting.final_report.analysis import Analysis, EndpointFacts
from annotations.reporting.final_report.numbers import interval_text, number, p_cell
from annotations.reporting.final_report.primary import Primary
from annotations.reporting.final_report.result import Block, Cell, Figure, Section, Table, Text


def primary_section(analysis: Analysis, primary: Primary | None) -> Section:
    """The section; it says so where the protocol names no endpoint."""
    if primary is None or analysis.endpoint is None:
        text = (
            "The protocol names no primary endpoint. Nothing in this report is a confirmatory "
            "result; all of it is exploratory."
        )
        return Section("primary", "Primary endpoint", (Text(text),))
    blocks: list[Block] = [
        Text(_definition(analysis, analysis.endpoint, primary)),
        _arms(analysis, primary),
    ]
    blocks += [_test(analysis, primary), _components(primary)]
    blocks.insert(1, Text(_result(analysis, primary)))
    if primary.kind == "reference":
        blocks.insert(1, Text(_reference_words(analysis)))
    return Section("primary", "Primary endpoint", tuple(blocks))


def _definition(analysis: Analysis, endpoint: EndpointFacts, primary: Primary) -> str:
    item = analysis.focus.item
    weights = "unweighted" if primary.weights == "nominal" else f"{primary.weights} weights"
    words = (
        f"{item.name}: Cohen's kappa, {weights}, K = {item.n_categories} categories of the scale, "
        f"{READER_PAIRS[endpoint.reader_pairs]}; fixed in the protocol. {primary.speaks_of}"
    )
    if primary.kind == "pairs":
        words += f" {primary.n_pairs} pairs of readers."
        if primary.n_pairs_apart:
            words += (
                f" {primary.n_pairs_apart} further pairs have no cell in common in some arm and "
                "can't have a kappa; they are left out of all arms."
            )
    return words


def _result(analysis: Analysis, primary: Primary) -> str:
    """The result in one sentence; its p stands in the table of the test alone."""
    arms = "; ".join(
        f"{label} {interval_text(number(one))}"
        for label, one in zip(analysis.arms, primary.arms, strict=True)
    )
    gaps = "; ".join(
        f"{analysis.difference_words(pair)} {interval_text(number(one))}"
        for pair, one in zip(primary.comparisons, primary.differences, strict=True)
    )
    return f"Kappa (95 % interval): {arms}{'; difference: ' + gaps if gaps else ''}."


def _reference_words(analysis: Analysis) -> str:
    if not analysis.focus.has_reference:
        return "There is no reference for this item, so the endpoint can't be estimated."
    used = {
        one.provenance
        for key, one in analysis.data.references.items()
        if key.item == analysis.focus.item.code
    }
    words = f"Where the reference comes from: {', '.join(sorted(used))}."
    if "majority of readers" in used:
        words += (
            " A majority of the same readers holds part of their own answers, which raises their "
            "agreement with it."
        )
    return words


def _arms(analysis: Analysis, primary: Primary) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (analysis.arms[arm], number(one)) for arm, one in enumerate(primary.arms)
    ]
    rows += [
        (analysis.difference_words(pair), number(one))
        for pair, one in zip(primary.comparisons, primary.differences, strict=True)
    ]
    return Table(
        "primary-arms",
        f"Primary endpoint by arm: {primary.figure}",
        ("Arm", "Kappa"),
        tuple(rows),
        "primary",
        "95 % intervals. n: cells that count; patients are the units of the intervals."
        + (f" Design: {primary.design}." if primary.design else ""),
    )


def _test(analysis: Analysis, primary: Primary) -> Table:
    test = primary.test
    row: tuple[Cell, ...] = (
        "all arms equal",
        test.distribution,
        test.statistic,
        test.df,
        test.df2,
        p_cell(test),
    )
    return Table(
        "primary-test",
        "The test of the primary endpoint",
        ("Hypothesis", "Distribution", "Statistic", "df", "df2", "p"),
        (row,),
        "primary",
        f"Two-sided; {test.method}. This is the only p value of a primary hypothesis.",
    )


def _components(primary: Primary) -> Table:
    return Table(
        "primary-components",
        "Variance components of the primary analysis",
        ("Component", "Value", "Why not"),
        tuple((one.name, one.value, one.reason) for one in primary.components),
        "descriptive",
        "Components are shown as estimated, also below 0.",
    )


def reader_section(analysis: Analysis, primary: Primary | None) -> Section:
    """Each reader by arm, with paired slopes."""
    title = "Readers one by one"
    if primary is None:
        text = "The protocol names no primary endpoint, so there is no figure of merit by reader."
        return Section("per-reader", title, (Text(text),))
    words = (
        "Each reader's kappa with the reference."
        if primary.kind == "reference"
        else "Each reader's mean kappa with the other readers of the endpoint's pairs."
    )
    heads = ("Reader", "Seniority", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in primary.comparisons)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            reader.code,
            reader.seniority or "not said",
            *(number(arm[place]) for arm in primary.readers),
            *(number(gap[place]) for gap in primary.reader_differences),
        )
        for place, reader in enumerate(analysis.data.readers)
    )
    table = Table("per-reader", "Figure of merit of each reader", heads, rows, "exploratory", words)
    figure = Figure(
        "slopes",
        "Readers from arm to arm",
        "slopes",
        {
            "arms": list(analysis.arms),
            "y_label": "kappa",
            "lines": [
                {
                    "name": reader.code,
                    "group": reader.seniority,
                    "values": [arm[place].value for arm in primary.readers],
                }
                for place, reader in enumerate(analysis.data.readers)
            ],
            "mean": [one.value for one in primary.arms],
        },
        "exploratory",
        "One line a reader; the thick line is the figure of merit of the arm.",
    )
    return Section("per-reader", title, (table, figure) if len(analysis.arms) > 1 else (table,))
