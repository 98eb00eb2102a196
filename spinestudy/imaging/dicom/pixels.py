"""Decode pixels once, into the plain form that is stored and served.

Stored form: gzip of little-endian values, rows x columns; 8 or 16 bits; colour as interleaved
RGB of 8 bits. Values are as stored (before rescale). Pillow is not needed for grey images.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import UID

from spinestudy.imaging.dicom import values
from spinestudy.imaging.dicom.frames import PixelFacts
from spinestudy.imaging.dicom.unusable import UnusableFileError

MAX_PIXELS: Final = 1_000_000_000
_LOW_HIGH_PERCENT: Final = (1.0, 99.0)
_SAMPLE_STEP: Final = 3  # every third row and column is enough for a percentile


def check_length(dataset: Dataset, frame_count: int) -> None:
    """Raise UnusableFileError where uncompressed pixels are shorter than the header claims."""
    rows, columns = values.integer(dataset, "Rows") or 0, values.integer(dataset, "Columns") or 0
    samples = values.integer(dataset, "SamplesPerPixel") or 1
    bits = values.integer(dataset, "BitsAllocated") or 0
    if rows * columns * samples * frame_count > MAX_PIXELS:
        raise UnusableFileError(
            "too_large", "The image has more than 10^9 values. Split it before import."
        )
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return
    needed = (rows * columns * samples * frame_count * bits + 7) // 8
    if values.text(dataset, "PhotometricInterpretation") == "YBR_FULL_422":
        needed = needed * 2 // 3
    found = len(dataset["PixelData"].value or b"")
    if found < needed:
        raise UnusableFileError(
            "pixels_truncated",
            f"The pixels end too early ({found} of {needed} bytes). Copy or export the file again.",
        )


def decode_frames(dataset: Dataset, frame_count: int) -> Iterator[NDArray[np.integer[Any]]]:
    """Yield every frame as uint8, int8, uint16 or int16: (rows, columns) or (rows, columns, 3).

    Raises UnusableFileError with the reason where a frame can't be decoded.
    """
    check_length(dataset, frame_count)
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    try:
        is_available = get_decoder(syntax).is_available
    except NotImplementedError:
        is_available = False
    if not is_available:
        raise _cannot_decode(syntax, "no decoder for this compression")
    frames: Iterator[NDArray[np.integer[Any]]] = iter(())
    count = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frames = iter_pixels(dataset)
            for frame in frames:
                yield _plain(_coloured(frame, dataset), dataset)
                count += 1
                if count == frame_count:
                    return
    except UnusableFileError:
        raise
    except Exception as error:  # every codec raises its own kinds
        raise _cannot_decode(syntax, str(error) or type(error).__name__) from error
    if count < frame_count:
        raise UnusableFileError(
            "pixels_truncated",
            f"{count} of {frame_count} frames could be decoded. Copy or export the file again.",
        )


def _cannot_decode(syntax: UID, why: str) -> UnusableFileError:
    lines = [line.strip() for line in why.splitlines() if line.strip()]
    cause = (lines[1] if len(lines) > 1 and lines[0].endswith(":") else lines[0])[:200]
    return UnusableFileError(
        "pixels_not_decodable",
        f"The pixels can't be decoded ({syntax.name}: {cause}). "
        "Export the file again, uncompressed or as JPEG-LS or JPEG 2000.",
    )


def _coloured(frame: NDArray[np.integer[Any]], dataset: Dataset) -> NDArray[np.integer[Any]]:
    """Palette colours become RGB; iter_pixels has already turned YBR into RGB."""
    if values.text(dataset, "PhotometricInterpretation") != "PALETTE COLOR":
        return frame
    rgb = apply_color_lut(frame, dataset)
    if rgb.dtype == np.uint16:
        rgb = (rgb >> 8).astype(np.uint8)
    return rgb


def _plain(frame: NDArray[np.integer[Any]], dataset: Dataset) -> NDArray[np.integer[Any]]:
    """Fit the values into 8 or 16 bits without changing any."""
    if frame.ndim == 3 and frame.shape[2] != 3:
        raise UnusableFileError(
            "colours_not_supported",
            f"{frame.shape[2]} samples per pixel are not supported; export as grey or RGB.",
        )
    if frame.dtype.kind not in "iub":
        raise UnusableFileError(
            "values_not_supported", "Floating-point pixels are not supported; export as integers."
        )
    if frame.ndim == 3 and frame.dtype.itemsize > 1:
        stored = values.integer(dataset, "BitsStored") or 16
        return (frame >> max(stored - 8, 0)).astype(np.uint8)
    if frame.dtype.itemsize <= 2:
        return np.ascontiguousarray(_without_overlay_bits(frame, dataset))
    low, high = int(frame.min()), int(frame.max())
    for kind in (np.uint16, np.int16):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return np.ascontiguousarray(frame.astype(kind))
    raise UnusableFileError(
        "values_not_supported",
        f"Values from {low} to {high} don't fit 16 bits; export with 16 bits or fewer.",
    )


def _without_overlay_bits(
    frame: NDArray[np.integer[Any]], dataset: Dataset
) -> NDArray[np.integer[Any]]:
    """Clear the bits above BitsStored, where old files keep overlays (retired, PS3.5 8.1.2)."""
    stored = values.integer(dataset, "BitsStored") or 0
    allocated = frame.dtype.itemsize * 8
    if not 0 < stored < allocated or frame.dtype.kind not in "iu":
        return frame
    if frame.dtype.kind == "u":
        return frame if int(frame.max()) < 1 << stored else frame & ((1 << stored) - 1)
    if -(1 << (stored - 1)) <= int(frame.min()) and int(frame.max()) < 1 << (stored - 1):
        return frame
    shift = allocated - stored
    return (frame << shift) >> shift  # also extends the sign


def pixel_facts(frame: NDArray[np.integer[Any]], photometric: str) -> tuple[PixelFacts, bytes]:
    """Describe a decoded frame, and give its bytes as they are stored (little endian)."""
    stored = frame.astype(frame.dtype.newbyteorder("<"), copy=False).tobytes()
    sample = frame[::_SAMPLE_STEP, ::_SAMPLE_STEP]
    low, high = np.percentile(sample, _LOW_HIGH_PERCENT)
    is_colour = frame.ndim == 3
    grey = "MONOCHROME1" if photometric == "MONOCHROME1" else "MONOCHROME2"
    return (
        PixelFacts(
            photometric_interpretation="RGB" if is_colour else grey,
            samples_per_pixel=3 if is_colour else 1,
            bits_allocated=frame.dtype.itemsize * 8,
            is_signed=frame.dtype.kind == "i",
            pixel_min=int(frame.min()),
            pixel_max=int(frame.max()),
            low=float(low),
            high=float(high),
            digest=hashlib.sha256(stored).hexdigest(),
        ),
        stored,
    )
