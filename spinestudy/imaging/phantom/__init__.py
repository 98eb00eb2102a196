"""A synthetic lumbar spine: DICOM exams with known truth. Pure: numpy, scipy, pydicom."""

from spinestudy.imaging.phantom.exam import PhantomExam, PhantomSeries, PhantomTruth
from spinestudy.imaging.phantom.sampling import build_exam
from spinestudy.imaging.phantom.spec import (
    DISC_LEVELS,
    PhantomSpec,
    PhantomSpecError,
    sample_spec,
)
from spinestudy.imaging.phantom.writer import PhantomWriteError, write_exam

__all__ = [
    "DISC_LEVELS",
    "PhantomExam",
    "PhantomSeries",
    "PhantomSpec",
    "PhantomSpecError",
    "PhantomTruth",
    "PhantomWriteError",
    "build_exam",
    "sample_spec",
    "write_exam",
]
