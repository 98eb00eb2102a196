"""The numbers behind AI's grades, and its flags, of every reading that may show them."""

from __future__ import annotations

from collections import defaultdict

from annotations.models import ReaderStudy, Reading
from annotations.reporting import AiFlagRow, AiMeasureRow
from annotations.selectors.ai_assistance import ai_assistance
from annotations.selectors.marks_export import Arms, reading_columns, readings_of_arms
from annotations.selectors.readings_export import patient_keys
from inference.models import PredictedMeasure, Prediction


def ai_measure_rows(reader_study: ReaderStudy, arms: Arms) -> list[AiMeasureRow]:
    """A row a measure of the newest run, absent ones with their reason; none where AI is shut."""
    keys = patient_keys(reader_study)
    shown = _shown(reader_study, arms)
    measures: dict[int, list[PredictedMeasure]] = defaultdict(list)
    for one in PredictedMeasure.objects.filter(prediction__in={p.pk for _, p in shown}):
        measures[one.prediction_id].append(one)
    return [
        AiMeasureRow(
            **reading_columns(reader_study, keys, reading),
            pipeline=prediction.pipeline,
            prediction=prediction.pk,
            measure=one.code,
            disc_level=one.disc_level,
            side=one.side,
            value=one.value,
            unit=one.unit,
            reason=one.reason,
        )
        for reading, prediction in shown
        for one in measures[prediction.pk]
    ]


def ai_flag_rows(reader_study: ReaderStudy, arms: Arms) -> list[AiFlagRow]:
    """A row a flag of the newest run; none where AI is shut."""
    keys = patient_keys(reader_study)
    return [
        AiFlagRow(
            **reading_columns(reader_study, keys, reading),
            pipeline=prediction.pipeline,
            prediction=prediction.pk,
            flag=flag["code"],
            words=flag["words"],
        )
        for reading, prediction in _shown(reader_study, arms)
        for flag in prediction.flags
    ]


def _shown(reader_study: ReaderStudy, arms: Arms) -> list[tuple[Reading, Prediction]]:
    """The readings that may show AI, each with the run that it shows."""
    return [
        (reading, assistance.prediction)
        for reading in readings_of_arms(reader_study, arms)
        if (assistance := ai_assistance(reading)) and assistance.prediction
    ]
