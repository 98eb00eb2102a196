"""Everything that a coordinator decides, as one value; checked, and read from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import User

from annotations.design.adjudication_rule import AdjudicationRule
from annotations.design.protocol import (
    FULLY_CROSSED,
    Endpoint,
    LiveView,
    ReaderStudyDesign,
    problems,
)
from annotations.models import ReaderStudy
from annotations.selectors.protocols import protocol_body
from annotations.services.plans import ArmDesign
from annotations.services.schedules import ReaderStudyDesignError
from annotations.vocabulary import (
    FINDINGS,
    HANGING_PROTOCOLS,
    SEGMENTS,
    TOOLS,
    Finding,
    OwnItem,
)
from annotations.vocabulary.own import own_item, problems_of_set
from inference.selectors.pipelines import retired_pipelines
from spinestudy.common.roles import is_reader
from spinestudy.imaging.models import ImagingStudy


@dataclass(frozen=True)
class ReadingProtocol:
    """How a case is read. Codes are those of the vocabulary.

    own_items: defined for this reader study, asked after those of the library.
    """

    idle_cutoff_s: int = 60
    asks_confidence: bool = False
    tools: Sequence[str] = ()
    segments: Sequence[str] = ()
    hanging: str = "lumbar"
    optional_items: Sequence[str] = ()
    own_items: Sequence[OwnItem] = ()


USUAL_READING: Final = ReadingProtocol()


@dataclass(frozen=True)
class Parts:
    """A reader study before it is laid out. Without readers no schedule can be drawn yet.

    finding_codes: of the library; own items stand in the protocol.
    """

    title: str
    seed: int
    imaging_studies: Sequence[ImagingStudy]
    readers: Sequence[User]
    finding_codes: Sequence[str]
    arms: Sequence[ArmDesign]
    description: str = ""
    has_ordered_sessions: bool = True
    protocol: ReadingProtocol = USUAL_READING
    design: ReaderStudyDesign = FULLY_CROSSED

    @property
    def findings(self) -> dict[str, Finding]:
        """All that is asked, in order; KeyError for a code that the library doesn't have."""
        return findings_of(self.finding_codes, self.protocol.own_items)


def findings_of(finding_codes: Sequence[str], own_items: Sequence[OwnItem]) -> dict[str, Finding]:
    """Code -> finding: those of the library, then the own ones."""
    own = {one.code: one.finding() for one in own_items}
    return {**{code: FINDINGS[code] for code in finding_codes}, **own}


def parts_of(reader_study: ReaderStudy) -> Parts:
    """The parts of a stored reader study, as they are now."""
    items = list(reader_study.items.all())
    enrolments = list(reader_study.enrolments.select_related("reader"))
    return Parts(
        title=reader_study.title,
        description=reader_study.description,
        seed=reader_study.seed,
        imaging_studies=[
            case.imaging_study for case in reader_study.cases.select_related("imaging_study")
        ],
        readers=[one.reader for one in enrolments],
        finding_codes=[item.finding_code for item in items if item.definition is None],
        arms=[
            ArmDesign(arm.label, arm.pipeline, arm.is_training)
            for arm in reader_study.arms.prefetch_related("reading_sessions")
        ],
        has_ordered_sessions=reader_study.has_ordered_sessions,
        protocol=ReadingProtocol(
            idle_cutoff_s=reader_study.idle_cutoff_s,
            asks_confidence=reader_study.asks_confidence,
            tools=tuple(reader_study.tools),
            segments=tuple(reader_study.segments),
            hanging=reader_study.hanging.get("name", "lumbar"),
            optional_items=tuple(item.finding_code for item in items if not item.is_required),
            own_items=tuple(
                own_item(item.definition) for item in items if item.definition is not None
            ),
        ),
        design=_design_of(
            protocol_body(reader_study),
            {one.reader.get_username(): one.case_limit for one in enrolments if one.case_limit},
            {one.reader.get_username(): one.seniority for one in enrolments if one.seniority},
        ),
    )


