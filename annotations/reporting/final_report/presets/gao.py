"""Agreement by seniority without and with AI, and whether AI changes it."""

from __future__ import annotations

from annotations.agreement import SignificanceTest, cohen_kappa, mean_of, p_value
from annotations.agreement.significance import f_test, no_test
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number
from annotations.reporting.final_report.primary import minus
from annotations.reporting.final_report.ratings import MISSING
from annotations.reporting.final_report.result import Cell, Section, Table, Text
from annotations.reporting.final_report.sections.agreement import GROUPS, seniority_estimates

TITLE = "Aided agreement by seniority"
SOURCE = "In the form of Gao et al., JOR Spine 2022 (Modic changes, junior with senior)."


def gao(analysis: Analysis) -> tuple[Section, tuple[tuple[str, SignificanceTest], ...]]:
    """Groups of pairs by arm with the change, its test, and each reader with AI."""
    if not analysis.group("junior") or not analysis.group("senior"):
        text = f"{SOURCE} It needs juniors and seniors; the protocol doesn't name both."
        return Section("preset", TITLE, (Text(text),)), ()
    rated = analysis.focus
    found = seniority_estimates(analysis, rated, analysis.focus_weights)
    rows: list[tuple[Cell, ...]] = []
    tests = []
    for name, words in (GROUPS[2], GROUPS[0], GROUPS[1]):
        gaps = [minus(found[name][one], found[name][two]) for one, two in analysis.comparisons]
        rows.append((words, *(number(one) for one in found[name]), *(number(gap) for gap in gaps)))
        for pair, gap in zip(analysis.comparisons, gaps, strict=True):
            hypothesis = f"{rated.item.name}, {words}: {analysis.difference_words(pair)} is 0"
            p = p_value(gap)
            if gap.value is None or gap.se is None or p is None:
                tests.append(
                    (hypothesis, no_test(hypothesis, str(gap.undefined), distribution="F"))
                )
                continue
            statistic = (gap.value / gap.se) ** 2
            tests.append((hypothesis, f_test(statistic, 1, gap.n_clusters - 1, method=hypothesis)))
    heads = ("Pairs", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in analysis.comparisons)
    main = Table(
        "preset-seniority",
        f"{rated.item.name}: kappa by seniority, without and with AI",
        heads,
        tuple(rows),
        "secondary",
        "Mean kappa over pairs, readers fixed, clustered by patient. Tests of the changes stand "
        "under Several tests.",
    )
    return Section("preset", TITLE, (Text(SOURCE), main, _with_ai(analysis))), tuple(tests)


def _with_ai(analysis: Analysis) -> Table:
    """Each reader with AI, in every arm; the means by seniority."""
    rated = analysis.focus
    pipelines = [
        one
        for one in analysis.pipelines()
        if (rated.ai.get(one, rated.reference * 0 - 1) != MISSING).any()
    ]
    rows: list[tuple[Cell, ...]] = []
    for pipeline in pipelines:
        each = [
            [
                cohen_kappa(
                    codes[reader],
                    rated.ai[pipeline],
                    n_categories=rated.k,
                    weights=analysis.focus_weights,
                    cluster=rated.patients,
                )
                for reader in range(len(analysis.readers))
            ]
            for codes in rated.codes
        ]
        for place, reader in enumerate(analysis.data.readers):
            rows.append(
                (
                    pipeline,
                    f"{reader.code} {reader.seniority}",
                    *(number(arm[place]) for arm in each),
                )
            )
        for seniority in ("senior", "junior"):
            means = [
                number(mean_of([arm[place] for place in analysis.group(seniority)])) for arm in each
            ]
            rows.append((pipeline, f"mean of {seniority}s", *means))
    return Table(
        "preset-readers-ai",
        f"{rated.item.name}: kappa of each reader with AI",
        ("AI", "Reader", *analysis.arms),
        tuple(rows),
        "exploratory",
        "" if rows else "AI says nothing of this item.",
    )
