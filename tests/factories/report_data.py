"""A small SYNTHETIC reader study as the data of a report: latent severities, readers who err."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from annotations.design.plan import DESIGNS
from annotations.design.protocol import Endpoint, ReaderStudyDesign, body_of
from annotations.reporting import GradeRow
from annotations.reporting.final_report import (
    AiCell,
    AiDetection,
    Amendment,
    ArmFacts,
    CaseFacts,
    CellKey,
    Deviation,
    Identity,
    ItemFacts,
    LockFacts,
    ReaderFacts,
    ReferenceCell,
    ReportData,
)
from annotations.vocabulary import DISC_LEVELS, FINDINGS

SEED = 20261128
PIPELINE = "synthetic_grading@1"
ITEMS = ("central_canal_stenosis", "pfirrmann")


def item_facts(code: str) -> ItemFacts:
    found = FINDINGS[code]
    return ItemFacts(
        code,
        found.name,
        found.short_name,
        found.scale.scores,
        tuple(one.label for one in found.scale.categories),
        found.scale.scale_type,
        found.scale.weights,
        found.scale.source,
        found.sides,
        found.normal_score,
    )


def report_data(
    *,
    n_cases: int = 24,
    n_readers: int = 4,
    reader_pairs: str = "all",
    preset: str = "standard",
    with_reference: bool = True,
    with_ai: bool = True,
    asks_confidence: bool = True,
    repeats: int = 4,
    seed: int = SEED,
    items: tuple[str, ...] = ITEMS,
) -> ReportData:
    """Aided readers err less; every fourth cell of AI is wrong by one grade."""
    rng = np.random.default_rng(seed)
    readers = tuple(
        ReaderFacts(f"R{place + 1}", "senior" if place < n_readers // 2 else "junior")
        for place in range(n_readers)
    )
    arms = (ArmFacts("Unaided", False), ArmFacts("AI-aided", True, PIPELINE))
    cases = tuple(
        CaseFacts(f"C-{n + 1:03d}", f"P{n + 1:03d}", "North" if n % 2 else "South", "2025", True)
        for n in range(n_cases)
    )
    facts = tuple(item_facts(code) for code in items)
    rows: list[GradeRow] = []
    references: dict[CellKey, ReferenceCell] = {}
    told: dict[CellKey, AiCell] = {}
    boxes: list[AiDetection] = []
    latent: dict[CellKey, float] = {}
    for case in cases:
        severity = rng.normal(0.0, 0.7)
        for item in facts:
            for level in DISC_LEVELS:
                for side in item.sides:
                    cell = CellKey(case.number, item.code, level, side)
                    latent[cell] = severity + rng.normal(0.0, 0.7)
                    truth = _grade(latent[cell], item)
                    references[cell] = ReferenceCell(item.scores[truth], "adjudicator")
                    said = _grade(latent[cell] + rng.normal(0.0, 0.4), item)
                    shares = np.exp(-1.2 * np.abs(np.arange(item.n_categories) - said))
                    shares /= shares.sum()
                    told[cell] = AiCell(
                        item.scores[said],
                        {s: float(p) for s, p in zip(item.scores, shares, strict=True)},
                    )
                    if said >= item.n_categories // 2 and with_ai:
                        share = float(shares[item.n_categories // 2 :].sum())
                        boxes.append(
                            AiDetection(
                                PIPELINE,
                                case.number,
                                item.code,
                                item.scores[item.n_categories // 2],
                                level,
                                side,
                                share,
                                True,
                            )
                        )
    for place, reader in enumerate(readers):
        noise = 0.35 if reader.seniority == "senior" else 0.55
        for period, arm in enumerate(arms, start=1):
            order = rng.permutation(n_cases)
            for position, index in enumerate([*order, *order[:repeats]], start=1):
                rows += _reading(
                    rng,
                    cases[index],
                    reader.code,
                    arm,
                    period,
                    position,
                    facts,
                    latent,
                    noise * (0.6 if arm.shows_ai else 1.0),
                    is_repeat=position > n_cases,
                    asks_confidence=asks_confidence,
                    seconds=float(np.exp(rng.normal(4.2 - 0.2 * arm.shows_ai + 0.1 * place, 0.3))),
                )
    endpoint = Endpoint(items[0], reader_pairs=reader_pairs)
    design = ReaderStudyDesign("fully_crossed", washout_days=28, endpoint=endpoint)
    return ReportData(
        title="SYNTHETIC reader study of lumbar discs",
        description="Made by a program to test the report.",
        design="fully_crossed",
        design_words=DESIGNS["fully_crossed"],
        seed=7,
        protocol=body_of(design, len(facts[0].scores)),
        readers=readers,
        arms=arms,
        items=facts,
        cases=cases,
        rows=rows,
        identity=Identity("a" * 64, "b" * 64, "c" * 64, "d" * 64, "e" * 64, "f" * 64, 1, 1),
        locks=(LockFacts(1, "2026-11-20T10:00:00.000+00:00", "all is read", "c" * 64),),
        amendments=(
            Amendment(1, "2026-10-01T09:00:00.000+00:00", "", (), "1" * 64),
            Amendment(
                2,
                "2026-10-20T09:00:00.000+00:00",
                "readers are ill",
                ("washout_days: 28, then 14",),
                "a" * 64,
            ),
        ),
        deviations=(
            Deviation("washout", "R1, case C-001", "2026-10-21T09:00:00.000+00:00", "leaves soon"),
        ),
        references=references if with_reference else {},
        predictions={PIPELINE: told} if with_ai else {},
        detections=tuple(boxes),
        weights_sha256={PIPELINE: "9" * 64} if with_ai else {},
        software={"numpy": "0"},
        preset=preset,
        report_seed=7,
    )


def _grade(value: float, item: ItemFacts) -> int:
    """Cuts at equal steps of the latent scale, so that every grade occurs."""
    cuts = np.linspace(-0.9, 0.9, item.n_categories - 1)
    return int(np.searchsorted(cuts, value))


def _reading(
    rng: np.random.Generator,
    case: CaseFacts,
    reader: str,
    arm: ArmFacts,
    period: int,
    position: int,
    items: tuple[ItemFacts, ...],
    latent: dict[CellKey, float],
    noise: float,
    *,
    is_repeat: bool,
    asks_confidence: bool,
    seconds: float,
) -> list[GradeRow]:
    found = []
    for item in items:
        for level in DISC_LEVELS:
            for side in item.sides:
                cell = CellKey(case.number, item.code, level, side)
                code = _grade(latent[cell] + rng.normal(0.0, noise), item)
                lost = rng.random() < 0.01
                found.append(
                    grade_row(
                        case=case.number,
                        patient_key=case.patient_key,
                        reader=reader,
                        arm=arm.label,
                        period=period,
                        case_position=position,
                        item=item.code,
                        disc_level=level,
                        side=side,
                        score=None if lost else item.scores[code],
                        not_gradable=lost,
                        confidence=int(rng.integers(2, 6)) if asks_confidence else None,
                        active_s=seconds,
                        is_repeat=is_repeat,
                    )
                )
    return found


BLANK = GradeRow(
    reader_study="SYNTHETIC",
    case="C-001",
    patient_key="P001",
    reader="R1",
    arm="Unaided",
    period=1,
    phase="pivotal",
    case_position=1,
    reading_status="submitted",
    lumbar_count=5,
    transition="",
    item="modic",
    disc_level="L4/L5",
    side="",
    asked=True,
    score=None,
    label="",
    not_gradable=False,
    not_gradable_reason="",
    confidence=None,
    comment="",
    answered_at_utc="",
    revision=1,
    reading_submitted_at_utc="2026-11-01T10:00:00.000+00:00",
    opened_at_utc="",
    active_s=None,
    idle_s=None,
    hidden_s=None,
    paused_s=None,
    image_load_s=None,
    level_active_s=None,
    time_plausible=True,
)


def grade_row(**fields: Any) -> GradeRow:
    return replace(BLANK, **fields)
