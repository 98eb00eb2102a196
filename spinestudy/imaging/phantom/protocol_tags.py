"""Tags of scanner and protocol of an exam with an acquisition of its own (PS3.3 C.8.3)."""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset

from spinestudy.imaging.phantom.acquisition import VENDORS, Acquisition, SeriesRole
from spinestudy.imaging.phantom.exam import PhantomExam, PhantomSeries

_GAMMA_MHZ: Final = 42.577
# Repetition, echo and inversion time (ms), length of the echo train, by contrast and plane.
_TIMES: Final[dict[SeriesRole, tuple[float, float, float | None, int]]] = {
    "sag_t1": (550.0, 10.0, None, 3),
    "sag_t2": (3500.0, 100.0, None, 17),
    "sag_stir": (4200.0, 48.0, 160.0, 12),
    "ax_t1": (600.0, 11.0, None, 3),
    "ax_t2": (4000.0, 105.0, None, 19),
    "cor_t2": (3200.0, 90.0, None, 17),
}
# Share by which the times of a kind of scanner differ.
_HABIT: Final = {"S": 1.0, "G": 1.06, "P": 0.94}


def scanner_tags(ds: Dataset, acquisition: Acquisition) -> None:
    """Equipment of the whole exam; every name says SYNTHETIC."""
    vendor = VENDORS[acquisition.vendor]
    ds.Manufacturer = vendor.manufacturer
    ds.ManufacturerModelName = f"{vendor.model} {acquisition.field_t:g}T"
    ds.MagneticFieldStrength = acquisition.field_t
    ds.ImagingFrequency = round(_GAMMA_MHZ * acquisition.field_t, 3)
    ds.NumberOfAverages = 1.0 if acquisition.field_t == 3.0 else 2.0


def protocol_tags(ds: Dataset, exam: PhantomExam, series: PhantomSeries) -> None:
    """Times, description and window of one series."""
    acquisition, plan = exam.spec.acquisition, series.plan
    if acquisition is None or plan is None:
        raise ValueError("A series without a plan has no protocol here.")
    vendor, habit = VENDORS[acquisition.vendor], _HABIT[acquisition.vendor]
    number = 2 + [one.role for one in acquisition.series].index(plan.role)
    repetition, echo, inversion, train = _TIMES[plan.role]
    ds.SeriesNumber = 100 * number + 1 if acquisition.vendor == "P" else number
    ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = f"09{5 * number:02d}00"
    ds.SeriesDescription = f"SYNTHETIC {vendor.descriptions[plan.role]}"
    ds.ProtocolName = vendor.descriptions[plan.role]
    ds.RepetitionTime = round(repetition * habit, 1)
    ds.EchoTime = round(echo * habit, 1)
    ds.EchoTrainLength = train
    ds.PixelBandwidth = vendor.bandwidth
    ds.InPlanePhaseEncodingDirection = "ROW"
    ds.ScanningSequence = ["SE", "IR"] if inversion else "SE"
    if inversion:
        longer = 1.25 if acquisition.field_t == 3.0 else 1.0
        ds.InversionTime = round(inversion * habit * longer, 1)
    ds.WindowCenter = round(0.5 * vendor.full_scale)
    ds.WindowWidth = round(vendor.full_scale)
