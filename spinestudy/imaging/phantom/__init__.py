"""A synthetic lumbar spine: DICOM exams with known truth. Pure: numpy, scipy, pydicom."""

from spinestudy.imaging.phantom.acquisition import (
    Acquisition,
    AcquisitionError,
    Effects,
    SeriesPlan,
    usual_acquisition,
)
from spinestudy.imaging.phantom.exam import PhantomExam, PhantomSeries, PhantomTruth
from spinestudy.imaging.phantom.findings import (
    ITEM_RANGE,
    Findings,
    FindingsError,
    Fracture,
    Herniation,
    ModicPlate,
)
from spinestudy.imaging.phantom.population import sample_rich_spec
from spinestudy.imaging.phantom.sampling import build_exam
from spinestudy.imaging.phantom.scene import Sample, build_scene
from spinestudy.imaging.phantom.spec import (
    DISC_LEVELS,
    PhantomSpec,
    PhantomSpecError,
    sample_spec,
)
from spinestudy.imaging.phantom.truth import TruthRow
from spinestudy.imaging.phantom.writer import PhantomWriteError, write_exam

__all__ = [
    "DISC_LEVELS",
    "ITEM_RANGE",
    "Acquisition",
    "AcquisitionError",
    "Effects",
    "Findings",
    "FindingsError",
    "Fracture",
    "Herniation",
    "ModicPlate",
    "PhantomExam",
    "PhantomSeries",
    "PhantomSpec",
    "PhantomSpecError",
    "PhantomTruth",
    "PhantomWriteError",
    "Sample",
    "SeriesPlan",
    "TruthRow",
    "build_exam",
    "build_scene",
    "sample_rich_spec",
    "sample_spec",
    "usual_acquisition",
    "write_exam",
]
