"""What is wrong with a spine: its scales, and that it shows in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.vocabulary import FINDINGS, TRANSITIONS, disc_levels, graded_levels
from spinestudy.imaging.phantom import (
    ITEM_RANGE,
    Findings,
    FindingsError,
    Herniation,
    ModicPlate,
    build_scene,
)
from spinestudy.imaging.phantom.findings import SIDE_RANGE, score_of, slip_share
from spinestudy.imaging.phantom.levels import (
    LUMBAR_COUNTS,
    graded_bodies,
    lumbar_discs,
    names_of_seats,
)
from spinestudy.imaging.phantom.levels import TRANSITIONS as PHANTOM_TRANSITIONS
from spinestudy.imaging.phantom.truth import truth_rows
from tests.imaging.phantom.spines import box, scene_of, spine

BRIGHT_FAT = 0.75


def test_items_and_score_ranges_are_those_of_the_vocabulary() -> None:
    for item, (low, high) in ITEM_RANGE.items():
        finding = FINDINGS[item]
        scores = [category.score for category in finding.scale.categories]
        assert (min(scores), max(scores)) == (low, high), item
        assert (finding.sides == ("right", "left")) == (item in SIDE_RANGE), item


@pytest.mark.parametrize("count", LUMBAR_COUNTS)
def test_levels_are_those_of_the_vocabulary(count: int) -> None:
    assert lumbar_discs(count) == disc_levels(count)
    assert graded_bodies(count) == graded_levels(count)["vertebra"]
    assert set(PHANTOM_TRANSITIONS) <= set(TRANSITIONS)


def test_rows_of_truth_are_floors_and_cover_every_level() -> None:
    spec = spine(
        sides={"foraminal_stenosis": {"L4/L5": {"right": 2.6, "left": 0.4}}},
        herniations={"L5/S1": Herniation(3.4, 1.2, "left")},
        slips={"L4/L5": 1.6},
    )
    rows = truth_rows(spec)
    assert all(row.score == score_of(row.item, row.latent) for row in rows)
    told = {(r.item, r.disc_level or r.vertebral_level, r.side): r.score for r in rows}
    assert len(told) == len(rows)
    assert told["foraminal_stenosis", "L4/L5", "right"] == 2
    assert told["foraminal_stenosis", "L4/L5", "left"] == 0
    assert told["disc_morphology", "L5/S1", ""] == 3
    assert told["herniation_zone", "L5/S1", "left"] == 1
    assert told["spondylolisthesis", "L4/L5", ""] == 1
    assert told["vertebral_fracture", "T11", ""] == 0
    assert not [r for r in rows if r.item == "fracture_nature"]
    for level in disc_levels(5):
        assert {"pfirrmann", "modic", "disc_morphology"} <= {i for i, at, _ in told if at == level}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lumbar_count": 7}, "lumbar_count 7: give one of 4, 5, 6"),
        ({"slips": {"L4/L5": 4.5}}, "slips.*from 0 to 3.4"),
        ({"herniations": {"L6/S1": Herniation(2.5)}}, "L6/S1.*L1/L2"),
        ({"sides": {"pfirrmann": {}}}, "item with sides 'pfirrmann'"),
        ({"metastases": {"S1": 5.0}}, "vertebra with a metastasis 'S1'"),
    ],
)
def test_findings_that_cannot_be_drawn_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(FindingsError, match=message):
        Findings(**wrong)  # type: ignore[arg-type]


def test_foraminal_fat_and_then_the_root_go_with_severity() -> None:
    fat, root = [], []
    for value in (0.2, 1.5, 2.5, 3.6):
        scene = scene_of(sides={"foraminal_stenosis": {"L3/L4": {"right": value, "left": 0.2}}})
        depth = scene.anatomy.discs["L3/L4"].half_depth
        found, _ = box(scene, "L3/L4", (depth - 1, depth + 11), (-6, 17), (-19, -19))
        other, _ = box(scene, "L3/L4", (depth - 1, depth + 11), (-6, 17), (19, 19))
        fat.append(int((found.t1 > BRIGHT_FAT).sum()))
        root.append(int(((found.t2 > 0.34) & (found.t1 < 0.44)).sum()))
        healthy = int((other.t1 > BRIGHT_FAT).sum())
    assert fat == sorted(fat, reverse=True)
    assert fat[1] < 0.85 * fat[0]
    assert fat[2] < 0.25 * fat[0]
    assert root[3] < 0.6 * root[0]
    assert healthy > 0.9 * fat[0], "the other side keeps its fat"


def test_the_recess_narrows_with_severity_on_its_side_only() -> None:
    fat = []
    for value in (0.2, 1.6, 2.6, 3.6):
        scene = scene_of(sides={"subarticular_stenosis": {"L4/L5": {"right": 0.2, "left": value}}})
        depth = scene.anatomy.discs["L4/L5"].half_depth
        left, _ = box(scene, "L4/L5", (depth + 1, depth + 9), (-3, 0), (8, 15))
        right, _ = box(scene, "L4/L5", (depth + 1, depth + 9), (-3, 0), (-15, -8))
        fat.append((left.t1 > BRIGHT_FAT).mean())
        other = (right.t1 > BRIGHT_FAT).mean()
        assert other == pytest.approx(fat[0], abs=0.12)
    assert fat == sorted(fat, reverse=True)
    assert fat[3] < 0.6 * fat[0]


@pytest.mark.parametrize("morphology", [2.5, 3.5, 4.5])
def test_a_herniation_lies_behind_the_disc_and_pushes_the_sac(morphology: float) -> None:
    scene = scene_of(herniations={"L4/L5": Herniation(morphology, 0.2, "", 7.0)})
    plain = scene_of()
    depth = scene.anatomy.discs["L4/L5"].half_depth
    reach = ((depth + 1, depth + 15), (-20.0, 10.0), (-2.0, 2.0))
    found, _ = box(scene, "L4/L5", *reach)
    before, _ = box(plain, "L4/L5", *reach)
    assert (found.changes == 7).sum() > 40
    assert not (before.changes == 7).any()
    assert (found.labels == 4).sum() < 0.95 * (before.labels == 4).sum()


def test_a_sided_herniation_lies_on_its_side() -> None:
    for side, sign in (("left", 1), ("right", -1)):
        scene = scene_of(herniations={"L4/L5": Herniation(2.7, 1.3, side)})  # type: ignore[arg-type]
        depth = scene.anatomy.discs["L4/L5"].half_depth
        found, shape = box(scene, "L4/L5", (depth, depth + 8), (-5, 5), (-20, 20))
        per_w = (found.changes == 7).reshape(shape).sum(axis=(0, 1))
        w = np.arange(-20, 21)
        assert sign * (per_w @ w) / per_w.sum() > 5


def test_a_slip_is_as_long_as_its_grade_says() -> None:
    offsets = []
    for latent in (0.3, 1.5, 2.5):
        anatomy = scene_of(slips={"L4/L5": latent}).anatomy
        lower = anatomy.vertebrae["L5"]
        along = np.array([np.cos(lower.angle), np.sin(lower.angle)])
        offsets.append(float((anatomy.vertebrae["L4"].center - lower.center) @ along))
        depth = 2 * lower.half_depth
    assert (offsets[0] - offsets[1]) / depth == pytest.approx(slip_share(1.5), abs=0.02)
    assert (offsets[0] - offsets[2]) / depth == pytest.approx(slip_share(2.5), abs=0.03)
    assert slip_share(2.0) == 0.25


def test_each_endplate_has_its_own_modic_change() -> None:
    plates = {"L3/L4": (ModicPlate(1.5, 10.0), ModicPlate(0.2, 4.0))}
    scene, plain = scene_of(modic_plates=plates), scene_of()
    means = {}
    for name, one in (("changed", scene), ("plain", plain)):
        half = one.anatomy.vertebrae["L3"].half_height
        above, _ = box(one, "L3", (-5, 5), (-half + 2, -half + 4), (-4, 4))
        half = one.anatomy.vertebrae["L4"].half_height
        below, _ = box(one, "L4", (-5, 5), (half - 4, half - 2), (-4, 4))
        means[name] = (above.t1.mean(), above.t2.mean(), below.t1.mean())
    assert means["changed"][0] < 0.8 * means["plain"][0]
    assert means["changed"][1] > 1.2 * means["plain"][1]
    assert means["changed"][2] == pytest.approx(means["plain"][2], rel=0.01)


def test_a_mixed_plate_holds_both_types() -> None:
    for share in (0.2, 0.45):
        plate = ModicPlate(1.5, 12.0, second_type=2, second_share=share)
        scene = scene_of(modic_plates={"L3/L4": (plate, ModicPlate(0.2, 4.0))})
        half = scene.anatomy.vertebrae["L3"].half_height
        found, _ = box(scene, "L3", (-16, 16), (-half + 1, half - 2), (-15, 15))
        first, second = ((found.changes == code).sum() for code in (1, 2))
        assert first > 100
        assert second > 100


def test_signals_of_a_modic_type_differ_between_endplates() -> None:
    plates = (ModicPlate(1.5, 12.0), ModicPlate(1.5, 12.0))
    scene = scene_of(modic_plates={"L2/L3": plates, "L3/L4": plates, "L4/L5": plates})
    signals = []
    for seat in ("L2", "L3", "L4"):
        half = scene.anatomy.vertebrae[seat].half_height
        found, _ = box(scene, seat, (-3, 3), (-half + 2, -half + 4), (-3, 3))
        signals.append(float(found.t2.mean()))
    assert np.ptp(signals) > 0.02


@pytest.mark.parametrize("count", [4, 6])
def test_a_transitional_spine_has_other_names_and_all_its_grades(count: int) -> None:
    spec = spine(lumbar_count=count)
    scene = build_scene(spec)
    names = names_of_seats(count)
    assert scene.anatomy.names == names
    assert names["L5"] == f"L{count}"
    assert {r.disc_level for r in truth_rows(spec) if r.disc_level} == set(disc_levels(count))
    assert {r.vertebral_level for r in truth_rows(spec) if r.vertebral_level} == set(
        graded_levels(count)["vertebra"]
    )


def test_a_sacralised_body_has_a_remnant_of_a_disc_and_wide_wings() -> None:
    joined, plain = scene_of(transition="sacralised_l5"), scene_of()
    gap = [one.anatomy.discs["L5/S1"].half_gap for one in (joined, plain)]
    assert gap[0] < 0.6 * gap[1]
    reach = ((10.0, 26.0), (-14.0, -8.0), (26.0, 34.0))
    wing, before = (box(one, "L5", *reach)[0] for one in (joined, plain))
    marrow = joined.tissues.marrow_base[0]
    assert (np.abs(wing.t1 - marrow) < 0.08).sum() > (np.abs(before.t1 - marrow) < 0.08).sum() + 100
