"""The data of a final report, from locked data alone."""

from __future__ import annotations

from collections import defaultdict

from annotations.design.plan import DESIGNS
from annotations.models import Adjudication, FinalReport, Item, ReaderStudy, ReferenceRecord
from annotations.reporting.final_report import (
    AiCell,
    AiDetection,
    Amendment,
    ArmFacts,
    CaseFacts,
    CellKey,
    Identity,
    ItemFacts,
    LockFacts,
    ReaderFacts,
    ReferenceCell,
    ReportData,
)
from annotations.selectors.live_view import is_finished, shown_arms
from annotations.selectors.look_charges import look_charges
from annotations.selectors.protocols import protocol_of, version_views
from annotations.selectors.readings_export import grade_rows, patient_keys, utc_text
from annotations.selectors.report_deviations import deviations
from annotations.selectors.report_hashes import lines_sha256
from inference.models import Prediction
from spinestudy.common.errors import ConflictError


class NotLockedError(ConflictError):
    """Final reports are of locked data."""

    code = "not_locked"


def require_locked(reader_study: ReaderStudy) -> None:
    """NotLockedError while data can still change, also for reports of a lock that was lifted."""
    if not is_finished(reader_study):
        raise NotLockedError(
            "A final report is made from locked data, and shown while they are locked. Lock the "
            "data first: one person proposes, another confirms."
        )


def report_data(report: FinalReport, software: dict[str, str]) -> ReportData:
    """Everything that the report is made from; no name of a person, no patient ID."""
    reader_study = report.reader_study
    require_locked(reader_study)
    protocol = protocol_of(reader_study)
    references = _references(report)
    predictions, detections, weights = _predictions(report)
    n_predictions = sum(len({cell.case for cell in one}) for one in predictions.values())
    return ReportData(
        final_level=look_charges(reader_study)[1],
        title=reader_study.title,
        description=reader_study.description,
        design=reader_study.design,
        design_words=DESIGNS.get(reader_study.design, reader_study.design),
        seed=reader_study.seed,
        protocol=protocol.body,
        readers=tuple(
            ReaderFacts(one.code, one.seniority, one.case_limit)
            for one in reader_study.enrolments.all()
        ),
        arms=tuple(
            ArmFacts(arm.label, arm.is_ai_allowed, arm.pipeline) for arm in shown_arms(reader_study)
        ),
        items=tuple(_item(item) for item in reader_study.items.all()),
        cases=_cases(reader_study),
        rows=grade_rows(reader_study),
        identity=Identity(
            protocol_sha256=protocol.sha256,
            schedule_sha256=reader_study.schedule.sha256,
            data_sha256=report.lock.content_sha256,
            audit_head=report.lock.audit_head,
            reference_sha256=lines_sha256(
                (*cell, str(one.score), one.provenance) for cell, one in references.items()
            ),
            ai_sha256=lines_sha256(_ai_lines(predictions, detections)),
            n_references=len(references),
            n_predictions=n_predictions,
        ),
        locks=_locks(reader_study),
        amendments=_amendments(reader_study),
        deviations=deviations(reader_study),
        references=references,
        predictions=predictions,
        detections=detections,
        weights_sha256=weights,
        n_adjudicated=Adjudication.objects.filter(
            arm__reader_study=reader_study, decided_at__lte=report.as_of
        ).count(),
        software=software,
        preset=report.preset,
        report_seed=report.seed,
    )


def _item(item: Item) -> ItemFacts:
    found, scale = item.finding, item.finding.scale
    words = {category.score: category.label for category in scale.categories}
    return ItemFacts(
        item.finding_code,
        found.name,
        found.short_name,
        tuple(item.scores),
        tuple(words[score] for score in item.scores),
        scale.scale_type,
        scale.weights,
        scale.source,
        tuple(item.sides),
        found.normal_score,
    )


