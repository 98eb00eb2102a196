"""Tables and their writers. Pure."""

from annotations.reporting.marks_table import (
    AiEventRow,
    AiFlagRow,
    AiMeasureRow,
    FindingRow,
    MaskRow,
    MeasurementRow,
    ReadingRow,
    row_columns,
    row_dictionary_csv,
    rows_csv,
)
from annotations.reporting.readings_table import (
    Column,
    GradeRow,
    data_dictionary,
    dictionary_csv,
    readings_csv,
    readings_json,
)

__all__ = [
    "AiEventRow",
    "AiFlagRow",
    "AiMeasureRow",
    "Column",
    "FindingRow",
    "GradeRow",
    "MaskRow",
    "MeasurementRow",
    "ReadingRow",
    "data_dictionary",
    "dictionary_csv",
    "readings_csv",
    "readings_json",
    "row_columns",
    "row_dictionary_csv",
    "rows_csv",
]
