"""Tables and their writers. Pure."""

from annotations.reporting.readings_table import (
    Column,
    GradeRow,
    data_dictionary,
    dictionary_csv,
    readings_csv,
    readings_json,
)

__all__ = [
    "Column",
    "GradeRow",
    "data_dictionary",
    "dictionary_csv",
    "readings_csv",
    "readings_json",
]
