"""What AI did to answers: switches, reliance, confidence."""

from __future__ import annotations

import numpy as np

from annotations.agreement import Reliance, Switches, mean_change, reliance, switches
from annotations.agreement.means import mean_value
from annotations.reporting.final_report.analysis import Analysis, Pair, tiled
from annotations.reporting.final_report.numbers import number, share_text
from annotations.reporting.final_report.ratings import MISSING, ItemRatings
from annotations.reporting.final_report.result import Block, Cell, Section, Table, Text


def switches_section(analysis: Analysis) -> Section:
    """Answers before and after AI, and how far readers leaned on it."""
    title = "Switches and reliance on AI"
    aided = [pair for pair in analysis.comparisons if analysis.data.arms[pair[0]].shows_ai]
    if not aided:
        text = "No arm with AI is compared with one without, so no answer can have switched."
        return Section("switches", title, (Text(text),))
    blocks: list[Block] = [changed_table(analysis, aided)]
    if any(rated.has_reference for rated in analysis.ratings.values()):
        blocks.append(switch_table(analysis, aided))
        blocks.append(reliance_table(analysis, aided))
    else:
        blocks.append(
            Text("There is no reference, so right and wrong switches can't be told apart.")
        )
    return Section("switches", title, tuple(blocks))


def changed_table(analysis: Analysis, aided: list[Pair]) -> Table:
    """How many answers differ between the arms, and how many of these are then AI's."""
    rows: list[tuple[Cell, ...]] = []
    for rated in analysis.ratings.values():
        for one, two in aided:
            before, after = rated.codes[two], rated.codes[one]
            both = (before != MISSING) & (after != MISSING)
            changed = both & (before != after)
            said = rated.ai.get(analysis.pipeline_of(one))
            told: Cell = "no AI output"
            if said is not None and (said != MISSING).any():
                told = share_text(int((changed & (after == said)).sum()), int(changed.sum()))
            rows.append(
                (
                    rated.item.name,
                    analysis.difference_words((one, two)),
                    int(both.sum()),
                    share_text(int(changed.sum()), int(both.sum())),
                    told,
                )
            )
    return Table(
        "changed-answers",
        "Answers that differ between the arms",
        ("Item", "Comparison", "Answers in both", "Differ", "Of these, then as AI"),
        tuple(rows),
        "exploratory",
        "All readers together. In a sequential design the second answer follows the first at once; "
        "in others it also differs as repeated readings do.",
    )


def _switches(rated: ItemRatings, pair: Pair, n_readers: int) -> Switches:
    return switches(
        rated.codes[pair[1]].ravel(),
        rated.codes[pair[0]].ravel(),
        tiled(rated.reference, n_readers),
        cluster=tiled(rated.patients, n_readers),
        n_categories=rated.k,
    )


def switch_table(analysis: Analysis, aided: list[Pair]) -> Table:
    """Right to wrong and wrong to right."""
    rows: list[tuple[Cell, ...]] = []
    for rated in analysis.ratings.values():
        for pair in aided:
            found = _switches(rated, pair, len(analysis.readers))
            (wrong_wrong, wrong_right), (right_wrong, right_right) = found.table.tolist()
            rows.append(
                (
                    rated.item.name,
                    analysis.difference_words(pair),
                    right_right,
                    right_wrong,
                    wrong_right,
                    wrong_wrong,
                    number(found.right_to_wrong),
                    number(found.wrong_to_right),
                    number(found.net),
                )
            )
    heads = (
        "Item",
        "Comparison",
        "Right, right",
        "Right, wrong",
        "Wrong, right",
        "Wrong, wrong",
        "Right to wrong, of the right",
        "Wrong to right, of the wrong",
        "Net share set right",
    )
    note = "Right: the grade of the reference. All readers together, clustered by patient."
    return Table(
        "switches", "Switches against the reference", heads, tuple(rows), "exploratory", note
    )


def reliance_table(analysis: Analysis, aided: list[Pair]) -> Table:
    """Over- and under-reliance."""
    rows: list[tuple[Cell, ...]] = []
    for rated in analysis.ratings.values():
        for pair in aided:
            said = rated.ai.get(analysis.pipeline_of(pair[0]))
            if said is None or not (said != MISSING).any():
                rows.append((rated.item.name, "AI says nothing of this item", "", "", ""))
                continue
            n = len(analysis.readers)
            found: Reliance = reliance(
                rated.codes[pair[1]].ravel(),
                rated.codes[pair[0]].ravel(),
                tiled(said, n),
                tiled(rated.reference, n),
                cluster=tiled(rated.patients, n),
                n_categories=rated.k,
            )
            rows.append(
                (
                    rated.item.name,
                    number(found.over_reliance),
                    number(found.misled),
                    number(found.under_reliance),
                    number(found.unheeded),
                )
            )
    heads = ("Item", "Over-reliance", "Misled", "Under-reliance", "Unheeded")
    note = (
        "Over-reliance: AI wrong, aided answer is AI's. Misled: the same among answers right "
        "before. Under-reliance: AI right, aided answer wrong. Unheeded: AI right, answer stayed "
        "wrong. All readers together, clustered by patient."
    )
    return Table("reliance", "Reliance on AI", heads, tuple(rows), "exploratory", note)


def confidence_section(analysis: Analysis) -> Section:
    """Confidence by arm, and by right and wrong."""
    title = "Confidence"
    asked = [one for one in analysis.ratings.values() if np.isfinite(one.confidence).any()]
    if not asked:
        text = "Readers weren't asked how sure they are, so there is no confidence to report."
        return Section("confidence", title, (Text(text),))
    n = len(analysis.readers)
    rows: list[tuple[Cell, ...]] = []
    for rated in asked:
        patients = tiled(rated.patients, n)
        reference = np.broadcast_to(rated.reference, rated.codes.shape)
        known = (reference != MISSING) & (rated.codes != MISSING)
        kinds = {
            "all answers": np.ones(rated.codes.shape, dtype=bool),
            "right answers": known & (rated.codes == reference),
            "wrong answers": known & (rated.codes != reference),
        }
        for words, kind in kinds.items():
            values = np.where(kind, rated.confidence, np.nan)
            means = [number(mean_value(arm.ravel(), cluster=patients)) for arm in values]
            gaps = [
                number(mean_change(values[b].ravel(), values[a].ravel(), cluster=patients))
                for a, b in analysis.comparisons
            ]
            rows.append((rated.item.name, words, *means, *gaps))
    heads = ("Item", "Answers", *analysis.arms)
    heads += tuple(analysis.difference_words(pair) for pair in analysis.comparisons)
    note = "Mean of 1 (guessing) to 5 (certain); changes over answers of that kind in both arms."
    table = Table("confidence", "Confidence by arm", heads, tuple(rows), "exploratory", note)
    return Section("confidence", title, (table,))
