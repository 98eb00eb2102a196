"""Reader studies, one model a file."""

from annotations.models.adjudication import Adjudication, ReferenceRecord
from annotations.models.arm import Arm, ReadingSession
from annotations.models.case import Case
from annotations.models.data_lock import DataLock, Signature
from annotations.models.enrolment import Enrolment
from annotations.models.final_report import FinalReport, FinalReportFile
from annotations.models.grade import Grade, GradeEvent
from annotations.models.invitation import Invitation
from annotations.models.item import Item
from annotations.models.level_mark import LevelMark
from annotations.models.look import Look
from annotations.models.measurement import Measurement, MeasurementEvent
from annotations.models.membership import Membership
from annotations.models.problem_report import ProblemReply, ProblemReport
from annotations.models.protocol import Protocol, Schedule
from annotations.models.reader_message import ReaderMessage, Reminder
from annotations.models.reader_preference import ReaderPreference
from annotations.models.reader_study import ReaderStudy
from annotations.models.reading import Reading
from annotations.models.reading_event import ReadingEvent
from annotations.models.reference_grade import ReferenceGrade
from annotations.models.reference_mask import MaskFusion, ReferenceMask
from annotations.models.schedule_amendment import ScheduleAmendment
from annotations.models.segmentation import Segmentation, SegmentationRevision
from annotations.models.spine_anatomy import SpineAnatomy, SpineAnatomyEvent
from annotations.models.washout_override import WashoutOverride

__all__ = [
    "Adjudication",
    "Arm",
    "Case",
    "DataLock",
    "Enrolment",
    "FinalReport",
    "FinalReportFile",
    "Grade",
    "GradeEvent",
    "Invitation",
    "Item",
    "LevelMark",
    "Look",
    "MaskFusion",
    "Measurement",
    "MeasurementEvent",
    "Membership",
    "ProblemReply",
    "ProblemReport",
    "Protocol",
    "ReaderMessage",
    "ReaderPreference",
    "ReaderStudy",
    "Reading",
    "ReadingEvent",
    "ReadingSession",
    "ReferenceGrade",
    "ReferenceMask",
    "ReferenceRecord",
    "Reminder",
    "Schedule",
    "ScheduleAmendment",
    "Segmentation",
    "SegmentationRevision",
    "Signature",
    "SpineAnatomy",
    "SpineAnatomyEvent",
    "WashoutOverride",
]
