"""ROC areas of published and independently computed examples."""

from __future__ import annotations

import re

import numpy as np
import pytest

from annotations.agreement import auc, clustered_auc, delong, hanley_mcneil_se, roc_curve

pytestmark = pytest.mark.filterwarnings("error")


def test_ct_ratings_of_hanley_and_mcneil() -> None:
    """Hanley, McNeil 1982: 58 normal and 51 abnormal scans, ratings 1-5."""
    counts = [33, 6, 6, 11, 2, 3, 2, 2, 11, 33]
    scores = np.repeat([1, 2, 3, 4, 5] * 2, counts)
    truth = np.repeat([0, 1], [58, 51])
    found = auc(scores, truth)
    assert found.value == pytest.approx(0.893171061528, rel=1e-11)
    assert found.se == pytest.approx(0.0307244083794, rel=1e-11)
    assert hanley_mcneil_se(0.893171061528, 51, 58) == pytest.approx(0.0324865796073, rel=1e-10)
    assert roc_curve(scores, truth).area() == pytest.approx(found.value, rel=1e-12)


def test_three_markers_of_delong(gold: dict[str, str]) -> None:
    """DeLong, DeLong, Clarke-Pearson 1988: albumin, KG score (reversed), total protein."""
    rows = re.findall(r"(\d\.\d)/(\d\.\d)/(\d+)/([01])", gold["P10"])
    table = np.array([[float(one) for one in row] for row in rows])
    assert len(table) == 43
    found = delong([table[:, 0], 10 - table[:, 2], table[:, 1]], table[:, 3].astype(int))
    values = [0.736559139785, 0.725806451613, 0.647849462366]
    assert found.values == pytest.approx(values, rel=1e-11)
    errors = [0.0926943460524, 0.10282160898, 0.100047375584]
    assert [one.se for one in found.aucs] == pytest.approx(errors, rel=1e-10)
    assert found.covariance is not None
    upper = found.covariance[np.triu_indices(3, 1)]
    expected = [0.00503705981073, 0.00774452927646, 0.00481929729133]
    assert upper == pytest.approx(expected, rel=1e-11)
    gap = found.difference(0, 1)
    assert gap.ci == pytest.approx((-0.176117368735, 0.197622745079), rel=1e-10)
    for pair, z, p in (
        ((0, 1), 0.112778269, 0.910206347),
        ((2, 1), -0.7452183897, 0.456139708),
        ((0, 2), 1.590029258, 0.11182821),
    ):
        test = found.test(*pair)
        assert (test.statistic, test.p) == pytest.approx((z, p), rel=1e-7)
    joint = found.joint_test()
    assert joint.df == 2
    assert joint.statistic == pytest.approx(2.53397792621, rel=1e-11)
    assert joint.p == pytest.approx(0.281678490489, rel=1e-11)


def test_levels_of_patients(gold: dict[str, str]) -> None:
    """Obuchowski 1997 on 62 levels of 20 patients; ignoring patients gives other errors."""
    rows = re.findall(r"\b(\d+)/\d/([01])/(\d)/(\d)\b", gold["P13"])
    table = np.array([[int(one) for one in row] for row in rows])
    assert table.shape == (62, 4)
    patient, truth, scores = table[:, 0], table[:, 1], table[:, 2:].T
    found = delong(scores, truth, cluster=patient)
    assert found.values == pytest.approx([0.865909090909, 0.939772727273], rel=1e-11)
    errors = [0.0459976778379, 0.0257320853384]
    assert [one.se for one in found.aucs] == pytest.approx(errors, rel=1e-10)
    gap = found.difference(1, 0)
    assert gap.value == pytest.approx(0.0738636363636, rel=1e-11)
    assert gap.se == pytest.approx(0.0487542177326, rel=1e-11)
    assert found.test(1, 0).p == pytest.approx(0.129767228094, rel=1e-11)
    assert clustered_auc(scores[0], truth, cluster=patient) == found.aucs[0]
    blind = delong(scores, truth)
    assert [one.se for one in blind.aucs] == pytest.approx([0.04323655, 0.02808742], rel=1e-6)
    assert blind.difference(1, 0).se == pytest.approx(0.04490237, rel=1e-6)
