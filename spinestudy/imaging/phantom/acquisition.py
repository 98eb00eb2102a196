"""How a phantom is scanned: which stacks, on whose scanner, and what goes wrong.

No vendor's real names: the three kinds differ in the way that vendors' tags differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

PlaneName = Literal["sagittal", "axial", "coronal"]
Weighting = Literal["T1", "T2", "STIR"]
SeriesRole = Literal["sag_t1", "sag_t2", "sag_stir", "ax_t1", "ax_t2", "cor_t2"]
ROLES: Final[dict[SeriesRole, tuple[PlaneName, Weighting]]] = {
    "sag_t1": ("sagittal", "T1"),
    "sag_t2": ("sagittal", "T2"),
    "sag_stir": ("sagittal", "STIR"),
    "ax_t1": ("axial", "T1"),
    "ax_t2": ("axial", "T2"),
    "cor_t2": ("coronal", "T2"),
}


class AcquisitionError(ValueError):
    """The exam can't be scanned so; the message says which value is wrong."""


@dataclass(frozen=True)
class Effects:
    """What goes wrong in one series; 0 is off.

    motion: amplitude of ghosts along the phase direction, relative to the signal.
    wrap: share of the field of view that folds in at each end of the phase direction.
    coil_bias: extra unevenness of the coil, as the exponent added to its fall-off.
    failed_fat_suppression: share of fat signal that comes back where the field is off (STIR).
    zero_border: share of rows and columns at each edge that holds nothing but zeros.
    noise_factor: multiplies the noise of the specification.
    """

    motion: float = 0.0
    wrap: float = 0.0
    coil_bias: float = 0.0
    failed_fat_suppression: float = 0.0
    zero_border: float = 0.0
    noise_factor: float = 1.0

    def __post_init__(self) -> None:
        for name, high in (
            ("motion", 1.0),
            ("wrap", 0.3),
            ("coil_bias", 4.0),
            ("failed_fat_suppression", 1.0),
            ("zero_border", 0.3),
            ("noise_factor", 12.0),
        ):
            value = getattr(self, name)
            if not 0 <= value <= high:
                raise AcquisitionError(f"{name} is {value}: give a number from 0 to {high:g}.")


@dataclass(frozen=True)
class SeriesPlan:
    """One series: its grid and what goes wrong in it. Lengths in mm.

    per_disc: axial only; so many slices in a slab along every disc, 0 for one straight block.
    slices: of a sagittal, coronal or straight axial stack.
    """

    role: SeriesRole
    rows: int
    columns: int
    row_spacing_mm: float
    column_spacing_mm: float
    thickness_mm: float = 4.0
    spacing_mm: float = 4.4
    slices: int = 15
    per_disc: int = 0
    effects: Effects = Effects()

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise AcquisitionError(f"There is no role {self.role!r}: give one of {[*ROLES]}.")
        for name, low, high in (
            ("rows", 64, 1024),
            ("columns", 64, 1024),
            ("row_spacing_mm", 0.2, 4.0),
            ("column_spacing_mm", 0.2, 4.0),
            ("thickness_mm", 0.5, 12.0),
            ("spacing_mm", 0.5, 15.0),
            ("slices", 1, 100),
            ("per_disc", 0, 20),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise AcquisitionError(
                    f"{name} of {self.role} is {value}: give a number from {low:g} to {high:g}."
                )

    @property
    def plane(self) -> PlaneName:
        """Orientation of the stack."""
        return ROLES[self.role][0]

    @property
    def weighting(self) -> Weighting:
        """Contrast of the series."""
        return ROLES[self.role][1]

    @property
    def grid(self) -> tuple[object, ...]:
        """What decides where the voxels lie and how thick they are: the same, the same grid."""
        shape = (self.rows, self.columns, self.row_spacing_mm, self.column_spacing_mm)
        depth = (self.thickness_mm, self.spacing_mm, self.slices, self.per_disc)
        return (self.plane, *shape, *depth, self.effects.wrap)


@dataclass(frozen=True)
class Vendor:
    """Words and habits of one kind of scanner; all of it made up."""

    manufacturer: str
    model: str
    descriptions: dict[SeriesRole, str]
    full_scale: float
    bandwidth: float


VENDORS: Final[dict[str, Vendor]] = {
    "S": Vendor(
        "SYNTHETIC S",
        "SYNTHETIC S-scan",
        {
            "sag_t1": "t1_tse_sag",
            "sag_t2": "t2_tse_sag",
            "sag_stir": "t2_tirm_sag",
            "ax_t1": "t1_tse_tra",
            "ax_t2": "t2_tse_tra",
            "cor_t2": "t2_tse_cor",
        },
        1200.0,
        191.0,
    ),
    "G": Vendor(
        "SYNTHETIC G",
        "SYNTHETIC G-scan",
        {
            "sag_t1": "Sag T1 FSE",
            "sag_t2": "Sag T2 FSE",
            "sag_stir": "Sag STIR",
            "ax_t1": "Ax T1 FSE",
            "ax_t2": "Ax T2 FSE",
            "cor_t2": "Cor T2 FSE",
        },
        3000.0,
        244.1,
    ),
    "P": Vendor(
        "SYNTHETIC P",
        "SYNTHETIC P-scan",
        {
            "sag_t1": "T1W_TSE_SAG",
            "sag_t2": "T2W_TSE_SAG",
            "sag_stir": "STIR_TSE_SAG",
            "ax_t1": "T1W_TSE_TRA",
            "ax_t2": "T2W_TSE_TRA",
            "cor_t2": "T2W_TSE_COR",
        },
        900.0,
        217.0,
    ),
}


@dataclass(frozen=True)
class Acquisition:
    """The series of an exam in the order of scanning, and the scanner.

    vendor: a key of VENDORS. field_t: 1.5 or 3, tesla.
    """

    series: tuple[SeriesPlan, ...]
    vendor: str = "S"
    field_t: float = 1.5

    def __post_init__(self) -> None:
        if not self.series:
            raise AcquisitionError("An exam needs a series: give at least one plan.")
        roles = [plan.role for plan in self.series]
        if len(set(roles)) != len(roles):
            raise AcquisitionError(f"Each role can be scanned once; these are {roles}.")
        if self.vendor not in VENDORS:
            raise AcquisitionError(f"There is no vendor {self.vendor!r}: give one of {[*VENDORS]}.")
        if self.field_t not in (1.5, 3.0):
            raise AcquisitionError(f"field_t is {self.field_t}: give 1.5 or 3.")


def usual_acquisition() -> Acquisition:
    """Sagittal T1, T2 and STIR on one grid from T11 to S2, and axial T2 along the discs."""
    return Acquisition(
        series=(
            SeriesPlan("sag_t1", 352, 352, 0.85, 0.85),
            SeriesPlan("sag_t2", 352, 352, 0.85, 0.85),
            SeriesPlan("sag_stir", 352, 352, 0.85, 0.85),
            SeriesPlan("ax_t2", 256, 256, 0.75, 0.75, per_disc=4),
        )
    )
