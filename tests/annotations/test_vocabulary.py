"""The library of findings: every scale has a source, an order and a normal end; codes are real."""

from __future__ import annotations

import re

import pytest
from pydicom.sr.codedict import codes as dictionary

from annotations.vocabulary import FINDINGS, Code, Finding, grouped_findings
from annotations.vocabulary import codes as table

ALL = list(FINDINGS.values())
CODES = [one for one in vars(table).values() if isinstance(one, Code)]
HEALTHY = {"none", "normal", "absent", "I", "A", "normal or mild"}
SCORES = {
    "central_canal_stenosis": (0, 1, 2, 3),
    "central_canal_schizas": (0, 1, 2, 3),
    "central_canal_thirds": (0, 1, 2, 3),
    "central_canal_rsna": (0, 1, 2),
    "subarticular_stenosis": (0, 1, 2, 3),
    "subarticular_rsna": (0, 1, 2),
    "foraminal_stenosis": (0, 1, 2, 3),
    "foraminal_rsna": (0, 1, 2),
    "pfirrmann": (1, 2, 3, 4, 5),
    "disc_morphology": (0, 1, 2, 3, 4),
    "herniation_zone": (0, 1, 2, 3),
    "high_intensity_zone": (0, 1),
    "modic": (0, 1, 2, 3),
    "modic_extent": (1, 2, 3),
    "endplate_lesion": (0, 1, 2, 3, 4),
    "facet_arthropathy": (0, 1, 2, 3),
    "spondylolisthesis": (0, 1, 2, 3, 4, 5),
    "vertebral_fracture": (0, 1),
    "genant": (0, 1, 2, 3),
    "fracture_nature": (0, 1),
}
NOMINAL = {"disc_morphology", "herniation_zone", "endplate_lesion", "fracture_nature"}


def by_code(one: Finding) -> str:
    return one.code


@pytest.mark.parametrize("one", ALL, ids=by_code)
def test_every_scale_names_a_published_source(one: Finding) -> None:
    assert re.search(r"\b(19|20)\d\d\b", one.scale.source)
    assert one.scale.code
    assert one.group


@pytest.mark.parametrize("one", ALL, ids=by_code)
def test_the_scores_are_those_of_the_publication_in_order(one: Finding) -> None:
    assert one.scale.scores == SCORES.get(one.code, (0, 1))
    assert all(category.label and category.definition for category in one.scale.categories)
    assert len({category.label for category in one.scale.categories}) == len(one.scale.categories)


@pytest.mark.parametrize("one", ALL, ids=by_code)
def test_the_normal_score_is_the_healthy_end_or_there_is_none(one: Finding) -> None:
    if one.depends_on is not None or one.code == "fracture_nature":
        assert one.normal_score is None  # asked only where something is ill
        return
    assert one.normal_score == min(one.scale.scores)
    index = one.scale.index(one.normal_score)
    assert one.scale.categories[index].label in HEALTHY


@pytest.mark.parametrize("one", ALL, ids=by_code)
def test_only_ordered_categories_are_weighted_by_distance(one: Finding) -> None:
    assert (one.scale.scale_type == "nominal") == (one.code in NOMINAL)
    is_unordered = one.code in NOMINAL or len(one.scale.categories) == 2
    assert one.scale.weights == ("nominal" if is_unordered else "quadratic")


@pytest.mark.parametrize("one", ALL, ids=by_code)
def test_a_condition_names_a_finding_of_the_same_kind_of_site(one: Finding) -> None:
    if one.depends_on is None:
        return
    code, least = one.depends_on
    parent = FINDINGS[code]
    assert parent.site_kind == one.site_kind
    assert least in parent.scale.scores
    assert parent.normal_score is not None
    assert least > parent.normal_score


def test_findings_of_vertebrae_come_after_those_of_discs() -> None:
    kinds = [one.site_kind for one in ALL]
    assert kinds == sorted(kinds)
    assert set(kinds) == {"disc", "vertebra"}
    of_vertebrae = [one.code for one in ALL if one.site_kind == "vertebra"]
    assert sum(code.startswith("fracture_") for code in of_vertebrae) == 15 + 1
    assert not any(one.code.startswith("own_") for one in ALL)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.meaning)
def test_every_snomed_code_stands_in_the_dictionary_under_its_meaning(code: Code) -> None:
    if code.scheme != "SCT":
        assert code.scheme == "RADELEMENT"
        assert not code.is_verified
        assert re.fullmatch(r"RDES?\d+", code.value)
        return
    known = (getattr(dictionary.SCT, name) for name in dictionary.SCT.dir())
    assert code.meaning in {one.meaning for one in known if one.value == code.value}


def test_every_code_of_a_finding_is_of_the_table() -> None:
    used = {code for one in ALL for code in one.codes}
    used |= {c.code for one in ALL for c in one.scale.categories if c.code is not None}
    assert used <= set(CODES)
    assert len(used) > 15


def test_severity_words_carry_their_own_codes() -> None:
    for one in ALL:
        for category in one.scale.categories:
            if category.code is not None:
                assert category.label in (category.code.meaning.lower(), "none")


def test_the_groups_hold_every_finding_once() -> None:
    groups = grouped_findings()
    assert [code for found in groups.values() for code in (f.code for f in found)] == list(FINDINGS)
    assert len(groups) > 4
