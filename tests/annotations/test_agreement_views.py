"""What the dashboard shows beside the matrix: a pair, strata, AI, times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User

from annotations.agreement import cohen_kappa, light_kappa, mean_of
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Enrolment, Grade, ReaderStudy, Reading
from annotations.selectors.agreement import agreement_view
from annotations.selectors.agreement_pair import pair_view
from annotations.selectors.agreement_strata import ai_view, strata_view
from annotations.services.grades import store_grade
from annotations.vocabulary import DISC_LEVELS
from spinestudy.imaging.models import Cohort
from tests import personas
from tests.annotations.graded import drawn_for, grade_all, item_of, predict
from tests.factories.reader_studies import (
    ANSWERED_AT,
    PIPELINE,
    answer,
    designed_reader_study,
    opened_reader_study,
)


@pytest.fixture
def readers(coordinator: User) -> list[User]:
    return [personas.reader(f"reader{number}") for number in (1, 2, 3)]


@pytest.fixture
def reader_study(coordinator: User, readers: list[User]) -> ReaderStudy:
    return opened_reader_study(coordinator, readers, n_cases=6)


def test_a_pair_is_told_with_its_counts_and_what_follows_from_them(
    reader_study: ReaderStudy,
) -> None:
    item = item_of(reader_study, "modic")
    drawn = drawn_for(item)
    grade_all(reader_study, "modic", drawn)
    view = pair_view(reader_study, None, "modic", ("R3", "R1"))
    a, b = drawn[2].ravel(), drawn[0].ravel()
    assert view["counts"] == [
        [int(np.sum((a == i) & (b == j))) for j in range(4)] for i in range(4)
    ]
    right = cohen_kappa(
        a, b, n_categories=4, weights=item.finding.scale.weights, cluster=np.repeat(range(6), 5)
    )
    kappa = view["statistics"][0]
    assert kappa["name"].endswith("kappa")
    assert right.ci is not None
    assert kappa["value"] == pytest.approx(right.value, abs=1e-12)
    assert kappa["ci"] == pytest.approx(list(right.ci), abs=1e-12)
    same = next(one for one in view["statistics"] if one["name"] == "same grade")
    assert same["value"] == pytest.approx(np.mean(a == b))
    assert {one["n_items"] for one in view["statistics"]} == {30}
    told_in_matrix = agreement_view(reader_study, None, item_code="modic")["items"][0]["pairs"][1]
    assert told_in_matrix["value"] == pytest.approx(kappa["value"], abs=1e-12)


def test_weights_are_named_and_ac1_stands_beside_kappa_where_nearly_all_is_normal(
    reader_study: ReaderStudy,
) -> None:
    item = item_of(reader_study, "foraminal_stenosis")
    normal = item.finding.normal_score
    assert normal is not None
    drawn = np.full((3, 6, 5, 2), normal)
    drawn[0, 0, 0, 0] = drawn[1, 1, 1, 1] = drawn[:, 2, 2, :] = item.scores[-1]
    grade_all(reader_study, "foraminal_stenosis", drawn)
    view = agreement_view(reader_study, None, item_code="foraminal_stenosis")["items"][0]
    pair = view["pairs"][0]
    table = pair_view(reader_study, None, "foraminal_stenosis", ("R1", "R2"))
    by_name = {one["name"]: one for one in table["statistics"]}
    assert f"{view['weights']} kappa" in by_name
    assert pair["prevalence_index"] == pytest.approx((2 - 56) / 60)
    assert pair["ac1"] == pytest.approx(by_name["AC1, unweighted"]["value"], abs=1e-12)
    assert pair["pabak"] == pytest.approx(by_name["PABAK, unweighted"]["value"], abs=1e-12)
    assert pair["prevalence_index"] == pytest.approx(
        by_name["prevalence index, other than normal"]["value"], abs=1e-12
    )
    Grade.objects.filter(disc_level__in=DISC_LEVELS[::2]).update(score=item.scores[-1])
    after = agreement_view(reader_study, None, item_code="foraminal_stenosis")["items"][0]
    assert (after["pairs"][0]["ac1"], after["pairs"][0]["pabak"]) == (None, None)
    assert abs(after["pairs"][0]["prevalence_index"]) < 0.6


def test_strata_are_means_of_the_kappas_of_pairs(reader_study: ReaderStudy) -> None:
    item = item_of(reader_study, "subarticular_stenosis")
    drawn = drawn_for(item)
    grade_all(reader_study, "subarticular_stenosis", drawn)
    places = drawn - min(item.scores)
    options: dict[str, Any] = {
        "n_categories": len(item.scores),
        "weights": item.finding.scale.weights,
    }

    def right(codes: Any, patients: Any) -> Any:
        """Light's kappa, with an interval that stays inside -1..1."""
        flat = codes.reshape(3, -1)
        pairs = [
            cohen_kappa(flat[a], flat[b], cluster=patients, **options)
            for a, b in ((0, 1), (0, 2), (1, 2))
        ]
        light = light_kappa(flat.T, cluster=patients, **options)
        mean = mean_of(pairs, scale="bounded")
        assert mean.value == pytest.approx(light.value)
        assert mean.se == pytest.approx(light.se)
        return mean

    by_level = strata_view(reader_study, None, "subarticular_stenosis", "level")
    assert [row["label"] for row in by_level["rows"]] == list(DISC_LEVELS)
    for at, row in enumerate(by_level["rows"]):
        one = right(places[:, :, at, :], np.repeat(range(6), 2))
        assert row["value"] == pytest.approx(one.value, abs=1e-12)
        assert row["ci"] == (one.ci and pytest.approx(list(one.ci), abs=1e-12))
        assert (row["n_items"], row["n_patients"], row["n_pairs"]) == (12, 6, 3)
    all_of_it = right(places, np.repeat(range(6), 10))
    assert by_level["overall"]["value"] == pytest.approx(all_of_it.value, abs=1e-12)
    by_side = strata_view(reader_study, None, "subarticular_stenosis", "side")
    assert [row["label"] for row in by_side["rows"]] == ["right", "left"]
    for at, row in enumerate(by_side["rows"]):
        one = right(places[..., at], np.repeat(range(6), 5))
        assert row["value"] == pytest.approx(one.value, abs=1e-12)
    by_item = strata_view(reader_study, None, "modic", "item")
    assert by_item["overall"] is None
    told = {row["label"]: row for row in by_item["rows"]}
    assert told[item.finding.name]["value"] == pytest.approx(all_of_it.value, abs=1e-12)
    other = item_of(reader_study, "modic").finding.name
    assert (told[other]["value"], told[other]["undefined"]) == (None, "no item rated by both")


