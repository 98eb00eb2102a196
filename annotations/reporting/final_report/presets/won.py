"""Experts by models: who agrees with whom, and each model with its own expert."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from annotations.agreement import (
    RatingsError,
    SignificanceTest,
    cohen_kappa,
    expert_model_agreement,
    multiclass_table,
)
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.numbers import number
from annotations.reporting.final_report.ratings import MISSING, IntArray
from annotations.reporting.final_report.result import Block, Cell, Section, Table, Text

TITLE = "Experts by models"
SOURCE = (
    "In the form of Won et al., Spine 2020;45:804 (one model trained on each expert's grades). "
    "Experts are the readers in the arm without AI."
)


def won(analysis: Analysis) -> tuple[Section, tuple[tuple[str, SignificanceTest], ...]]:
    """Every pair of experts and models; own minus cross where models name their expert."""
    rated = analysis.focus
    arm = next((place for place, one in enumerate(analysis.data.arms) if not one.shows_ai), 0)
    raters: dict[str, IntArray] = {
        code: rated.codes[arm, place] for place, code in enumerate(analysis.readers)
    }
    models = {
        name: rated.ai[name]
        for name in analysis.pipelines()
        if name in rated.ai and (rated.ai[name] != MISSING).any()
    }
    if not models:
        text = f"{SOURCE} No model has graded {rated.item.name.lower()} on these cases."
        return Section("preset", TITLE, (Text(text),)), ()
    raters |= models
    rows: list[tuple[Cell, ...]] = []
    for one, two in combinations(raters, 2):
        kappa = cohen_kappa(
            raters[one],
            raters[two],
            n_categories=rated.k,
            weights=analysis.focus_weights,
            cluster=rated.patients,
        )
        table = multiclass_table(
            raters[one], raters[two], n_categories=rated.k, cluster=rated.patients
        )
        rows.append((one, two, number(kappa), number(table.accuracy()), number(table.macro("f1"))))
    blocks: list[Block] = [
        Text(SOURCE),
        Table(
            "preset-experts-models",
            f"{rated.item.name}: agreement of experts and models",
            ("First", "Second", "Kappa", "Same grade", "Macro F1"),
            tuple(rows),
            "exploratory",
            "Macro F1 takes the second as the truth. Clustered by patient.",
        ),
        _own(analysis, models, arm),
    ]
    return Section("preset", TITLE, tuple(blocks)), ()


def own_models(readers: tuple[str, ...], models: tuple[str, ...]) -> dict[str, str]:
    """Reader -> the model whose name (before @) ends in _ or - and the reader's code."""
    found = {}
    for code in readers:
        for model in models:
            name = model.split("@")[0].lower()
            if name.endswith((f"_{code.lower()}", f"-{code.lower()}")):
                found[code] = model
    return found


def _own(analysis: Analysis, models: dict[str, IntArray], arm: int) -> Block:
    pairs = own_models(analysis.readers, tuple(models))
    if len(pairs) < 2:
        return Text(
            "Own expert against others: needs two models or more whose names end in the code of "
            "the reader they were trained on (as grading_r1@1); there are fewer."
        )
    rated = analysis.focus
    places = [analysis.readers.index(code) for code in pairs]
    try:
        found = expert_model_agreement(
            rated.codes[arm, places],
            np.stack([models[name] for name in pairs.values()]),
            n_categories=rated.k,
            cluster=rated.patients,
            weights=analysis.focus_weights,
        )
    except RatingsError as error:
        return Text(f"Own expert against others can't be told: {error}.")
    rows: list[tuple[Cell, ...]] = [
        (code, *(number(one) for one in row)) for code, row in zip(pairs, found.kappas, strict=True)
    ]
    blanks: tuple[Cell, ...] = ("",) * (len(pairs) - 1)
    rows.append(("own minus others", number(found.own_minus_cross), *blanks))
    return Table(
        "preset-own-model",
        f"{rated.item.name}: kappa of experts with each expert's model",
        ("Expert", *pairs.values()),
        tuple(rows),
        "exploratory",
        "On the cells that all have, jointly.",
    )
