"""The whole of the real data lands, or is quarantined with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinestudy.imaging.models import QuarantinedFile, Series
from tests.imaging.test_import import bring_in, counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage_root")]


def test_the_whole_of_the_real_data_lands_or_is_quarantined(shared_data: Path) -> None:
    root = shared_data / "dicom"
    files = [path for path in root.rglob("*") if path.is_file()]
    upload = bring_in(root)
    assert sum(counts(upload)) == upload.files_total == len(files)
    assert upload.files_accepted >= 200
    assert QuarantinedFile.objects.filter(reason="").count() == 0
    assert QuarantinedFile.objects.filter(reason_code="unexpected").count() == 0
    spine = Series.objects.get(description="t1_tse_sag_448_hf_p2 cc_th").stacks.get()
    assert (spine.plane, spine.weighting, spine.slice_count) == ("sagittal", "T1", 15)
    assert spine.is_reference_for_reading
    assert spine.slice_spacing_mm == pytest.approx(3.3, abs=1e-3)
    slabs = Series.objects.get(description="t2_tse_tra msma").stacks.all()
    assert [(s.plane, s.weighting, s.slice_count) for s in slabs] == [("axial", "T2", 4)] * 3
    localizer = Series.objects.get(description="3-Plane Localizer").stacks.all()
    assert {s.plane for s in localizer} == {"sagittal", "axial", "coronal"}
    assert not any(s.is_reference_for_reading for s in localizer)