def test_strata_by_seniority_and_by_cohort(reader_study: ReaderStudy) -> None:
    item = item_of(reader_study, "modic")
    drawn = drawn_for(item)
    grade_all(reader_study, "modic", drawn)
    Enrolment.objects.filter(code__in=("R1", "R3")).update(seniority="senior")
    Enrolment.objects.filter(code="R2").update(seniority="junior")
    for at, case in enumerate(reader_study.cases.all()):
        name = "=Site A" if at < 4 else "Site B"
        case.imaging_study.cohorts.add(Cohort.objects.get_or_create(name=name)[0])
    weights, patients = item.finding.scale.weights, np.repeat(range(6), 5)

    def kappa(a: int, b: int, cases: slice = slice(None)) -> Any:
        codes = [drawn[one, cases].ravel() for one in (a, b)]
        labels = patients.reshape(6, 5)[cases].ravel()
        return cohen_kappa(*codes, n_categories=4, weights=weights, cluster=labels)

    rows = strata_view(reader_study, None, "modic", "seniority")["rows"]
    told = {row["label"]: row for row in rows}
    assert told["two seniors"]["value"] == pytest.approx(kappa(0, 2).value, abs=1e-12)
    mixed = mean_of([kappa(0, 1), kappa(1, 2)])
    assert told["a senior and a junior"]["value"] == pytest.approx(mixed.value, abs=1e-12)
    assert told["a senior and a junior"]["n_pairs"] == 2
    assert (told["two juniors"]["n_pairs"], told["two juniors"]["value"]) == (0, None)
    cohorts = strata_view(reader_study, None, "modic", "cohort")["rows"]
    assert [(row["label"], row["n_patients"]) for row in cohorts] == [("=Site A", 4), ("Site B", 2)]
    first = mean_of([kappa(a, b, slice(0, 4)) for a, b in ((0, 1), (0, 2), (1, 2))])
    assert cohorts[0]["value"] == pytest.approx(first.value, abs=1e-12)


