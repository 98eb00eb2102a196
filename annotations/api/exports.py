"""All readings as files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from annotations.models import ReaderStudy
from annotations.reporting import (
    AiEventRow,
    AiFlagRow,
    AiMeasureRow,
    FindingRow,
    MaskRow,
    MeasurementRow,
    ReadingRow,
    dictionary_csv,
    readings_csv,
    readings_json,
    row_dictionary_csv,
    rows_csv,
)
from annotations.selectors.live_view import exported_arms
from annotations.selectors.locks import lock_view
from annotations.selectors.marks_export import (
    ai_event_rows,
    finding_rows,
    mask_rows,
    measurement_rows,
)
from annotations.selectors.measures_export import ai_flag_rows, ai_measure_rows
from annotations.selectors.memberships import ANALYSTS, require_reader_study
from annotations.selectors.protocols import protocol_of
from annotations.selectors.readers import amendment_rows
from annotations.selectors.readings_export import grade_rows
from annotations.vocabulary import Finding
from spinestudy.audit.services import record
from spinestudy.common.errors import MissingError
from spinestudy.common.token_scopes import EXPORTS_READ

RowsOf = Callable[[ReaderStudy, Collection[int]], Sequence[ReadingRow]]
"""Makes the rows of a reader study, of the arms that may leave."""
TABLES: Final[dict[str, tuple[type[ReadingRow], RowsOf]]] = {
    "measurements": (MeasurementRow, measurement_rows),
    "masks": (MaskRow, mask_rows),
    "ai-findings": (FindingRow, finding_rows),
    "ai-measures": (AiMeasureRow, ai_measure_rows),
    "ai-flags": (AiFlagRow, ai_flag_rows),
    "ai-events": (AiEventRow, ai_event_rows),
}
"""Tables beside the one of all grades: what a row is, and who makes the rows."""


def _table(name: str) -> tuple[type[ReadingRow], RowsOf]:
    if name not in TABLES:
        raise MissingError(f"There is no such table. Choose one of: {', '.join(TABLES)}.")
    return TABLES[name]


def _findings(reader_study: ReaderStudy) -> list[Finding]:
    return [item.finding for item in reader_study.items.all()]


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class ExportReadingsView(APIView):
    """Every cell of every reading, as CSV or JSON."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": EXPORTS_READ}

    @extend_schema(
        operation_id="export_readings",
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
    )
    def get(self, request: Request, reader_study_id: int, file_format: str) -> HttpResponse:
        """The file; who took it and when stands in the audit record."""
        reader_study = require_reader_study(reader_study_id, request.user, *ANALYSTS)
        if file_format not in ("csv", "json"):
            raise MissingError("Readings can be had as .csv or as .json.")
        rows = grade_rows(reader_study, exported_arms(reader_study, request.user))
        record(
            actor=request.user,
            action="readings.exported",
            subject=reader_study,
            file_format=file_format,
            rows=len(rows),
        )
        name = f"readings-{slugify(reader_study.title)[:60]}.{file_format}"
        if file_format == "csv":
            return _file(readings_csv(rows), "text/csv", name)
        about = {
            "reader_study": reader_study.title,
            "status": reader_study.status,
            "seed": reader_study.seed,
            "exported_at_utc": timezone.now().isoformat(timespec="seconds"),
            "rows": len(rows),
            "schedule_sha256": reader_study.schedule.sha256,
            "schedule_amendments": amendment_rows(reader_study),
            "protocol_sha256": protocol_of(reader_study).sha256,
            "lock": lock_view(reader_study),
        }
        text = readings_json(rows, _findings(reader_study), about)
        return _file(text, "application/json", name)


class ExportDictionaryView(APIView):
    """What each column of the export means."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": EXPORTS_READ}

    @extend_schema(
        operation_id="export_dictionary", responses={(200, "text/csv"): OpenApiTypes.STR}
    )
    def get(self, request: Request, reader_study_id: int) -> HttpResponse:
        """The data dictionary as CSV."""
        reader_study = require_reader_study(reader_study_id, request.user, *ANALYSTS)
        name = f"data-dictionary-{slugify(reader_study.title)[:60]}.csv"
        return _file(dictionary_csv(_findings(reader_study)), "text/csv", name)


class ExportTableView(APIView):
    """Measurements, masks, findings, measures or flags of AI, or events with AI, as CSV."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": EXPORTS_READ}

    @extend_schema(operation_id="export_table", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, reader_study_id: int, table: str) -> HttpResponse:
        """The file; who took it and when stands in the audit record."""
        reader_study = require_reader_study(reader_study_id, request.user, *ANALYSTS)
        row_type, rows_of = _table(table)
        rows = rows_of(reader_study, exported_arms(reader_study, request.user))
        record(
            actor=request.user,
            action="table.exported",
            subject=reader_study,
            table=table,
            rows=len(rows),
        )
        name = f"{table}-{slugify(reader_study.title)[:60]}.csv"
        return _file(rows_csv(row_type, rows), "text/csv", name)


class ExportTableDictionaryView(APIView):
    """What each column of such a table means."""

    permission_classes = [IsAuthenticated]
    token_scopes = {"GET": EXPORTS_READ}

    @extend_schema(
        operation_id="export_table_dictionary", responses={(200, "text/csv"): OpenApiTypes.STR}
    )
    def get(self, request: Request, reader_study_id: int, table: str) -> HttpResponse:
        """The data dictionary as CSV."""
        require_reader_study(reader_study_id, request.user, *ANALYSTS)
        row_type, _ = _table(table)
        return _file(row_dictionary_csv(row_type), "text/csv", f"{table}-dictionary.csv")