def _design_of(
    body: dict[str, Any], caps: dict[str, int], seniority: dict[str, str]
) -> ReaderStudyDesign:
    endpoint, rule = body["endpoint"], body["adjudication"]
    return ReaderStudyDesign(
        **{
            name: body[name]
            for name in (
                "design",
                "washout_days",
                "due_days",
                "common",
                "groups",
                "repeat_fraction",
                "repeat_lag",
            )
        },
        caps=caps,
        seniority=seniority,
        endpoint=Endpoint(**{k: v for k, v in endpoint.items() if k != "k"}) if endpoint else None,
        live_view=LiveView(**body["live_view"]),
        adjudication=AdjudicationRule(
            rule["kind"], rule["steps"], tuple(rule["readers"]), tuple(rule["items"])
        ),
        planned_looks=tuple(body["planned_looks"]),
        frozen=tuple(body["frozen"]),
    )


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ReaderStudyDesignError(message)


def check_parts(parts: Parts, reader_study: ReaderStudy | None = None) -> None:
    """Raise ReaderStudyDesignError at the first thing that is missing.

    reader_study: the one that is changed, None for a new one.
    """
    title, arms = parts.title.strip(), parts.arms
    _require(title, "Give the reader study a title.")
    others = ReaderStudy.objects.filter(title=title).exclude(status=ReaderStudy.Status.DISCARDED)
    if reader_study is not None:
        others = others.exclude(pk=reader_study.pk)
    _require(not others.exists(), "There is already a reader study of that title; choose another.")
    _require(parts.imaging_studies, "Choose at least one exam.")
    _require(
        parts.finding_codes or parts.protocol.own_items,
        "Choose at least one item, or define one of your own.",
    )
    _require(arms, "Choose at least one arm.")
    check_items(parts.finding_codes, parts.protocol)
    _check_pipelines(arms, reader_study)
    strangers = [user.get_username() for user in parts.readers if not is_reader(user)]
    _require(not strangers, f"Not in the group of readers: {', '.join(strangers)}.")
    wrong = problems(parts.design, list(parts.findings))
    _require(not wrong, " ".join(wrong))
    if parts.design.design == "unaided_only":
        _require(not any(arm.pipeline for arm in arms), "An unaided design has no AI-aided arm.")
    if parts.design.design == "sequential":
        aided = [bool(arm.pipeline) for arm in arms if not arm.is_training]
        _require(
            aided == [False, True], "A sequential design has an unaided arm, then an aided one."
        )


def check_items(finding_codes: Sequence[str], protocol: ReadingProtocol) -> None:
    """Raise ReaderStudyDesignError where items or other words of the reading protocol are wrong."""
    unknown = sorted(set(finding_codes) - set(FINDINGS))
    _require(not unknown, f"Unknown items: {', '.join(unknown)}.")
    wrong = [words for one in protocol.own_items for words in one.problems()]
    _require(not wrong, " ".join(wrong))
    own = [one.finding() for one in protocol.own_items]
    wrong = problems_of_set([*(FINDINGS[code] for code in finding_codes), *own])
    _require(not wrong, " ".join(wrong))
    _require(set(protocol.tools) <= set(TOOLS), "Unknown drawing tool.")
    _require(set(protocol.segments) <= set(SEGMENTS), "Unknown segment.")
    _require(protocol.hanging in HANGING_PROTOCOLS, "Unknown hanging protocol.")
    _require(
        10 <= protocol.idle_cutoff_s <= 3600, "Give an idle cut-off between 10 and 3600 seconds."
    )


def _check_pipelines(arms: Sequence[ArmDesign], reader_study: ReaderStudy | None) -> None:
    """A retired version is for arms that have it already."""
    kept = set(reader_study.arms.values_list("pipeline", flat=True)) if reader_study else set()
    retired = {arm.pipeline for arm in arms} & retired_pipelines() - kept
    _require(
        not retired,
        f"{', '.join(sorted(retired))} is retired: choose another AI model for the aided arm.",
    )
