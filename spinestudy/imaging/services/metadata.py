"""Headers as DICOM JSON, told once from the stored file and kept packed beside it."""

from __future__ import annotations

import gzip
import json
import zlib

from spinestudy.imaging.dicom.json_model import to_dicom_json
from spinestudy.imaging.models import Instance
from spinestudy.imaging.selectors.dicomweb_objects import open_dataset
from spinestudy.imaging.selectors.stored_files import load_frame
from spinestudy.imaging.services.storage import metadata_path, store_metadata


def instance_json(instance: Instance) -> bytes:
    """One JSON object; the file never changes, so neither does this."""
    try:
        return load_frame(metadata_path(instance.sha256))
    except (OSError, EOFError, zlib.error):
        pass  # not told yet, or its copy is damaged
    body = to_dicom_json(open_dataset(instance))
    body["00083002"] = {"vr": "UI", "Value": [instance.transfer_syntax_uid]}
    told = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    store_metadata(gzip.compress(told, mtime=0), instance.sha256)
    return told
