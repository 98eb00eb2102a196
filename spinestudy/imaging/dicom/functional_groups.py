"""Per-frame and shared attributes of multi-frame objects (PS3.3 C.7.6.16)."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from spinestudy.imaging.dicom import values
from spinestudy.imaging.dicom.frames import PulseParameters

_NO_SUPPRESSION = {"", "NONE"}


@dataclass(frozen=True)
class FrameGroups:
    """Looks an attribute up: the frame's own group, then the shared one, then the top level."""

    top: Dataset
    own: Dataset | None = None
    shared: Dataset | None = None

    def holder(self, sequence: str, keyword: str) -> Dataset:
        """The data set that carries the keyword; the top level where no group does."""
        for groups in (self.own, self.shared):
            item = values.first_item(groups, sequence)
            if item is not None and keyword in item:
                return item
        return self.top

    def number(self, sequence: str, keyword: str) -> float | None:
        """One number."""
        return values.number(self.holder(sequence, keyword), keyword)

    def numbers(self, sequence: str, keyword: str) -> tuple[float, ...]:
        """Several numbers."""
        return values.numbers(self.holder(sequence, keyword), keyword)

    def integer(self, sequence: str, keyword: str) -> int | None:
        """One whole number."""
        return values.integer(self.holder(sequence, keyword), keyword)

    def text(self, sequence: str, keyword: str) -> str:
        """One text."""
        return values.text(self.holder(sequence, keyword), keyword)

    def tokens(self, sequence: str, keyword: str) -> tuple[str, ...]:
        """Code strings."""
        return values.tokens(self.holder(sequence, keyword), keyword)


def frame_groups(dataset: Dataset, frame_count: int) -> list[FrameGroups]:
    """One look-up a frame. More items than frames are left aside, fewer leave frames bare."""
    shared = values.first_item(dataset, "SharedFunctionalGroupsSequence")
    own = values.items(dataset, "PerFrameFunctionalGroupsSequence")
    return [
        FrameGroups(dataset, own[index] if index < len(own) else None, shared)
        for index in range(frame_count)
    ]


def pulse_parameters(groups: FrameGroups) -> PulseParameters:
    """The pulse sequence of a frame, from classic (C.8.3.1) or enhanced (C.8.13.4) attributes."""
    scanning = set(groups.tokens("", "ScanningSequence"))
    echo_kind = values.text(groups.top, "EchoPulseSequence").upper()
    if echo_kind in ("SPIN", "BOTH"):
        scanning.add("SE")
    if echo_kind in ("GRADIENT", "BOTH"):
        scanning.add("GR")
    if values.text(groups.top, "EchoPlanarPulseSequence").upper() == "YES":
        scanning.add("EP")
    if groups.text("MRModifierSequence", "InversionRecovery").upper() == "YES":
        scanning.add("IR")
    inversion_times = groups.numbers("MRModifierSequence", "InversionTimes")
    echo_time = groups.number("MREchoSequence", "EffectiveEchoTime")
    suppression = groups.text("MRModifierSequence", "SpectrallySelectedSuppression").upper()
    timing = "MRTimingAndRelatedParametersSequence"
    return PulseParameters(
        scanning_sequence=tuple(sorted(scanning)),
        repetition_time_ms=groups.number(timing, "RepetitionTime"),
        echo_time_ms=echo_time if echo_time is not None else values.number(groups.top, "EchoTime"),
        inversion_time_ms=(
            inversion_times[0] if inversion_times else values.number(groups.top, "InversionTime")
        ),
        flip_angle_deg=groups.number(timing, "FlipAngle"),
        b_value=groups.number("MRDiffusionSequence", "DiffusionBValue"),
        is_fat_suppressed=(suppression not in _NO_SUPPRESSION and "FAT" in suppression)
        # ScanOptions FS is fat saturation; PFF and PFP are partial Fourier (C.8.3.1.1.1).
        or bool({"FS", "SFS"} & set(groups.tokens("", "ScanOptions"))),
        has_contrast_agent=bool(
            values.text(groups.top, "ContrastBolusAgent")
            or values.items(groups.top, "ContrastBolusAgentSequence")
        ),
    )
