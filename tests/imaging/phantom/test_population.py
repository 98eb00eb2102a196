"""The rich population holds everything, and doesn't contradict itself."""

from __future__ import annotations

from collections import Counter

import pytest

from spinestudy.imaging.phantom import PhantomSpec, sample_rich_spec, sample_spec
from spinestudy.imaging.phantom.acquisition import VENDORS
from spinestudy.imaging.phantom.findings import ITEM_RANGE, Findings
from spinestudy.imaging.phantom.truth import truth_rows

FIRST, COUNT = 5000, 1000


@pytest.fixture(scope="module")
def specs() -> list[PhantomSpec]:
    return [sample_rich_spec(seed) for seed in range(FIRST, FIRST + COUNT)]


def findings(spec: PhantomSpec) -> Findings:
    assert spec.findings is not None
    return spec.findings


def test_a_seed_gives_the_same_member_again() -> None:
    assert sample_rich_spec(7) == sample_rich_spec(7)
    assert sample_rich_spec(7).digest() != sample_rich_spec(8).digest()


def test_discs_follow_the_plain_population_of_the_same_seed() -> None:
    plain, rich = sample_spec(FIRST), sample_rich_spec(FIRST)
    assert rich.latent["pfirrmann"] == plain.latent["pfirrmann"]
    assert rich.age_years == plain.age_years


def test_every_score_that_is_drawn_occurs(specs: list[PhantomSpec]) -> None:
    seen = Counter((r.item, r.score) for spec in specs for r in truth_rows(spec))
    rare = {"spondylolisthesis": 2}  # higher slips are a specification's own
    for item, (low, high) in ITEM_RANGE.items():
        for score in range(low, min(high, rare.get(item, high)) + 1):
            assert seen[item, score] >= 3, f"{item} {score}: seeds from {FIRST}"


def test_rates_are_plausible(specs: list[PhantomSpec]) -> None:
    share = {
        "fracture": sum(any(f.loss >= 0.2 for f in findings(s).fractures.values()) for s in specs),
        "malignant": sum(any(f.nature >= 1 for f in findings(s).fractures.values()) for s in specs),
        "transitional": sum(findings(s).transition != "none" for s in specs),
        "screws": sum(bool(findings(s).screws) for s in specs),
    }
    bounds = {
        "fracture": (0.1, 0.35),
        "malignant": (0.03, 0.15),
        "transitional": (0.06, 0.2),
        "screws": (0.02, 0.09),
    }
    for name, (low, high) in bounds.items():
        assert low < share[name] / COUNT < high, f"{name}: {share[name]} of {COUNT}"


def test_severities_do_not_contradict_each_other(specs: list[PhantomSpec]) -> None:
    for spec in specs:
        found = findings(spec)
        for level, hernia in found.herniations.items():
            if hernia.morphology >= 3 and hernia.zone < 1:
                assert spec.latent["central_canal_stenosis"][level] >= 1
            if hernia.morphology >= 2 and 2 <= hernia.zone < 3:
                assert found.sides["foraminal_stenosis"][level][hernia.side] >= 1
            assert (hernia.side == "") == (hernia.zone < 0.5)
        for level, (above, below) in found.modic_plates.items():
            assert max(above.latent, below.latent) >= spec.latent["modic"][level] - 0.5
            if spec.latent["modic"][level] >= 1:
                assert spec.latent["modic"][level] in (above.latent, below.latent)
        for broken in found.fractures.values():
            if broken.nature < 1:
                assert broken.features["diffuse_marrow"] < 1
                assert broken.features["cortical_destruction"] < 1


def test_scanners_and_artefacts_vary(specs: list[PhantomSpec]) -> None:
    scans = [spec.acquisition for spec in specs if spec.acquisition]
    assert len(scans) == COUNT
    assert {scan.vendor for scan in scans} == set(VENDORS)
    assert {scan.field_t for scan in scans} == {1.5, 3.0}
    plans = [plan for scan in scans for plan in scan.series]
    assert len({plan.thickness_mm for plan in plans}) > 3
    assert {plan.role for plan in plans} >= {"sag_t1", "sag_t2", "sag_stir", "ax_t1", "ax_t2"}
    for effect in ("motion", "wrap", "coil_bias", "failed_fat_suppression", "zero_border"):
        touched = sum(any(getattr(p.effects, effect) for p in scan.series) for scan in scans)
        assert 0.02 < touched / COUNT < 0.2, effect
    assert all(any(p.role == "sag_t2" for p in scan.series) for scan in scans)
