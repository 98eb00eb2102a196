"""Fractures look broken, and benign ones unlike malignant ones."""

from __future__ import annotations

import numpy as np
import pytest

from spinestudy.imaging.phantom import Fracture
from spinestudy.imaging.phantom.findings import DRAWN_FEATURES, Findings
from spinestudy.imaging.phantom.scene import Scene
from spinestudy.imaging.phantom.structures import body_code
from spinestudy.imaging.phantom.truth import derived_features, truth_rows
from tests.imaging.phantom.spines import box, scene_of, spine

BENIGN = Fracture(loss=0.35, nature=0.4, features={"t1_band": 1.7, "fluid_sign": 1.6})
MALIGNANT = Fracture(
    loss=0.28,
    nature=1.6,
    features=dict.fromkeys(
        ("diffuse_marrow", "convex_border", "posterior_elements", "epidural_mass"), 1.7
    ),
)


def heights(scene: Scene, seat: str) -> tuple[float, float, float]:
    """Height (mm) of a body in front, in the middle and behind."""
    half = scene.anatomy.vertebrae[seat].half_depth
    found = []
    for place in (-0.75, 0.0, 0.75):
        at = place * half
        sample, _ = box(scene, seat, (at, at), (-18, 18), (0, 0), step_mm=0.5)
        found.append(0.5 * float((sample.structures == body_code(seat)).sum()))
    return found[0], found[1], found[2]


@pytest.mark.parametrize("loss", [0.22, 0.32, 0.5])
def test_a_wedge_loses_its_height_in_front(loss: float) -> None:
    before = heights(scene_of(), "L2")
    after = heights(scene_of(fractures={"L2": Fracture(loss, is_old=True)}), "L2")
    lost = [1 - b / a for a, b in zip(before, after, strict=True)]
    assert lost[0] == pytest.approx(loss, abs=0.12)
    assert lost[2] < 0.4 * loss


def test_a_biconcave_body_loses_its_height_in_the_middle() -> None:
    before = heights(scene_of(), "L2")
    after = heights(scene_of(fractures={"L2": Fracture(0.4, shape="biconcave", is_old=True)}), "L2")
    lost = [1 - b / a for a, b in zip(before, after, strict=True)]
    assert lost[1] > 0.25
    assert lost[1] > 1.5 * max(lost[0], lost[2])


def test_a_wedge_makes_the_spine_above_bend_forward() -> None:
    angles = [
        scene_of(fractures=f).anatomy.vertebrae["T11"].angle
        for f in ({}, {"L1": Fracture(0.5, is_old=True)})
    ]
    assert angles[1] > angles[0] + 0.15


def test_a_benign_fracture_has_a_band_a_fluid_sign_and_spared_marrow() -> None:
    scene, plain = scene_of(fractures={"L2": BENIGN}), scene_of()
    half = scene.anatomy.vertebrae["L2"].half_height
    band, _ = box(scene, "L2", (2, 8), (half - 5, half - 4), (-6, 6))
    deep, _ = box(scene, "L2", (6, 12), (-half + 2, -half + 4), (-6, 6))
    marrow = plain.tissues.marrow_base[0]
    assert band.t1.mean() < 0.75 * marrow
    assert deep.t1.mean() > 0.85 * marrow
    assert band.stir.mean() > 2.5 * deep.stir.mean()
    whole, _ = box(scene, "L2", (-14, 14), (-half, half), (-6, 6))
    assert (whole.changes == 6).sum() > 20
    assert whole.t2[whole.changes == 6].mean() > 0.8


def test_an_old_fracture_keeps_normal_marrow() -> None:
    old = Fracture(0.35, is_old=True, features=BENIGN.features)
    scene = scene_of(fractures={"L2": old})
    inside, _ = box(scene, "L2", (-8, 8), (-4, 2), (-6, 6))
    assert not inside.changes.any()
    assert inside.t1.mean() > 0.85 * scene.tissues.marrow_base[0]


def test_a_malignant_body_is_replaced_as_a_whole_and_bulges_back() -> None:
    scene, plain = scene_of(fractures={"L2": MALIGNANT}), scene_of()
    body = scene.anatomy.vertebrae["L2"]
    inside, _ = box(scene, "L2", (-12, 12), (-6, 5), (-12, 12))
    bone = inside.labels == 1
    assert (inside.changes[bone] == 5).mean() > 0.95
    assert inside.t1[bone].max() < 0.75 * plain.tissues.marrow_base[0]
    rear = []
    for one in (scene, plain):
        depth = one.anatomy.vertebrae["L2"].half_depth
        line, _ = box(one, "L2", (depth - 4, depth + 10), (0, 0), (0, 0), step_mm=0.25)
        rear.append(0.25 * float((line.labels == 1).sum()) - 4)
    assert rear[0] > rear[1] + 2.0
    pedicle = 0.62 * body.half_width + 2.5
    behind = (body.half_depth + 1, body.half_depth + 6)
    arch, _ = box(scene, "L2", behind, (2, 6), (pedicle, pedicle))
    assert (arch.changes == 5).mean() > 0.5
    canal, _ = box(scene, "L2", (body.half_depth, body.half_depth + 9), (-4, 4), (-6, 10))
    assert (canal.changes == 8).sum() > 20


def test_features_of_a_fracture_are_rows_of_truth_and_follow_the_spine() -> None:
    spec = spine(
        fractures={"L2": MALIGNANT, "T12": Fracture(0.3, is_old=True)}, metastases={"L4": 6.0}
    )
    scores = {r.item: r.score for r in truth_rows(spec) if r.vertebral_level == "L2"}
    assert scores["vertebral_fracture"] == 1
    assert scores["genant"] == 2
    assert scores["fracture_nature"] == 1
    assert scores["fracture_diffuse_marrow"] == 1
    assert scores["fracture_spared_marrow"] == 0
    assert scores["fracture_other_lesions"] == 1
    assert scores["fracture_old_fractures"] == 1
    assert scores["fracture_t1_band"] == 0
    assert len([i for i in scores if i.startswith("fracture_")]) == 16
    benign = derived_features(Findings(fractures={"L2": BENIGN}), "L2", BENIGN)
    assert benign["spared_marrow"] >= 1
    assert benign["other_lesions"] < 1
    assert "spared_marrow" not in DRAWN_FEATURES


@pytest.mark.parametrize(("loss", "grade"), [(0.1, 0), (0.21, 1), (0.3, 2), (0.45, 3), (0.75, 3)])
def test_genant_grades_have_their_bounds(loss: float, grade: int) -> None:
    assert int(np.floor(Fracture(loss).genant)) == grade


def test_a_metastasis_is_dark_on_t1_and_bright_on_stir() -> None:
    scene = scene_of(metastases={"L4": 7.0})
    found, _ = box(scene, "L4", (-16, 16), (-12, 12), (-20, 20), step_mm=2.0)
    lesion = found.changes == 5
    marrow = (found.labels == 1) & (found.changes == 0)
    assert lesion.sum() > 60
    assert found.t1[lesion].mean() < 0.7 * found.t1[marrow].mean()
    assert found.stir[lesion].mean() > 2.5 * found.stir[marrow].mean()
