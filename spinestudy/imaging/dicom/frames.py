"""What is known of one image plane: from the header, and from its decoded pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class PulseParameters:
    """What decides the weighting (PS3.3 C.8.3.1, C.8.13.4); times in ms."""

    scanning_sequence: tuple[str, ...] = ()
    repetition_time_ms: float | None = None
    echo_time_ms: float | None = None
    inversion_time_ms: float | None = None
    flip_angle_deg: float | None = None
    b_value: float | None = None
    is_fat_suppressed: bool = False
    has_contrast_agent: bool = False


@dataclass(frozen=True)
class FrameHeader:
    """One frame as its header tells. `orientation_lps` is ImageOrientationPatient as written.

    `row_spacing_mm` is the distance between rows, `column_spacing_mm` between columns
    (PixelSpacing, PS3.3 10.7.1.3, first and second value). `description` joins the free texts
    that people write about a series.
    """

    frame_number: int
    rows: int
    columns: int
    position_lps: Vector | None = None
    orientation_lps: tuple[float, ...] | None = None
    row_spacing_mm: float | None = None
    column_spacing_mm: float | None = None
    slice_thickness_mm: float | None = None
    rescale_slope: float = 1.0
    rescale_intercept: float = 0.0
    window_center: float | None = None
    window_width: float | None = None
    image_type: tuple[str, ...] = ()
    echo_number: int | None = None
    temporal_position: int | None = None
    acquisition_number: int | None = None
    instance_number: int | None = None
    stack_id: str = ""
    frame_of_reference_uid: str = ""
    description: str = ""
    pulse: PulseParameters = PulseParameters()


@dataclass(frozen=True)
class PixelFacts:
    """What decoding found. `low` and `high` are the 1st and 99th percentile of stored values.

    `digest` is the SHA-256 of the stored little-endian pixels; `path` where they lie.
    """

    photometric_interpretation: str
    samples_per_pixel: int
    bits_allocated: int
    is_signed: bool
    pixel_min: int
    pixel_max: int
    low: float
    high: float
    digest: str
    path: str = ""


@dataclass(frozen=True)
class StoredFrame:
    """One frame of one instance, as stacks are built from."""

    sop_instance_uid: str
    header: FrameHeader
    pixels: PixelFacts

    def to_json(self) -> dict[str, Any]:
        """Plain data for `Instance.frame_headers`, without what equals the default."""
        header = asdict(self.header)
        header["pulse"] = {
            k: v for k, v in header["pulse"].items() if v is not None and v is not False
        }
        return {
            "header": {key: value for key, value in header.items() if value is not None},
            "pixels": asdict(self.pixels),
        }

    @classmethod
    def from_json(cls, sop_instance_uid: str, data: Mapping[str, Any]) -> StoredFrame:
        """The inverse of `to_json`; unknown keys are left aside."""
        header = _known(FrameHeader, data["header"])
        header["pulse"] = PulseParameters(**_known(PulseParameters, header.get("pulse", {})))
        return cls(
            sop_instance_uid=sop_instance_uid,
            header=FrameHeader(**header),
            pixels=PixelFacts(**_known(PixelFacts, data["pixels"])),
        )


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in data.items()
        if key in names
    }
