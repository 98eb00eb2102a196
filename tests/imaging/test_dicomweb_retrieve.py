"""DICOMweb retrieval: headers, frames and files in the form that the client accepts."""

from __future__ import annotations

import gzip
import io
import json

import numpy as np
import pydicom
import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from spinestudy.imaging.models import Instance, Series
from spinestudy.imaging.selectors.stored_files import absolute
from tests.factories.dicom import SeriesRecipe, image, to_bytes
from tests.imaging.dicomweb import BringIn, jpeg_ls, parts, path_of, with_other_syntaxes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage_root")]
OCTETS = 'multipart/related; type="application/octet-stream"; transfer-syntax='
FILES = 'multipart/related; type="application/dicom"; transfer-syntax='
LITTLE = "1.2.840.10008.1.2.1"


def test_metadata_tells_the_headers_without_pixels_and_is_kept(
    dicomweb: Client, bring_in: BringIn
) -> None:
    recipe = SeriesRecipe()
    sequence = Dataset()
    sequence.CodeValue, sequence.PixelData = "T-11510", b"\0" * 4000
    sequence["PixelData"].VR = "OW"
    first = image(
        recipe,
        (0, 0, 0),
        SpecificCharacterSet="ISO_IR 100",
        SeriesDescription="Wirbelsäule",
        IconImageSequence=[sequence],
        RedPaletteColorLookupTableData=b"\1" * 4000,
    )
    first.add_new(0x00291010, "OB", b"\2" * 4000)
    first.add_new(0x00189074, "DT", "20260102")
    first.add_new(0x00189087, "FD", float("nan"))
    bring_in(first, image(recipe, (4, 0, 0), 2))
    address = f"/dicomweb/studies/{recipe.study_uid}/series/{recipe.series_uid}/metadata"
    answer = dicomweb.get(address, headers={"accept": "application/dicom+json, application/json"})
    told = json.loads(answer.content)
    assert [one["00200013"]["Value"] for one in told] == [[1], [2]]
    assert told[0]["0008103E"]["Value"] == ["Wirbelsäule"]
    assert told[0]["00080005"]["Value"] == ["ISO_IR 192"]
    assert told[0]["00083002"]["Value"] == [LITTLE]
    assert told[0]["00200032"]["Value"] == [0.0, 0.0, 0.0]
    assert told[0]["00189087"]["Value"] == [None]
    assert told[0]["00880200"]["Value"] == [{"00080100": {"vr": "SH", "Value": ["T-11510"]}}]
    assert len(told[0]["00281201"]["InlineBinary"]) > 4000
    assert not {"7FE00010", "00291010", "00020010"} & told[0].keys()
    Dataset.from_json(told[1])
    for instance in Instance.objects.all():
        absolute(instance.path).unlink()
    again = dicomweb.get(address, headers={"accept-encoding": "gzip"})
    assert again["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(again.content)) == told
    one = json.loads(dicomweb.get(path_of(first, below="/metadata")).content)
    assert one == told[:1]
    whole = json.loads(dicomweb.get(f"/dicomweb/studies/{recipe.study_uid}/metadata").content)
    assert whole == told


def test_frames_come_plain_whatever_native_syntax_they_are_stored_in(
    dicomweb: Client, bring_in: BringIn
) -> None:
    recipe = SeriesRecipe()
    images = [image(recipe, (4 * n, 0, 0), n + 1) for n in range(3)]
    wanted = [bytes(one.PixelData) for one in images]
    stored = with_other_syntaxes(images)
    bring_in(*stored)
    for dataset, pixels in zip(stored, wanted, strict=True):
        for accept in (
            f"{OCTETS}*",
            "multipart/related; type=application/octet-stream; transfer-syntax=*",
            f"{OCTETS}{LITTLE}",
            'multipart/related; type="application/octet-stream"',
            'multipart/related; type="*/*"',
            "*/*",
            "",
        ):
            answer = dicomweb.get(
                path_of(dataset, below="/frames/1"), headers={"accept": accept} if accept else {}
            )
            [(head, content)] = parts(answer)
            assert head == f"Content-Type: application/octet-stream; transfer-syntax={LITTLE}"
            assert content == pixels, accept
        single = dicomweb.get(
            path_of(dataset, below="/frames/1"), headers={"accept": "application/octet-stream"}
        )
        assert single.content == pixels


def test_compressed_frames_go_as_stored_or_plain(dicomweb: Client, bring_in: BringIn) -> None:
    dataset = image(SeriesRecipe(rows=40, columns=30), (0, 0, 0))
    pixels = bytes(dataset.PixelData)
    bring_in(jpeg_ls(dataset))
    address = path_of(dataset, below="/frames/1")

    def ask(accept: str) -> tuple[str, bytes]:
        [(head, content)] = parts(dicomweb.get(address, headers={"accept": accept}))
        return head.removeprefix("Content-Type: "), content

    stored = ask(f"{OCTETS}*")
    assert stored[0] == f"application/octet-stream; transfer-syntax={JPEGLSLossless}"
    assert stored[1].startswith(b"\xff\xd8\xff")
    assert ask(f"{OCTETS}{JPEGLSLossless}") == stored
    named = ask('multipart/related; type="image/jls"')
    assert named == (f"image/jls; transfer-syntax={JPEGLSLossless}", stored[1])
    plain = ask('multipart/related; type="application/octet-stream"')
    assert plain == (f"application/octet-stream; transfer-syntax={LITTLE}", pixels)
    preferred = ask(f'{OCTETS}{LITTLE};q=0.2, multipart/related; type="image/*";q=0.9')
    assert preferred == named
    refused = dicomweb.get(address, headers={"accept": 'multipart/related; type="image/jp2"'})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    decoded, _ = get_decoder(JPEGLSLossless).as_array(
        pydicom.dcmread(io.BytesIO(to_bytes(dataset)))
    )
    assert decoded.tobytes() == pixels


def test_frames_of_an_image_with_several(dicomweb: Client, bring_in: BringIn) -> None:
    pixels = np.arange(3 * 12 * 10, dtype=np.uint16).reshape(3, 12, 10)
    dataset = image(SeriesRecipe(), (0, 0, 0), pixels=pixels[0])
    dataset.NumberOfFrames, dataset.PixelData = 3, pixels.tobytes()
    bring_in(dataset)
    found = parts(dicomweb.get(path_of(dataset, below="/frames/3,1")))
    assert [content for _, content in found] == [pixels[2].tobytes(), pixels[0].tobytes()]
    for text, status in (("4", 404), ("0", 400), ("a", 400), ("1,,2", 400), ("%D9%A1", 400)):
        assert dicomweb.get(path_of(dataset, below=f"/frames/{text}")).status_code == status, text
    refused = dicomweb.get(
        path_of(dataset, below="/frames/1,2"), headers={"accept": "application/octet-stream"}
    )
    assert refused.status_code == 406


def test_colour_that_would_not_fit_its_header_goes_only_as_stored(
    dicomweb: Client, bring_in: BringIn
) -> None:
    pixels = np.zeros((12, 10, 3), np.uint8)
    planes = image(SeriesRecipe(), (0, 0, 0), pixels=pixels[..., 0])
    planes.SamplesPerPixel, planes.PhotometricInterpretation = 3, "RGB"
    planes.PlanarConfiguration, planes.PixelData = 1, bytes(range(120)) * 3
    packed = image(SeriesRecipe(), (0, 0, 0), pixels=pixels[..., 0])
    packed.SamplesPerPixel, packed.PhotometricInterpretation = 3, "RGB"
    packed.PlanarConfiguration, packed.PixelData = 0, pixels.tobytes()
    packed["PixelData"].VR = "OB"
    bring_in(planes, jpeg_ls(packed))
    [(_, content)] = parts(dicomweb.get(path_of(planes, below="/frames/1")))
    assert content == bytes(range(120)) * 3
    plain = dicomweb.get(
        path_of(packed, below="/frames/1"), headers={"accept": f"{OCTETS}{LITTLE}"}
    )
    assert plain.status_code == 406
    assert parts(dicomweb.get(path_of(packed, below="/frames/1"), headers={"accept": f"{OCTETS}*"}))


def test_files_go_byte_for_byte_or_uncompressed(dicomweb: Client, bring_in: BringIn) -> None:
    recipe = SeriesRecipe(rows=40, columns=30)
    images = [image(recipe, (4 * n, 0, 0), n + 1) for n in range(3)]
    pixels = [one.pixel_array.copy() for one in images]
    stored = with_other_syntaxes(images)
    stored.append(jpeg_ls(image(recipe, (12, 0, 0), 4)))
    pixels.append(stored[3].pixel_array)
    bring_in(*stored)
    address = f"/dicomweb/studies/{recipe.study_uid}"
    answer = dicomweb.get(address, headers={"accept": f"{FILES}*"})
    found = parts(answer)
    assert [content for _, content in found] == [to_bytes(one) for one in stored]
    assert found[3][0] == f"Content-Type: application/dicom; transfer-syntax={JPEGLSLossless}"
    for accept in ('multipart/related; type="application/dicom"', f"{FILES}{LITTLE}", "*/*"):
        plain = parts(dicomweb.get(address, headers={"accept": accept}))
        for (head, content), expected in zip(plain, pixels, strict=True):
            dataset = pydicom.dcmread(io.BytesIO(content))
            assert head.endswith(LITTLE)
            assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
            assert (dataset.pixel_array == expected).all()
            assert all(item.Rows == 513 for item in dataset.get("ReferencedImageSequence", []))
    one = dicomweb.get(path_of(images[0]), headers={"accept": "application/dicom"})
    assert one.content == to_bytes(images[0])
    for path, accept in (
        (address, "application/dicom"),
        (address, f"{FILES}1.2.840.10008.1.2.4.50"),
        (path_of(images[0]), "image/png"),
    ):
        assert dicomweb.get(path, headers={"accept": accept}).status_code == 406


def test_what_is_not_there_is_missing(dicomweb: Client, bring_in: BringIn) -> None:
    dataset, other = image(SeriesRecipe(), (0, 0, 0)), image(SeriesRecipe(), (0, 0, 0))
    bring_in(dataset, other)
    crossed = path_of(dataset).replace(dataset.SeriesInstanceUID, other.SeriesInstanceUID)
    for path in (crossed, f"{crossed}/metadata", f"{crossed}/frames/1"):
        answer = dicomweb.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "missing"), path
    absolute(Instance.objects.get(sop_instance_uid=dataset.SOPInstanceUID).path).unlink()
    for below in ("", "/metadata", "/frames/1"):
        answer = dicomweb.get(path_of(dataset, below=below))
        assert (answer.status_code, answer.json()["code"]) == (404, "missing"), below
    assert Series.objects.count() == 2
