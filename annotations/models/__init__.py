"""Reader studies, one model a file."""

from annotations.models.arm import Arm, ReadingSession
from annotations.models.case import Case
from annotations.models.enrolment import Enrolment
from annotations.models.grade import Grade, GradeEvent
from annotations.models.item import Item
from annotations.models.level_mark import LevelMark
from annotations.models.measurement import Measurement, MeasurementEvent
from annotations.models.reader_preference import ReaderPreference
from annotations.models.reader_study import ReaderStudy
from annotations.models.reading import Reading
from annotations.models.reading_event import ReadingEvent
from annotations.models.reference_grade import ReferenceGrade
from annotations.models.segmentation import Segmentation, SegmentationRevision
from annotations.models.spine_anatomy import SpineAnatomy, SpineAnatomyEvent

__all__ = [
    "Arm",
    "Case",
    "Enrolment",
    "Grade",
    "GradeEvent",
    "Item",
    "LevelMark",
    "Measurement",
    "MeasurementEvent",
    "ReaderPreference",
    "ReaderStudy",
    "Reading",
    "ReadingEvent",
    "ReadingSession",
    "ReferenceGrade",
    "Segmentation",
    "SegmentationRevision",
    "SpineAnatomy",
    "SpineAnatomyEvent",
]
