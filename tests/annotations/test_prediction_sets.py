"""Sets of grades in the reading room rest on checked cases, or say why there are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.selectors.prediction_sets import LEAST_OF_A_GRADE, sets_of_item
from inference import registry

PIPELINE = "lumbar_grading@checked-here"
SCORES = [0, 1, 2, 3]
SEED = 20261128


def drawn(rng: np.random.Generator, count: int) -> tuple[list[list[float]], list[int]]:
    """A model that is often sure and sometimes wrong; severe grades are rare and harder."""
    true = rng.choice(4, count, p=[0.4, 0.3, 0.2, 0.1])
    guess = true + rng.normal(0, 0.5 + 0.15 * true)
    shares = np.exp(-((np.arange(4) - guess[:, None]) ** 2) / 0.5)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares.tolist(), true.tolist()


def kept(root: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """A model of the site with 1,200 checked cells."""
    rng = np.random.default_rng(SEED)
    probabilities, true = drawn(rng, 1200)
    item = {
        "scores": SCORES,
        "patients": [f"P{at // 5}" for at in range(1200)],
        "probabilities": probabilities,
        "true": true,
    } | changes.pop("item", {})
    folder = root / "model"
    folder.mkdir()
    told = {
        "pipeline": PIPELINE,
        "weights_sha256": "abc",
        "data": "drawn",
        "data_sha256": "",
        "label_source": "truth",
        "is_synthetic": True,
        "exams": 240,
        "items": {"central_canal_stenosis": item},
    }
    (folder / "calibration.json").write_text(json.dumps(told | changes))
    name, _, version = PIPELINE.partition("@")
    metadata = {"name": name, "version": version, "weights_sha256": "abc"}
    (folder / "metadata.json").write_text(json.dumps(metadata))
    monkeypatch.setenv(registry.MODELS_DIR, str(root))


def test_sets_hold_the_right_grade_as_often_as_promised_in_every_grade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rarest grade has about 120 cells to calibrate and 400 to judge: both of them vary."""
    kept(tmp_path, monkeypatch)
    sets = sets_of_item(PIPELINE, "central_canal_stenosis", SCORES)
    _, calibrated = drawn(np.random.default_rng(SEED), 1200)
    probabilities, true = drawn(np.random.default_rng(SEED + 1), 4000)
    hit: dict[int, list[bool]] = {score: [] for score in SCORES}
    sizes = []
    for row, right in zip(probabilities, true, strict=True):
        found = sets.of(dict(enumerate(row)))
        assert found.why_not == ""
        assert list(found.scores) == list(range(found.scores[0], found.scores[-1] + 1))
        assert int(np.argmax(row)) in found.scores
        hit[right].append(right in found.scores)
        sizes.append(len(found.scores))
    for score, hits in hit.items():
        spread = np.sqrt(0.9 * 0.1 * (1 / calibrated.count(score) + 1 / len(hits)))
        assert np.mean(hits) > 0.9 - 2.5 * spread, f"grade {score} of {len(hits)}"
    assert np.mean(sizes) < 2.2, "a set of all grades says nothing"


def test_too_few_cells_of_a_grade_are_said_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = [0, 1, 2] * 400
    true[:49] = [3] * 49
    kept(tmp_path, monkeypatch, item={"true": true})
    found = sets_of_item(PIPELINE, "central_canal_stenosis", SCORES).of({0: 1.0})
    assert found.scores == ()
    assert f"49 cells of grade 3, and a set needs {LEAST_OF_A_GRADE}" in found.why_not


def test_rows_of_other_weights_another_scale_and_a_model_that_is_gone_give_no_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, monkeypatch, weights_sha256="other")
    why = sets_of_item(PIPELINE, "central_canal_stenosis", SCORES).why_not
    assert why == "the model was not checked on cases of its own"
    why = sets_of_item("lumbar_grading@nowhere", "central_canal_stenosis", SCORES).why_not
    assert why == "the model was not checked on cases of its own"


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"items": {"modic": {"scores": [0]}}}'])
def test_a_broken_file_stops_no_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    kept(tmp_path, monkeypatch)
    (tmp_path / "model" / "calibration.json").write_text(broken)
    found = sets_of_item(PIPELINE, "central_canal_stenosis", SCORES).of({0: 1.0})
    assert (found.scores, found.why_not) == ((), "what the model was checked on can't be read")


def test_a_proposal_on_other_scores_gets_no_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, monkeypatch)
    found = sets_of_item(PIPELINE, "central_canal_stenosis", SCORES).of({7: 1.0})
    assert (found.scores, found.why_not) == ((), "the proposal is on another scale")


def test_an_item_on_another_scale_gets_no_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, monkeypatch)
    found = sets_of_item(PIPELINE, "central_canal_stenosis", [0, 1, 2])
    assert (found.conformal, found.why_not) == (None, "the model grades on another scale")
    assert sets_of_item(PIPELINE, "modic", SCORES).conformal is None


def test_the_model_of_the_product_states_sets_that_say_something() -> None:
    sets = sets_of_item("lumbar_grading@2", "pfirrmann", (1, 2, 3, 4, 5))
    sure = sets.of({1: 0.0, 2: 0.0, 3: 0.02, 4: 0.95, 5: 0.03})
    assert (sure.scores, sure.why_not) == ((4,), "")
    unsure = sets.of({1: 0.0, 2: 0.0, 3: 0.1, 4: 0.48, 5: 0.42})
    assert unsure.scores == (4, 5)
