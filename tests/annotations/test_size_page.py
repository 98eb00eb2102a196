"""The page on which the size of a reader study is planned."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from annotations.agreement import n_for_kappa_test
from tests.annotations.test_design_pages import browser

ADDRESS = "/reader-studies/size/"
TEST = {
    "plan": "kappa-test",
    "kappa": "0.7",
    "kappa_null": "0.5",
    "shares": "0.6 0.3 0.1",
    "n_readers": "3",
    "n_levels": "1",
    "correlation": "0",
    "alpha": "0.05",
    "power": "0.8",
}
ARMS = {
    "plan": "arms",
    "effect": "0.05",
    "n_readers": "6",
    "power": "0.8",
    "alpha": "0.05",
    "var_arm_reader": "0.0005",
    "var_error": "0.0015",
    "cov1": "0.0008",
    "cov2": "0.0007",
    "cov3": "0.0006",
    "n_cases": "60",
}


def test_the_answer_stands_with_curves_and_table(coordinator: User) -> None:
    page = browser(coordinator).get(ADDRESS, TEST).content.decode()
    patients = n_for_kappa_test(kappa_null=0.5, kappa=0.7, shares=(0.6, 0.3, 0.1), n_readers=3)
    assert f"{patients} patients, read by 3 readers" in page
    assert page.count("<polyline") >= 4
    assert f'<td class="num">{patients}</td>' in page


def test_two_arms_are_planned_from_components(coordinator: User) -> None:
    page = browser(coordinator).get(ADDRESS, ARMS).content.decode()
    assert "patients, read in both arms by 6 readers" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"shares": "0.6 0.2"}, "sum to 0.8"),
        ({"shares": "a b"}, "numbers parted by spaces"),
        ({"kappa_null": "0.7"}, "differ"),
        ({"n_readers": "1"}, "greater than or equal to 2"),
        ({"n_levels": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    coordinator: User, changed: dict[str, str], words: str
) -> None:
    page = browser(coordinator).get(ADDRESS, {**TEST, **changed}).content.decode()
    assert words in page
    assert 'id="answer"' not in page
    assert 'value="0.8"' in page


def test_an_empty_form_asks(coordinator: User) -> None:
    page = browser(coordinator).get(ADDRESS).content.decode()
    assert "Kappa with a narrow interval" in page
    assert 'id="answer"' not in page
