"""A reference out of several readers' masks: new versions with provenance, drawings untouched."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from annotations.agreement import dice, staple
from annotations.design.protocol import ReaderStudyDesign
from annotations.models import (
    Arm,
    MaskFusion,
    ReaderStudy,
    ReferenceMask,
    SegmentationRevision,
)
from annotations.services.mask_fusions import MaskFusionError, claim_fusion, queue_fusion
from annotations.services.memberships import grant_role
from annotations.services.protocols import amend_protocol
from annotations.tasks import fuse_masks_task
from spinestudy.audit.models import AuditRecord
from tests import personas
from tests.factories.drawn import (
    BODY,
    SHAPE,
    Labels,
    draw_mask,
    labelmap,
    opened,
    read,
    submit,
)
from tests.factories.reader_studies import designed_reader_study

READERS = ("anna", "bela", "cleo")
DRAWN: dict[str, Labels] = {
    "anna": labelmap(body=np.s_[1:4, 4:14, 4:12]),
    "bela": labelmap(body=np.s_[1:4, 5:15, 4:12], lesion=np.s_[0:1, 0:2, 0:2]),
    "cleo": labelmap(body=np.s_[1:4, 4:14, 6:14]),
}


def drawn_by(
    coordinator: User, folder: Path, drawn: dict[str, Labels], submitted: bool = True
) -> ReaderStudy:
    reader_study = opened(coordinator, folder, READERS)
    readings = read(reader_study, {name: [0] * 5 for name in READERS})
    for name, labels in drawn.items():
        draw_mask(readings[name], labels)
    if submitted:
        submit(readings)
    return reader_study


def code_of(reader_study: ReaderStudy, name: str) -> str:
    return str(reader_study.enrolments.get(reader__username=name).code)


def made(coordinator: User, method: str = "staple") -> MaskFusion:
    fusion = queue_fusion(arm=Arm.objects.get(), method=method, actor=coordinator)
    fuse_masks_task(fusion.pk)
    fusion.refresh_from_db()
    assert fusion.state == "succeeded", fusion.error_message
    return fusion


def test_staple_makes_a_mask_with_its_provenance(coordinator: User, tmp_path: Path) -> None:
    reader_study = drawn_by(coordinator, tmp_path, DRAWN)
    before = list(SegmentationRevision.objects.values_list("sha256", "revision").order_by("pk"))
    fusion = made(coordinator)
    mask = ReferenceMask.objects.get(segment="vertebral_body")
    codes = sorted((code_of(reader_study, name), name) for name in READERS)
    masks = [DRAWN[name] == BODY for _, name in codes]
    wanted = staple(masks)
    fused = wanted.mask()
    assert fused is not None
    assert wanted.sensitivity is not None
    stored = np.frombuffer(gzip.decompress(bytes(mask.data)), np.uint8).reshape(SHAPE)
    assert np.array_equal(stored == 1, fused)
    assert (mask.version, mask.method, mask.voxels) == (1, "staple", int(fused.sum()))
    basis = mask.basis
    assert [one["reader"] for one in basis["readers"]] == [code for code, _ in codes]
    for place, one in enumerate(basis["readers"]):
        assert one["sensitivity"] == pytest.approx(wanted.sensitivity[place])
        assert one["dice"] == pytest.approx(dice(masks[place], fused).value)
        assert 0.5 < one["dice"] <= 1
    assert (basis["iterations"], basis["prior"]) == (wanted.iterations, wanted.prior)
    dominant = None if wanted.dominated_by is None else codes[wanted.dominated_by][0]
    assert (basis["not_drawn"], basis["dominated_by"]) == ([], dominant)
    assert basis["software"]["numpy"] == np.__version__
    assert fusion.counts == {"written": 2}  # the lesion of one reader too
    assert (
        list(SegmentationRevision.objects.values_list("sha256", "revision").order_by("pk"))
        == before
    )
    record = AuditRecord.objects.get(action="reference_masks.written")
    assert {one[4] for one in record.data["masks"]} == set(
        ReferenceMask.objects.values_list("sha256", flat=True)
    )


def test_the_majority_is_the_other_choice(coordinator: User, tmp_path: Path) -> None:
    drawn_by(coordinator, tmp_path, DRAWN)
    made(coordinator, "majority")
    mask = ReferenceMask.objects.get(segment="vertebral_body")
    stored = np.frombuffer(gzip.decompress(bytes(mask.data)), np.uint8).reshape(SHAPE)
    votes = sum((labels == BODY).astype(int) for labels in DRAWN.values())
    assert np.array_equal(stored == 1, np.asarray(votes) >= 2)
    assert "sensitivity" not in mask.basis["readers"][0]
    assert ReferenceMask.objects.get(segment="lesion").voxels == 0  # one of three isn't most


def test_another_method_is_a_new_version_and_the_same_again_is_none(
    coordinator: User, tmp_path: Path
) -> None:
    drawn_by(coordinator, tmp_path, DRAWN)
    made(coordinator)
    assert made(coordinator).counts == {"there already, from the same drawings": 2}
    made(coordinator, "majority")
    masks = ReferenceMask.objects.filter(segment="vertebral_body")
    assert list(masks.values_list("version", "method")) == [(1, "staple"), (2, "majority")]
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        masks.update(voxels=1)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        masks.delete()


def test_who_has_not_drawn_on_a_series_does_not_count(coordinator: User, tmp_path: Path) -> None:
    two = {name: DRAWN[name] for name in ("anna", "cleo")}
    reader_study = drawn_by(coordinator, tmp_path, two)
    made(coordinator)
    basis = ReferenceMask.objects.get(segment="vertebral_body").basis
    assert basis["not_drawn"] == [code_of(reader_study, "bela")]
    assert len(basis["readers"]) == 2
    assert not ReferenceMask.objects.filter(segment="lesion").exists()


@pytest.mark.parametrize(
    ("names", "submitted", "words"),
    [
        (("anna",), True, "masks of two readers on the same series"),
        ((), True, "masks of two readers on the same series"),
        (READERS, False, "No case of this arm is submitted by all"),
    ],
)
def test_what_can_not_be_fused_is_refused_in_words(
    coordinator: User, tmp_path: Path, names: tuple[str, ...], submitted: bool, words: str
) -> None:
    drawn_by(coordinator, tmp_path, {name: DRAWN[name] for name in names}, submitted)
    with pytest.raises(MaskFusionError, match=words):
        queue_fusion(arm=Arm.objects.get(), method="staple", actor=coordinator)
    assert not MaskFusion.objects.exists()


def test_a_worker_that_is_lost_gives_way(coordinator: User, tmp_path: Path) -> None:
    drawn_by(coordinator, tmp_path, DRAWN)
    first = queue_fusion(arm=Arm.objects.get(), method="staple", actor=coordinator)
    assert claim_fusion(first.pk) is not None
    assert claim_fusion(first.pk) is None
    with pytest.raises(MaskFusionError, match="being made"):
        queue_fusion(arm=Arm.objects.get(), method="staple", actor=coordinator)
    past = timezone.now() - timedelta(minutes=1)
    MaskFusion.objects.update(lease_expires_at=past)
    made(coordinator)
    assert list(MaskFusion.objects.values_list("state", flat=True)) == ["succeeded", "failed"]


def test_drawings_that_are_damaged_fail_with_a_reason_and_leave_nothing(
    coordinator: User, tmp_path: Path
) -> None:
    drawn_by(coordinator, tmp_path, DRAWN)
    fusion = queue_fusion(arm=Arm.objects.get(), method="staple", actor=coordinator)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE annotations_segmentationrevision SET data = %s WHERE id = %s",
            [b"damaged", SegmentationRevision.objects.latest("pk").pk],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    fuse_masks_task(fusion.pk)
    fusion.refresh_from_db()
    assert fusion.state == "failed"
    assert "unexpected error" in fusion.error_message
    assert not ReferenceMask.objects.exists()


def test_the_page_starts_it_and_shows_what_came(coordinator: User, tmp_path: Path) -> None:
    reader_study = drawn_by(coordinator, tmp_path, DRAWN)
    where = f"/reader-studies/{reader_study.pk}/adjudication/masks/"
    client = Client()
    client.force_login(coordinator)
    assert "None yet." in client.get(where).content.decode()
    client.post(f"{where}fuse/", {"arm": Arm.objects.get().pk, "method": "staple"})
    fuse_masks_task(MaskFusion.objects.get().pk)
    text = client.get(where).content.decode()
    for name in READERS:
        assert f"<td>{code_of(reader_study, name)}</td>" in text
        assert name not in text
    first = ReferenceMask.objects.get(segment="vertebral_body").basis["readers"][0]
    assert f"{first['dice']:.3f}" in text
    refused = client.post(
        f"{where}fuse/", {"arm": Arm.objects.get().pk, "method": "guess"}, follow=True
    )
    assert "Choose STAPLE or the majority" in refused.content.decode()


def test_masks_of_a_withheld_arm_are_neither_made_nor_shown(
    coordinator: User, tmp_path: Path
) -> None:
    reader_study = drawn_by(coordinator, tmp_path, DRAWN)
    made(coordinator)
    amend_protocol(
        reader_study_id=reader_study.pk,
        actor=coordinator,
        changes={"live_view": {"coordinators": "none", "min_patients": 0}},
        reason="nobody looks",
    )
    client = Client()
    client.force_login(coordinator)
    where = f"/reader-studies/{reader_study.pk}/adjudication/masks/"
    text = client.get(where).content.decode()
    assert "None yet." in text
    assert "withholds every arm" in text
    sent = {"arm": Arm.objects.get().pk, "method": "majority"}
    assert client.post(f"{where}fuse/", sent).status_code == 403


@pytest.mark.parametrize("who", ["anna", "judge", "stranger"])
def test_readers_and_adjudicators_see_no_reference_mask(
    coordinator: User, tmp_path: Path, who: str
) -> None:
    reader_study = drawn_by(coordinator, tmp_path, DRAWN)
    for name in ("judge", "stranger"):
        personas.person(name)
    grant_role(reader_study=reader_study, username="judge", role="adjudicator", actor=coordinator)
    client = Client()
    client.force_login(User.objects.get(username=who))
    where = f"/reader-studies/{reader_study.pk}/adjudication/masks/"
    assert client.get(where).status_code in (403, 404)
    assert client.post(f"{where}fuse/").status_code in (403, 404)


def test_a_draft_and_a_reader_study_without_segments_are_refused(
    coordinator: User, reader: User
) -> None:
    plain = designed_reader_study(
        coordinator, [reader], ReaderStudyDesign("unaided_only"), aided=False
    )
    arm = plain.arms.get()
    with pytest.raises(MaskFusionError, match="open the reader study first"):
        queue_fusion(arm=arm, method="staple", actor=coordinator)
    ReaderStudy.objects.filter(pk=plain.pk).update(status="open", opened_at=timezone.now())
    with pytest.raises(MaskFusionError, match="asks for no masks"):
        queue_fusion(arm=arm, method="staple", actor=coordinator)