def _cases(reader_study: ReaderStudy) -> tuple[CaseFacts, ...]:
    keys = patient_keys(reader_study)
    cases = reader_study.cases.select_related("imaging_study").prefetch_related(
        "imaging_study__cohorts"
    )
    return tuple(
        CaseFacts(
            case.number,
            keys[case.imaging_study.patient_id],
            ", ".join(sorted(one.name for one in case.imaging_study.cohorts.all())),
            str(case.imaging_study.performed_on.year) if case.imaging_study.performed_on else "",
            case.imaging_study.is_synthetic,
        )
        for case in cases.order_by("number")
    )


def _references(report: FinalReport) -> dict[CellKey, ReferenceCell]:
    """The newest version of each cell that was there when the report was asked for."""
    rows = (
        ReferenceRecord.objects.filter(
            case__reader_study=report.reader_study, made_at__lte=report.as_of
        )
        .order_by("case__number", "item__position", "disc_level", "side", "version")
        .values_list(
            "case__number", "item__finding_code", "disc_level", "side", "score", "provenance"
        )
    )
    words = dict(ReferenceRecord.Provenance.choices)
    return {
        CellKey(case, item, level, side): ReferenceCell(score, words[provenance])
        for case, item, level, side, score, provenance in rows
    }


def _predictions(
    report: FinalReport,
) -> tuple[dict[str, dict[CellKey, AiCell]], tuple[AiDetection, ...], dict[str, str]]:
    """By pipeline, the newest run on each exam when the report was asked for."""
    numbers = dict(report.reader_study.cases.values_list("imaging_study_id", "number"))
    newest: dict[tuple[str, int], Prediction] = {}
    runs = Prediction.objects.filter(
        imaging_study__in=numbers, created_at__lte=report.as_of
    ).prefetch_related("grades", "detections")
    for run in runs.order_by("pk"):
        newest[run.pipeline, run.imaging_study_id] = run
    told: dict[str, dict[CellKey, AiCell]] = defaultdict(dict)
    boxes: list[AiDetection] = []
    weights: dict[str, set[str]] = defaultdict(set)
    for (pipeline, exam), run in sorted(
        newest.items(), key=lambda one: (one[0][0], numbers[one[0][1]])
    ):
        number = numbers[exam]
        weights[pipeline].add(run.weights_sha256)
        for grade in sorted(run.grades.all(), key=lambda g: (g.item_code, g.disc_level, g.side)):
            cell = CellKey(number, grade.item_code, grade.disc_level, grade.side)
            shares = {int(score): float(p) for score, p in grade.probabilities.items()}
            told[pipeline][cell] = AiCell(grade.score, dict(sorted(shares.items())))
        boxes += [
            AiDetection(
                pipeline,
                number,
                one.item_code,
                one.at_least,
                one.disc_level,
                one.side,
                one.score,
                one.is_calibrated,
            )
            for one in run.detections.all()
        ]
    joined = {name: " ".join(sorted(found)) for name, found in sorted(weights.items())}
    return dict(told), tuple(boxes), joined


def _ai_lines(
    predictions: dict[str, dict[CellKey, AiCell]], detections: tuple[AiDetection, ...]
) -> list[tuple[str, ...]]:
    lines = [
        (pipeline, *cell, str(one.score), repr(one.probabilities))
        for pipeline, told in predictions.items()
        for cell, one in told.items()
    ]
    return lines + [(repr(one),) for one in detections]


def _locks(reader_study: ReaderStudy) -> tuple[LockFacts, ...]:
    return tuple(
        LockFacts(
            lock.number,
            utc_text(lock.confirmed_at),
            lock.reason,
            lock.content_sha256,
            utc_text(lock.ended_at),
            lock.ended_reason,
        )
        for lock in reader_study.locks.filter(confirmed_at__isnull=False).order_by("number")
    )


def _amendments(reader_study: ReaderStudy) -> tuple[Amendment, ...]:
    return tuple(
        Amendment(
            one["version"].version,
            utc_text(one["version"].written_at),
            one["version"].reason,
            tuple(one["changes"]),
            one["version"].sha256,
        )
        for one in version_views(list(reader_study.protocols.order_by("version")))
    )
