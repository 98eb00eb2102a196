"""The report of a reader study of fractures: features by benign and malignant, counted by hand."""

from __future__ import annotations

from dataclasses import replace

from annotations.design.protocol import Endpoint, ReaderStudyDesign, body_of
from annotations.reporting import GradeRow
from annotations.reporting.final_report import CellKey, ReferenceCell, ReportData, build_report
from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.sections.accuracy import referenced
from tests.factories.report_data import grade_row, item_facts, report_data
from tests.factories.report_parts import numbers_of

FRACTURE, NATURE, FLUID = "vertebral_fracture", "fracture_nature", "fracture_fluid_sign"
LEVELS = ("T12", "L1", "L2")
BROKEN = "L1"
MALIGNANT = ("C-001", "C-002", "C-003")
WRONG = {("R2", "C-001")}
"""Readers and cases: a malignant fracture called benign."""


def fracture_data() -> ReportData:
    """Six patients with one fracture each; fluid is seen in the three benign ones."""
    base = report_data(n_cases=6, n_readers=2, preset="yeh")
    rows = [
        row
        for arm in base.arms
        for reader in base.readers
        for case in base.cases
        for row in _case(case.number, case.patient_key, reader.code, arm.label)
    ]
    endpoint = Endpoint(NATURE, weights="nominal")
    return replace(
        base,
        items=tuple(item_facts(code) for code in (FRACTURE, NATURE, FLUID)),
        rows=rows,
        references={
            CellKey(case.number, NATURE, BROKEN, ""): ReferenceCell(
                int(case.number in MALIGNANT), "from outside"
            )
            for case in base.cases
        },
        predictions={},
        detections=(),
        protocol=body_of(ReaderStudyDesign(endpoint=endpoint), 2),
    )


def _case(case: str, patient: str, reader: str, arm: str) -> list[GradeRow]:
    nature = int(case in MALIGNANT and (reader, case) not in WRONG)
    told = {FRACTURE: 1, NATURE: nature, FLUID: int(case not in MALIGNANT)}
    return [
        grade_row(
            case=case,
            patient_key=patient,
            reader=reader,
            arm=arm,
            period=1 if arm == "Unaided" else 2,
            item=item,
            disc_level=level,
            asked=item == FRACTURE or level == BROKEN,
            score=score if level == BROKEN else 0 if item == FRACTURE else None,
        )
        for level in LEVELS
        for item, score in told.items()
    ]


def test_features_are_counted_by_benign_and_malignant() -> None:
    rows = numbers_of(build_report(fracture_data()), "preset-features")
    fluid = [row[1:] for row in rows if row[0] == "Fluid sign"]
    assert fluid == [["0 absent", 0, 3], ["1 present", 3, 0]]


def test_readers_are_set_against_the_reference_on_a_scale_of_two_grades() -> None:
    rows = {
        row[0]: row for row in numbers_of(build_report(fracture_data()), "preset-model-readers")
    }
    accuracy, sensitivity, specificity = (cell.value for cell in rows["R2 junior"][1:])
    assert (accuracy, sensitivity, specificity) == (5 / 6, 2 / 3, 1.0)
    assert [cell.value for cell in rows["R1 senior"][1:]] == [1.0, 1.0, 1.0]


def test_what_was_not_asked_counts_nowhere_and_levels_stand_in_their_order() -> None:
    analysis = Analysis(fracture_data())
    assert len(analysis.ratings[FRACTURE].cells) == 6 * 3
    assert len(analysis.ratings[FLUID].cells) == 6
    assert analysis.ratings[FRACTURE].levels[:3] == LEVELS
    assert [one.item.code for one in referenced(analysis)] == [NATURE]
