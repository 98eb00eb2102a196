"""Items that a coordinator defines: what is refused, what is stored, and what exports say."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from annotations.models import Item, ReaderStudy
from annotations.reporting.readings_table import dictionary_csv, readings_json
from annotations.selectors.readings_export import grade_rows
from annotations.services.designs import parts_of
from annotations.services.drafts import edit_draft
from annotations.services.grades import GradeNotOnScaleError, store_grade
from annotations.services.reader_studies import (
    UNAIDED,
    ReaderStudyDesignError,
    ReadingProtocol,
    create_reader_study,
    open_reader_study,
)
from annotations.services.references import Reference, set_references
from annotations.vocabulary import FINDINGS, OWN_SCHEME, OwnCategory, OwnItem
from annotations.vocabulary.own import own_item, problems_of_set
from tests.conftest import client_of
from tests.factories.reader_studies import answer, exam, reading_of

RIM = OwnItem(
    key="rim",
    name="Rim lesion",
    categories=(OwnCategory("none"), OwnCategory("small", "under 5 mm"), OwnCategory("large")),
    definition="Defect at the edge of the endplate",
    has_sides=True,
    normal_score=0,
)


def changed(**fields: Any) -> OwnItem:
    return dataclasses.replace(RIM, **fields)


def many(count: int) -> tuple[OwnCategory, ...]:
    return tuple(OwnCategory(f"grade {at}") for at in range(count))


def test_an_own_item_is_a_finding_with_private_codes() -> None:
    found = RIM.finding()
    assert RIM.problems() == []
    assert (found.code, found.short_name, found.sides) == (
        "own_rim",
        "Rim lesion",
        ("right", "left"),
    )
    assert found.scale.scores == (0, 1, 2)
    assert (found.scale.scale_type, found.scale.weights) == ("ordinal", "quadratic")
    assert [one.scheme for one in found.codes] == [OWN_SCHEME]
    assert OWN_SCHEME.startswith("99")
    every = [*found.codes, *(c.code for c in found.scale.categories if c.code)]
    assert [one.value for one in every] == ["own_rim", "own_rim_0", "own_rim_1", "own_rim_2"]
    assert {one.version for one in every} == {RIM.version}
    assert changed(definition="something else").version != RIM.version


def test_the_longest_key_gives_codes_that_a_dicom_object_can_hold() -> None:
    longest = changed(key="a123456789", categories=many(10))
    assert longest.problems() == []
    codes = [c.code for c in longest.finding().scale.categories if c.code]
    assert max(len(one.value) for one in codes) == 16


@pytest.mark.parametrize("count", [2, 10])
def test_two_grades_or_no_order_mean_no_weights(count: int) -> None:
    ordinal = changed(categories=many(count)).finding().scale
    assert ordinal.weights == ("nominal" if count == 2 else "quadratic")
    assert (
        changed(categories=many(count), scale_type="nominal").finding().scale.weights == "nominal"
    )


def test_data_of_an_own_item_come_back_whole() -> None:
    for one in (RIM, changed(depends_on=("modic", 1), normal_score=None)):
        assert own_item(json.loads(json.dumps(one.as_data()))) == one


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "Give the own item a name"),
        ({"name": "n" * 61}, "at most 60 characters"),
        ({"key": "Rim"}, "small letters"),
        ({"key": "r"}, "2 to 10"),
        ({"key": "a1234567890"}, "2 to 10"),
        ({"key": "1rim"}, "begins with a letter"),
        ({"categories": many(1)}, "there are 1"),
        ({"categories": many(11)}, "there are 11"),
        ({"categories": (*many(2), OwnCategory("Grade 1"))}, "the same name"),
        ({"categories": (*many(2), OwnCategory(" "))}, "needs a name"),
        ({"normal_score": 3}, "isn't one of its grades"),
        ({"definition": "d" * 501}, "at most 500"),
        ({"site_kind": "rib"}, "where it is graded"),
    ],
)
def test_what_is_wrong_with_an_own_item_is_told(fields: dict[str, Any], words: str) -> None:
    assert any(words in one for one in changed(**fields).problems())


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ([changed(), changed(name="Other")], "Two items have the key own_rim"),
        ([changed(name="modic endplate change")], "Two items have the name"),
        ([changed(depends_on=("pfirrmann", 2))], "Pfirrmann"),
        ([changed(depends_on=("vertebral_fracture", 1))], "at other levels"),
        ([changed(depends_on=("modic_extent", 2))], "itself conditional"),
        ([changed(depends_on=("modic", 9))], "from a grade that Modic"),
        ([changed(depends_on=("modic", 0))], "from a grade that Modic"),
        ([changed(depends_on=("own_rim", 1))], "choose that too"),
    ],
)
def test_items_that_contradict_each_other_are_told(own: list[OwnItem], words: str) -> None:
    chosen = [FINDINGS[code] for code in ("modic", "modic_extent", "vertebral_fracture")]
    found = problems_of_set([*chosen, *(one.finding() for one in own)])
    assert any(words in one for one in found), found


def test_items_that_agree_have_no_problems() -> None:
    other = changed(key="depth", name="Depth", depends_on=("own_rim", 1), normal_score=None)
    found = [FINDINGS["modic"], RIM.finding(), other.finding()]
    assert problems_of_set(found) == []
    assert problems_of_set(list(FINDINGS.values())) == []


def drafted(coordinator: User, reader: User, *own: OwnItem) -> ReaderStudy:
    return create_reader_study(
        actor=coordinator,
        title="With an item of our own",
        seed=7,
        imaging_studies=[exam()],
        readers=[reader],
        finding_codes=["modic"],
        arms=[UNAIDED],
        protocol=ReadingProtocol(own_items=own),
    )


def test_the_protocol_holds_an_own_item_whole_under_its_hash(
    coordinator: User, reader: User
) -> None:
    reader_study = drafted(coordinator, reader, RIM)
    first = reader_study.protocols.get()
    (own,) = [one["own"] for one in first.body["items"] if "own" in one]
    assert own_item(own) == RIM
    parts = parts_of(reader_study)
    assert (parts.finding_codes, list(parts.protocol.own_items)) == (["modic"], [RIM])
    clearer = changed(definition="Defect of the ring apophysis")
    protocol = dataclasses.replace(parts.protocol, own_items=[clearer])
    edit_draft(
        reader_study_id=reader_study.pk,
        parts=dataclasses.replace(parts, protocol=protocol),
        actor=coordinator,
    )
    newest = reader_study.protocols.order_by("version").last()
    assert newest is not None
    assert newest.sha256 != first.sha256
    assert Item.objects.get(finding_code="own_rim").finding.definition == clearer.definition


def test_references_keep_the_definition_that_they_were_written_for(
    coordinator: User, reader: User
) -> None:
    reader_study = drafted(coordinator, reader, RIM)
    case = reader_study.cases.get()
    set_references(
        case=case, references=[Reference("own_rim", "L4/L5", 1, "", "right")], actor=coordinator
    )
    parts = parts_of(reader_study)
    protocol = dataclasses.replace(parts.protocol, own_items=[changed(definition="Other")])
    with pytest.raises(ReaderStudyDesignError, match="Rim lesion has references"):
        edit_draft(
            reader_study_id=reader_study.pk,
            parts=dataclasses.replace(parts, protocol=protocol),
            actor=coordinator,
        )
    assert parts_of(reader_study).protocol.own_items == (RIM,)


def test_a_wrong_own_item_makes_no_reader_study(coordinator: User, reader: User) -> None:
    with pytest.raises(ReaderStudyDesignError, match="there are 1"):
        drafted(coordinator, reader, changed(categories=many(1)))
    assert not ReaderStudy.objects.exists()


@pytest.mark.parametrize(("code", "definition"), [("own_rim", None), ("modic", RIM.as_data())])
def test_the_database_ties_the_code_of_an_own_item_to_its_definition(
    coordinator: User, reader: User, code: str, definition: Any
) -> None:
    reader_study = drafted(coordinator, reader)
    reader_study.items.all().delete()
    with pytest.raises(IntegrityError, match="item_own_code_has_definition"), transaction.atomic():
        Item.objects.create(
            reader_study=reader_study,
            finding_code=code,
            definition=definition,
            scores=[0, 1],
            position=1,
        )


def test_readers_answer_it_and_exports_carry_its_private_code(
    coordinator: User, reader: User
) -> None:
    reader_study = drafted(coordinator, reader, RIM)
    open_reader_study(reader_study_id=reader_study.pk, actor=coordinator)
    reading = reading_of(reader_study, reader, aided=False)
    view = client_of(reader).get(f"/api/v1/readings/{reading.pk}/").json()
    (shown,) = [one for one in view["items"] if one["code"] == "own_rim"]
    assert shown["definition"] == "Defect at the edge of the endplate"
    assert shown["scale"]["labels"] == ["none", "small", "large"]
    store_grade(reading_id=reading.pk, answer=answer("own_rim", "L4/L5", 2, side="left"))
    with pytest.raises(GradeNotOnScaleError, match="not on the scale of Rim lesion"):
        store_grade(reading_id=reading.pk, answer=answer("own_rim", "L4/L5", 3, side="left"))
    rows = [row for row in grade_rows(reader_study) if row.item == "own_rim"]
    assert len(rows) == 10
    assert [(r.disc_level, r.side, r.label) for r in rows if r.score] == [
        ("L4/L5", "left", "large")
    ]
    findings = [item.finding for item in reader_study.items.all()]
    dictionary = {
        line["name"]: line for line in csv.DictReader(io.StringIO(dictionary_csv(findings)))
    }
    assert f"own_rim {OWN_SCHEME}:own_rim" in dictionary["item"]["meaning"]
    assert "is private" in dictionary["item"]["meaning"]
    about = json.loads(readings_json(rows, findings, {}))["items"]
    assert about["own_rim"]["codes"][0] == {
        "value": "own_rim",
        "scheme": OWN_SCHEME,
        "meaning": "Rim lesion",
        "is_verified": True,
        "version": RIM.version,
    }
    assert about["modic"]["codes"][0]["scheme"] == "RADELEMENT"