def test_a_reader_who_has_only_begun_does_not_take_the_others_mean_away(
    coordinator: User, readers: list[User]
) -> None:
    design = ReaderStudyDesign(live_view=LiveView("by_arm", 4))
    reader_study = designed_reader_study(coordinator, readers, design, opened=True)
    grade_all(reader_study, "modic", drawn_for(item_of(reader_study, "modic")))
    late = Grade.objects.filter(reading__enrolment__code="R3")
    late.filter(reading__case__in=reader_study.cases.all()[1:]).update(score=None)
    overall = strata_view(reader_study, None, "modic", "level")["overall"]
    pairs = agreement_view(reader_study, None, item_code="modic")["items"][0]["pairs"]
    assert overall["n_pairs"] == 1
    assert overall["value"] == pytest.approx(pairs[0]["value"], abs=1e-12)
    assert [one["value"] for one in pairs[1:]] == [None, None]


def test_ai_beside_readers_is_the_kappa_of_its_newest_grades(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    item = item_of(reader_study, "modic")
    drawn, said = drawn_for(item), drawn_for(item)[0, ..., 0][:, ::-1]
    grade_all(reader_study, "modic", drawn, arm=1)
    predict(reader_study, "modic", np.zeros((6, 5)))
    predict(reader_study, "modic", said)
    aided = reader_study.arms.all()[1]
    view = ai_view(reader_study, aided.pk, "modic")
    found = [
        cohen_kappa(
            codes.ravel(),
            said.ravel(),
            n_categories=4,
            weights=item.finding.scale.weights,
            cluster=np.repeat(range(6), 5),
        )
        for codes in drawn
    ]
    assert [row["value"] for row in view["rows"]] == pytest.approx([one.value for one in found])
    assert view["overall"]["value"] == pytest.approx(mean_of(found).value)
    assert (view["pipeline"], view["rows"][0]["n_patients"]) == (PIPELINE, 6)
    table = pair_view(reader_study, aided.pk, "modic", ("R2", "AI"))
    assert table["statistics"][0]["value"] == pytest.approx(found[1].value)
    assert np.sum(table["counts"]) == 30


def test_median_work_a_case_by_reader_and_arm(reader_study: ReaderStudy) -> None:
    arm = reader_study.arms.all()[0]
    own = Reading.objects.filter(enrolment__code="R2", reading_session__arm=arm)
    for reading, seconds in zip(own, (60.0, 90.5, 200.0, 30.0), strict=False):
        reading.active_s, reading.status = seconds, "submitted"
        reading.submitted_at = ANSWERED_AT
        reading.save()
    rows = agreement_view(reader_study, None)["progress"]
    told = {(row["reader"], row["arm"]): row for row in rows}
    assert told["R2", arm.label]["median_s"] == pytest.approx((60 + 90.5) / 2)
    assert told["R2", arm.label]["done"] == 4
    assert (told["R1", arm.label]["median_s"], told["R1", arm.label]["no_time"]) == (
        None,
        "no time kept",
    )


def test_an_answer_of_a_reader_is_in_the_pair_at_once(
    reader_study: ReaderStudy, readers: list[User]
) -> None:
    readings = Reading.objects.filter(
        case=reader_study.cases.all()[0], reading_session__arm=reader_study.arms.all()[0]
    ).order_by("enrolment")
    for reading, score in zip(readings, (1, 3, 0), strict=True):
        store_grade(reading_id=reading.pk, answer=answer("modic", "L4/L5", score))
    counts = pair_view(reader_study, None, "modic", ("R1", "R2"))["counts"]
    assert counts[1][3] == np.sum(counts) == 1
