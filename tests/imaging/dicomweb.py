"""What the tests of DICOMweb share."""

from __future__ import annotations

import email
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, validate_file_meta
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, JPEGLSLossless

BringIn = Callable[..., None]


def with_other_syntaxes(images: Sequence[Dataset]) -> list[Dataset]:
    """The second as implicit little endian, the third as big endian, read as if from files."""
    images = list(images)
    nested = Dataset()
    nested.Rows, nested.CodeValue = 513, "T-1"
    for one in images:
        one.ReferencedImageSequence = [nested]
    images[2]["PixelData"].value = np.frombuffer(images[2].PixelData, "<u2").astype(">u2").tobytes()
    for number, syntax in ((1, ImplicitVRLittleEndian), (2, ExplicitVRBigEndian)):
        dataset = images[number]
        dataset.file_meta.TransferSyntaxUID = syntax
        validate_file_meta(dataset.file_meta)
        buffer = io.BytesIO()
        pydicom.dcmwrite(
            buffer,
            dataset,
            implicit_vr=syntax.is_implicit_VR,
            little_endian=syntax.is_little_endian,
            force_encoding=True,
        )
        images[number] = pydicom.dcmread(io.BytesIO(buffer.getvalue()))
    return images


def rows(response: Any) -> list[dict[str, Any]]:
    """Answers as keyword -> first value."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/dicom+json"
    return [
        {
            pydicom.datadict.keyword_for_tag(tag): (told.get("Value") or [None])[0]
            for tag, told in one.items()
        }
        for one in json.loads(response.content)
    ]


def parts(response: Any) -> list[tuple[str, bytes]]:
    """(Content-Type, content) of each part, by the standard library's parser."""
    assert response.status_code == 200, response.content
    body = b"".join(response.streaming_content) if response.streaming else response.content
    head = f"Content-Type: {response['Content-Type']}\r\n\r\n".encode()
    boundary = email.message_from_bytes(head).get_boundary() or ""
    assert len(boundary) > 40
    found = []
    for piece in body.split(f"--{boundary}".encode())[1:-1]:
        name, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        found.append((name.decode().split("\r\n")[0], content.removesuffix(b"\r\n")))
    assert body.endswith(f"--{boundary}--\r\n".encode())
    return found


def path_of(dataset: Dataset, *, below: str = "") -> str:
    return (
        f"/dicomweb/studies/{dataset.StudyInstanceUID}/series/{dataset.SeriesInstanceUID}"
        f"/instances/{dataset.SOPInstanceUID}{below}"
    )


def jpeg_ls(dataset: Dataset) -> Dataset:
    dataset.compress(JPEGLSLossless, generate_instance_uid=False)
    return dataset
