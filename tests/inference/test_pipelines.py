"""Versions of AI: listed with their figures, retired with a reason, kept by arms that have them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.services.designs import parts_of
from annotations.services.drafts import edit_draft
from annotations.services.reader_studies import UNAIDED, ArmDesign, create_reader_study
from annotations.services.schedules import ReaderStudyDesignError
from inference import registry
from inference.models import PipelineVersion
from inference.selectors.pipelines import choosable_pipelines, version_row
from inference.services.pipelines import PipelineStandingError, activate_version, retire_version
from spinestudy.audit.models import AuditRecord
from spinestudy.common.errors import InvalidInputError
from tests.conftest import client_of
from tests.factories.reader_studies import PIPELINE, exam, opened_reader_study

pytestmark = pytest.mark.django_db


def page(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_version_is_listed_with_its_figures_and_its_card(coordinator: User) -> None:
    listed = page(coordinator, "/pipelines/")
    assert "lumbar_grading 2" in listed
    assert "0.947" in listed
    assert "(n = 200)" in listed
    own = page(coordinator, f"/pipelines/{PIPELINE}/")
    assert "Not for clinical use" in own
    assert "<h3>Known limits</h3>" in own
    assert '<table class="table">' in own
    assert registry.metadata(PIPELINE)["weights_sha256"] in own


def test_a_card_cannot_bring_html_in(coordinator: User) -> None:
    PipelineVersion.objects.create(
        pipeline="lumbar_grading@x",
        origin="imported",
        card="# x\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) ![i](http://x/y.png)\n",
    )
    own = page(coordinator, "/pipelines/lumbar_grading@x/")
    assert "&lt;script&gt;alert(1)" in own
    assert "<script>alert" not in own
    assert 'href="javascript' not in own
    assert "<img" not in own


def test_an_unknown_version_is_no_page(coordinator: User) -> None:
    client = Client()
    client.force_login(coordinator)
    assert client.get("/pipelines/lumbar_grading@9/").status_code == 404
    assert client.post("/pipelines/lumbar_grading@9/retire/", {"reason": "x"}).status_code == 404
    assert not PipelineVersion.objects.exists()


def test_retiring_needs_a_reason_and_is_recorded(coordinator: User) -> None:
    with pytest.raises(InvalidInputError, match="Say why"):
        retire_version(pipeline=PIPELINE, reason=" ", actor=coordinator)
    assert not PipelineVersion.objects.exists()
    retire_version(pipeline=PIPELINE, reason="a newer one is better", actor=coordinator)
    with pytest.raises(PipelineStandingError, match="retired already"):
        retire_version(pipeline=PIPELINE, reason="again", actor=coordinator)
    entry = AuditRecord.objects.get(action="pipeline.retired")
    assert (entry.reason, entry.data["pipeline"]) == ("a newer one is better", PIPELINE)
    assert entry.changes == {"is_retired": [False, True]}
    row = version_row(PIPELINE)
    assert row is not None
    assert (row.is_retired, row.changed_by) == (True, coordinator.get_username())
    activate_version(pipeline=PIPELINE, reason="it was not", actor=coordinator)
    assert PIPELINE in choosable_pipelines()
    assert AuditRecord.objects.filter(action="pipeline.activated").count() == 1


def test_a_retired_version_is_for_arms_that_have_it(coordinator: User, reader: User) -> None:
    reader_study = create_reader_study(
        actor=coordinator,
        title="Before",
        seed=1,
        imaging_studies=[exam()],
        readers=[reader],
        finding_codes=["modic"],
        arms=[UNAIDED, ArmDesign("AI-aided", PIPELINE)],
    )
    retire_version(pipeline=PIPELINE, reason="old", actor=coordinator)
    assert PIPELINE not in choosable_pipelines()
    with pytest.raises(ReaderStudyDesignError, match=f"{PIPELINE} is retired"):
        opened_reader_study(coordinator, [reader], title="After")
    edit_draft(reader_study_id=reader_study.pk, parts=parts_of(reader_study), actor=coordinator)
    assert reader_study.arms.get(is_ai_allowed=True).pipeline == PIPELINE
    shown = page(coordinator, f"/reader-studies/{reader_study.pk}/edit/")
    assert f"{PIPELINE} (retired)" in shown
    fresh = page(coordinator, "/reader-studies/create/")
    assert PIPELINE not in fresh


def test_programs_retire_and_activate_too(coordinator: User) -> None:
    client = client_of(coordinator)
    address = f"/api/v1/pipeline-versions/{PIPELINE}/"
    told = client.get(address).json()
    assert told["is_runnable"]
    assert told["eval_metrics"]["grades"]["modic"]["quadratic_kappa"] == 0.951
    assert told["card"].startswith("# lumbar_grading 2")
    assert client.post(f"{address}retire/", {}).status_code == 400
    retired = client.post(f"{address}retire/", {"reason": "old"})
    assert (retired.status_code, retired.json()["is_retired"]) == (200, True)
    assert client.post(f"{address}retire/", {"reason": "old"}).status_code == 409
    assert not client.post(f"{address}activate/", {"reason": "new"}).json()["is_retired"]
    assert client.get("/api/v1/pipeline-versions/no@1/").status_code == 404


def test_readers_see_nothing_of_it(reader: User) -> None:
    client = Client()
    client.force_login(reader)
    for address in ("/pipelines/", f"/pipelines/{PIPELINE}/", "/shadow-runs/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/pipelines/{PIPELINE}/retire/", {"reason": "x"}).status_code == 403
    assert not PipelineVersion.objects.exists()
