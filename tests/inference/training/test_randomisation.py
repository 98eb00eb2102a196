"""What the segmenter's random looks may change, and what they must leave alone."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the worker's packages are not installed")

import torch

from inference.training.randomisation import (
    randomised,
    rescaled,
    with_clutter,
    with_random_classes,
    with_zero_borders,
)

pytestmark = pytest.mark.worker
SIZE = 96


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def planes() -> torch.Tensor:
    return torch.rand((6, 2, SIZE, SIZE), generator=generator(1)) * 0.9 + 0.1


@pytest.fixture
def masks() -> torch.Tensor:
    """A column of squares, classes 1 to 4, in the middle of each image."""
    drawn = torch.zeros((6, SIZE, SIZE))
    for value in (1, 2, 3, 4):
        drawn[:, 16 * value : 16 * value + 12, 42:54] = value
    return drawn


def test_a_look_follows_from_its_generator_alone(planes: torch.Tensor, masks: torch.Tensor) -> None:
    first, again, other = (randomised(planes, masks, generator(seed)) for seed in (3, 3, 4))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])


def test_with_plain_images_only_labels_stay_where_they_are(
    planes: torch.Tensor, masks: torch.Tensor
) -> None:
    _, classes = randomised(planes, masks, generator(3), plain_share=1)
    assert torch.equal(classes, masks)


def test_many_looks_stay_in_range_and_labels_are_kept_or_become_background(
    planes: torch.Tensor, masks: torch.Tensor
) -> None:
    for seed in range(12):
        images, classes = randomised(planes, masks, generator(seed))
        assert images.shape == planes.shape, seed
        assert images.isfinite().all(), seed
        assert images.min() >= 0, seed
        assert images.max() <= 1.5, seed
        assert ((classes == masks) | (classes == 0)).all(), seed


def test_a_contrast_that_is_missing_stays_missing(
    planes: torch.Tensor, masks: torch.Tensor
) -> None:
    planes[:, 1] = 0
    for seed in range(6):
        images, _ = randomised(planes, masks, generator(seed))
        empty = (images == 0).all(2).all(2)
        assert empty.any(1).all(), seed


def test_clutter_changes_the_surroundings_and_no_pixel_with_a_label(
    planes: torch.Tensor, masks: torch.Tensor
) -> None:
    drawn = with_clutter(planes, masks, generator(5))
    on_label = (masks > 0)[:, None].expand_as(planes)
    assert torch.equal(drawn[on_label], planes[on_label])
    assert ((drawn - planes).abs() > 0.05).float().mean() > 0.02


def test_a_structure_gets_another_signal_as_a_whole(masks: torch.Tensor) -> None:
    flat = torch.full((6, 2, SIZE, SIZE), 0.5)
    drawn = with_random_classes(flat, masks, generator(7))
    inside = torch.zeros((SIZE, SIZE), dtype=torch.bool)
    inside[19:25, 45:51] = True
    values = drawn[:, :, inside]
    assert values.std(-1).max() < 1e-5
    assert values.mean(-1).std() > 0.05
    assert torch.equal(drawn[..., :10, :10], flat[..., :10, :10])


def test_outside_a_narrowed_field_of_view_there_is_neither_signal_nor_label(
    planes: torch.Tensor, masks: torch.Tensor
) -> None:
    masks = torch.ones_like(masks)
    shares = []
    for seed in range(20):
        drawn, left = with_zero_borders(planes, masks, generator(seed))
        assert torch.equal(left > 0, (drawn > 0).all(1)), seed
        shares += left.mean((1, 2)).tolist()
    assert min(shares) < 0.8
    assert max(shares) == 1


def test_signal_is_scaled_about_as_a_stack_is(planes: torch.Tensor) -> None:
    drawn = rescaled(planes * 7 + 2, generator(9))
    top = drawn.flatten(2).quantile(0.995, dim=-1)
    assert top.min() > 0.5
    assert top.max() <= 1.5
    assert drawn.flatten(2).quantile(0.005, dim=-1).max() < 0.05
