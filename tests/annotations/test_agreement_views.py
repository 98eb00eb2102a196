"""What else the dashboard shows: a pair, strata, AI, times; to whom, when, from how many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from rest_framework import serializers

from annotations.agreement import cohen_kappa, light_kappa, mean_of
from annotations.api.agreement_serializers import (
    AgreementAiSerializer,
    AgreementPairTableSerializer,
    AgreementSerializer,
    AgreementStrataSerializer,
)
from annotations.design.protocol import LiveView, ReaderStudyDesign
from annotations.models import Enrolment, Grade, Item, Membership, ReaderStudy, Reading
from annotations.selectors.agreement import agreement_view
from annotations.selectors.agreement_pair import pair_view
from annotations.selectors.agreement_strata import ai_view, strata_view
from annotations.services.grades import store_grade
from annotations.services.looks import open_look, propose_look
from annotations.services.reader_studies import lock_reader_study
from annotations.vocabulary import DISC_LEVELS
from inference.models import Job, PredictedGrade, Prediction
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError, MissingError
from spinestudy.imaging.models import Cohort
from tests import personas
from tests.conftest import client_of
from tests.factories.reader_studies import (
    ANSWERED_AT,
    PIPELINE,
    answer,
    designed_reader_study,
    opened_reader_study,
)

SEED = 20261128
PARTS = ("", "pair/", "strata/", "ai/")
ASK = {"item": "modic", "a": "R1", "b": "R2", "by": "level"}


@pytest.fixture
def readers(coordinator: User) -> list[User]:
    return [personas.reader(f"reader{number}") for number in (1, 2, 3)]


@pytest.fixture
def reader_study(coordinator: User, readers: list[User]) -> ReaderStudy:
    return opened_reader_study(coordinator, readers, n_cases=6)


def grade_all(reader_study: ReaderStudy, item_code: str, drawn: Any, arm: int = 0) -> None:
    """Store (readers, cases, levels, sides) scores of an item."""
    item = Item.objects.get(reader_study=reader_study, finding_code=item_code)
    cases = {case.pk: at for at, case in enumerate(reader_study.cases.all())}
    for number, enrolment in enumerate(reader_study.enrolments.all()):
        for reading in Reading.objects.filter(
            enrolment=enrolment, reading_session__arm=reader_study.arms.all()[arm]
        ):
            Grade.objects.bulk_create(
                Grade(
                    reading=reading,
                    item=item,
                    disc_level=level,
                    side=side,
                    score=int(drawn[number, cases[reading.case_id], row, column]),
                    answered_at=ANSWERED_AT,
                )
                for row, level in enumerate(DISC_LEVELS)
                for column, side in enumerate(item.sides)
            )


def drawn_for(item: Item, readers: int = 3, cases: int = 6) -> Any:
    rng = np.random.default_rng(SEED)
    truth = rng.integers(0, len(item.scores), (cases, 5, len(item.sides)))
    seen = np.clip(truth + rng.integers(-1, 2, (readers, *truth.shape)), 0, len(item.scores) - 1)
    return np.array(item.scores)[seen]


def item_of(reader_study: ReaderStudy, code: str) -> Item:
    return Item.objects.get(reader_study=reader_study, finding_code=code)


def predict(reader_study: ReaderStudy, item_code: str, scores: Any) -> None:
    """(cases, levels) grades of AI, from a run that succeeded."""
    for case, by_level in zip(reader_study.cases.all(), scores, strict=True):
        exam = case.imaging_study
        job = Job.objects.create(
            imaging_study=exam,
            pipeline=PIPELINE,
            state=Job.State.SUCCEEDED,
            finished_at=ANSWERED_AT,
        )
        prediction = Prediction.objects.create(
            job=job, imaging_study=exam, pipeline=PIPELINE, weights_sha256="0" * 64
        )
        for level, score in zip(DISC_LEVELS, by_level, strict=True):
            PredictedGrade.objects.create(
                prediction=prediction,
                item_code=item_code,
                disc_level=level,
                score=int(score),
                probabilities={},
            )


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
        return light_kappa(codes.reshape(3, -1).T, cluster=patients, **options)

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


def test_before_the_lock_ai_stands_only_in_an_arm_that_shows_it_and_is_shown(
    coordinator: User, readers: list[User]
) -> None:
    design = ReaderStudyDesign("crossover", planned_looks=[0.1], live_view=LiveView("unaided", 0))
    reader_study = designed_reader_study(
        coordinator, readers[:1], design, n_cases=2, items=("modic",), opened=True
    )
    predict(reader_study, "modic", np.ones((2, 5)))
    unaided, aided = reader_study.arms.all()
    client = client_of(coordinator)
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    for asked in ("", f"&arm={unaided.pk}", f"&arm={aided.pk}"):
        for address in (f"ai/?item=modic{asked}", f"pair/?item=modic&a=R1&b=AI{asked}"):
            refused = client.get(base + address)
            assert (refused.status_code, refused.json()["code"]) == (409, "withheld"), address
    assert client.get(f"{base}?item=modic").json()["ai"] is None
    second = personas.person("second", "coordinators")
    Reading.objects.filter(reading_session__period=1).update(
        status="submitted", submitted_at=ANSWERED_AT
    )
    look = propose_look(reader_study_id=reader_study.pk, actor=coordinator, reason="plan")
    open_look(look_id=look.pk, actor=second)
    assert client.get(f"{base}ai/?item=modic&arm={aided.pk}").status_code == 200
    assert client.get(f"{base}ai/?item=modic&arm={unaided.pk}").status_code == 409
    third = personas.person("third", "coordinators")
    Membership.objects.create(reader_study=reader_study, user=third, role="coordinator")
    assert client_of(third).get(f"{base}ai/?item=modic&arm={aided.pk}").status_code == 409
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    for arm in (unaided, aided):
        assert client_of(third).get(f"{base}ai/?item=modic&arm={arm.pk}").status_code == 200
        assert client.get(f"{base}?item=modic&arm={arm.pk}").json()["ai"] == PIPELINE


@pytest.mark.parametrize("sees", ["none", "unaided"])
def test_what_the_protocol_withholds_leaves_by_no_address(
    coordinator: User, readers: list[User], sees: str
) -> None:
    design = ReaderStudyDesign(live_view=LiveView(sees, 0))
    reader_study = designed_reader_study(coordinator, readers, design, opened=True)
    drawn = drawn_for(item_of(reader_study, "modic"))
    for arm in (0, 1):
        grade_all(reader_study, "modic", drawn, arm=arm)
    Reading.objects.update(active_s=77.125, status="submitted", submitted_at=ANSWERED_AT)
    client = client_of(coordinator)
    unaided, aided = reader_study.arms.all()
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    for part in ("", "pair/", "strata/"):
        withheld = client.get(base + part, {**ASK, "arm": str(aided.pk)})
        assert (withheld.status_code, withheld.json()["code"]) == (409, "withheld")
        first = client.get(base + part, ASK)
        assert first.status_code == (409 if sees == "none" else 200)
        if sees == "unaided":
            assert first.json()["arm"] == unaided.pk
    if sees == "unaided":
        rows = client.get(base, ASK).json()["progress"]
        assert {(row["arm"], row["median_s"]) for row in rows} == {
            ("Unaided", 77.125),
            ("AI-aided", None),
        }
        assert {(row["done"], row["total"]) for row in rows} == {(6, 6)}


def test_from_few_patients_only_how_many_there_are(coordinator: User, readers: list[User]) -> None:
    design = ReaderStudyDesign(live_view=LiveView("by_arm", 7))
    reader_study = designed_reader_study(coordinator, readers, design, opened=True)
    grade_all(reader_study, "modic", drawn_for(item_of(reader_study, "modic")), arm=1)
    predict(reader_study, "modic", np.ones((6, 5)))
    Reading.objects.update(active_s=77.125, status="submitted", submitted_at=ANSWERED_AT)
    client = client_of(coordinator)
    arm = reader_study.arms.all()[1].pk
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    seen: list[Any] = []

    def numbers(node: Any) -> None:
        if isinstance(node, dict):
            keys = ("value", "ci", "counts", "ac1", "pabak", "prevalence_index", "median_s")
            seen.extend(node.get(key) for key in keys)
            for child in node.values():
                numbers(child)
        elif isinstance(node, list):
            for child in node:
                numbers(child)

    for part in PARTS:
        view = client.get(base + part, {**ASK, "arm": str(arm)}).json()
        assert "7 patients" in str(view)
        numbers(view)
    assert set(map(str, seen)) == {"None"}
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    assert client.get(f"{base}pair/", {**ASK, "arm": str(arm)}).json()["counts"] is not None


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
        "no time yet",
    )


ROLES = {"coordinator": 200, "statistician": 200, "adjudicator": 403, "observer": 403}


@pytest.mark.parametrize("is_locked", [False, True])
@pytest.mark.parametrize("part", PARTS)
def test_roles_by_membership(
    coordinator: User, reader_study: ReaderStudy, readers: list[User], part: str, is_locked: bool
) -> None:
    predict(reader_study, "modic", np.ones((6, 5)))
    arm = reader_study.arms.all()[1].pk
    if is_locked:
        lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    address = f"/api/v1/reader-studies/{reader_study.pk}/agreement/{part}"
    for role, expected in ROLES.items():
        member = personas.person(f"a {role}")
        Membership.objects.create(reader_study=reader_study, user=member, role=role)
        got = client_of(member).get(address, {**ASK, "arm": str(arm)})
        assert got.status_code == expected, (role, got.content)
    elsewhere = personas.person("elsewhere", "coordinators")
    assert client_of(elsewhere).get(address, ASK).status_code == 404
    for nobody in (readers[0], personas.outsider(), None):
        assert client_of(nobody).get(address, ASK).status_code in (401, 403)


def test_after_the_lock_each_slice_that_is_viewed_counts_once(
    coordinator: User, reader_study: ReaderStudy
) -> None:
    grade_all(reader_study, "modic", drawn_for(item_of(reader_study, "modic")))
    client = client_of(coordinator)
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    assert client.get(f"{base}strata/", ASK).json()["slices_viewed"] is None
    assert not AuditRecord.objects.filter(action="agreement.slice_viewed").exists()
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    assert client.get(base, ASK).json()["slices_viewed"] == 0
    assert client.get(f"{base}strata/", ASK).json()["slices_viewed"] == 1
    assert client.get(f"{base}strata/", ASK).json()["slices_viewed"] == 1
    assert client.get(f"{base}strata/", {**ASK, "by": "side"}).json()["slices_viewed"] == 2
    assert client.get(f"{base}ai/", ASK).json()["slices_viewed"] == 3
    for item in ("modic", "pfirrmann"):  # all items at once are one slice
        view = client.get(f"{base}strata/", {"item": item, "by": "item"}).json()
        assert view["slices_viewed"] == 4
    statistician = personas.person("statistician")
    Membership.objects.create(reader_study=reader_study, user=statistician, role="statistician")
    again = client_of(statistician).get(f"{base}strata/", ASK)
    assert again.json()["slices_viewed"] == 4
    assert client.get(base, ASK).json()["slices_viewed"] == 4
    last = AuditRecord.objects.filter(action="agreement.slice_viewed").order_by("id")[0]
    assert last.data == {"arm": "Unaided", "item": "modic", "by": "level"}


@pytest.mark.parametrize(
    ("part", "change", "status"),
    [
        ("pair/", {"a": "R9"}, 404),
        ("pair/", {"a": "R2"}, 400),
        ("pair/", {"b": ""}, 400),
        ("pair/", {"item": "no_such"}, 404),
        ("strata/", {"by": "weather"}, 400),
        ("strata/", {"by": ""}, 400),
        ("", {"item": "no_such"}, 404),
        ("ai/", {"item": ""}, 400),
        ("", {"arm": "x"}, 400),
        ("", {"arm": "²"}, 400),
        ("", {"arm": "9" * 40}, 400),
        ("strata/", {"arm": "999999"}, 404),
    ],
)
def test_what_does_not_exist_is_said(
    coordinator: User, reader_study: ReaderStudy, part: str, change: dict[str, str], status: int
) -> None:
    address = f"/api/v1/reader-studies/{reader_study.pk}/agreement/{part}"
    answered = client_of(coordinator).get(address, {**ASK, **change})
    assert answered.status_code == status, answered.content
    assert answered.json()["message"].endswith(".")


def test_a_reader_study_without_ai_has_none_to_set_beside_readers(
    coordinator: User, readers: list[User]
) -> None:
    reader_study = designed_reader_study(
        coordinator, readers, ReaderStudyDesign("unaided_only"), aided=False, opened=True
    )
    with pytest.raises(MissingError, match="no AI"):
        ai_view(reader_study, None, "modic")
    with pytest.raises(InvalidInputError):
        strata_view(reader_study, None, "modic", "weather")


def test_answers_have_just_the_fields_that_the_schema_names(
    coordinator: User, reader_study: ReaderStudy, readers: list[User]
) -> None:
    grade_all(reader_study, "modic", drawn_for(item_of(reader_study, "modic")))
    predict(reader_study, "modic", np.ones((6, 5)))
    lock_reader_study(reader_study_id=reader_study.pk, actor=coordinator, reason="done")
    client = client_of(coordinator)
    base = f"/api/v1/reader-studies/{reader_study.pk}/agreement/"
    for part, serializer in zip(
        PARTS,
        (
            AgreementSerializer,
            AgreementPairTableSerializer,
            AgreementStrataSerializer,
            AgreementAiSerializer,
        ),
        strict=True,
    ):
        assert_fits(serializer(), client.get(base + part, ASK).json(), part)


def assert_fits(serializer: Any, body: Any, path: str) -> None:
    """Same keys at every depth, and values that the fields themselves give back."""
    fields = serializer.fields
    assert set(body) == set(fields), path
    for name, field in fields.items():
        value = body[name]
        if value is None:
            assert field.allow_null, f"{path}/{name}"
        elif isinstance(field, serializers.ListSerializer):
            for one in value:
                assert_fits(field.child, one, f"{path}/{name}")
        elif isinstance(field, serializers.Serializer):
            assert_fits(field, value, f"{path}/{name}")
        else:
            field.run_validation(value)


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
