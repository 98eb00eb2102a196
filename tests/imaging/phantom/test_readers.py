"""Virtual readers: the same answers again, better with skill, each with ways of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spinestudy.imaging.phantom import TruthRow
from spinestudy.imaging.phantom.findings import ITEM_RANGE, score_of
from spinestudy.imaging.phantom.readers import SyntheticReader, sample_readers

STEADY = SyntheticReader("R1", 5, skill=0.9, threshold_sd=0.0, drift=0.0, lapse=0.0)
SEED = 11


def rows(item: str, count: int, seed: int = SEED) -> list[TruthRow]:
    low, high = ITEM_RANGE[item]
    latents = np.random.default_rng(seed).uniform(low, high + 1, count)
    return [TruthRow(item, f"L{i}", "", "", float(v)) for i, v in enumerate(latents)]


def right(reader: SyntheticReader, item: str = "foraminal_stenosis", case: int = 0) -> float:
    some = rows(item, 400)
    return float(np.mean([reader.score(r, "exam", case) == r.score for r in some]))


@pytest.mark.parametrize("item", ITEM_RANGE)
def test_every_item_is_read_on_its_scale(item: str) -> None:
    low, high = ITEM_RANGE[item]
    for reader in sample_readers(3, SEED):
        assert len(reader.thresholds(item)) == high - low
        assert list(reader.thresholds(item)) == sorted(reader.thresholds(item))
        scores = {reader.score(r, "exam", 0) for r in rows(item, 200)}
        assert scores == set(range(low, high + 1)), f"{item} seed {SEED}"


def test_answers_come_again_and_differ_between_readers_and_exams() -> None:
    readers = sample_readers(4, SEED)
    assert readers == sample_readers(4, SEED)
    some = rows("subarticular_stenosis", 100)
    answers = [[r.score(row, "A", 0) for row in some] for r in readers]
    assert answers == [[r.score(row, "A", 0) for row in some] for r in readers]
    assert len({tuple(a) for a in answers}) == 4
    assert answers[0] != [readers[0].score(row, "B", 0) for row in some]


def test_skill_makes_more_answers_right() -> None:
    shares = [right(replace(STEADY, skill=s)) for s in (0.1, 0.5, 0.95)]
    assert shares == sorted(shares)
    assert shares[2] > shares[0] + 0.1


def test_noise_free_readers_with_common_thresholds_tell_the_truth() -> None:
    reader = replace(STEADY, skill=5.0)
    for item in ITEM_RANGE:
        if item != "pfirrmann":
            thresholds = reader.thresholds(item)
            low = ITEM_RANGE[item][0]
            assert thresholds == tuple(float(low + 1 + i) for i in range(len(thresholds)))
    assert score_of("pfirrmann", 3.5) == 3


def test_own_thresholds_move_grades_to_one_side() -> None:
    some = rows("central_canal_stenosis", 300)

    def spread_of_bias(threshold_sd: float) -> float:
        readers = [replace(STEADY, threshold_sd=threshold_sd, seed=s) for s in range(6)]
        biases = [np.mean([r.score(row, "exam", 0) - row.score for row in some]) for r in readers]
        return float(np.ptp(biases))

    assert spread_of_bias(0.6) > 0.15
    assert spread_of_bias(0.6) > 3 * spread_of_bias(0.0)


def test_drift_grows_from_case_to_case() -> None:
    reader = replace(STEADY, drift=0.5)
    some = rows("central_canal_stenosis", 300)
    means = [np.mean([reader.score(r, "exam", case) for r in some]) for case in (0, 50, 100)]
    assert means == sorted(means)
    assert means[2] > means[0] + 0.2


def test_a_lapse_is_an_answer_without_looking() -> None:
    reader = replace(STEADY, lapse=1.0)
    clear = [TruthRow("pfirrmann", f"L{i}", "", "", 1.5) for i in range(300)]
    assert {reader.score(r, "exam", 0) for r in clear} == {1, 2, 3, 4, 5}
