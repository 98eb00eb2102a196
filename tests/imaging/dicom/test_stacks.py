"""Splitting a series into stacks: the cases on which common tools build wrong volumes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset

from spinestudy.imaging.dicom.frames import StoredFrame
from spinestudy.imaging.dicom.headers import parse_header
from spinestudy.imaging.dicom.pixels import decode_frames, pixel_facts
from spinestudy.imaging.dicom.reading import read_dataset
from spinestudy.imaging.dicom.stacks import StackPlan, split_into_stacks
from tests.factories.dicom import (
    AXIAL,
    CORONAL,
    SAGITTAL,
    SeriesRecipe,
    image,
    normal_of,
    positions,
    series,
    tilted_axial,
    to_bytes,
)


def stored(datasets: Sequence[Dataset], seed: int = 7) -> list[StoredFrame]:
    """As after an import, in an order that tells nothing."""
    frames = []
    for dataset in datasets:
        read = read_dataset(to_bytes(dataset)).dataset
        header = parse_header(read)
        for frame, pixels in zip(
            header.frames, decode_frames(read, len(header.frames)), strict=True
        ):
            facts, _ = pixel_facts(pixels, "MONOCHROME2")
            frames.append(StoredFrame(header.sop_instance_uid, frame, facts))
    random.Random(seed).shuffle(frames)
    return frames


def split(*groups: Sequence[FileDataset]) -> list[StackPlan]:
    plans = split_into_stacks(stored([one for group in groups for one in group]))
    return sorted(plans, key=lambda plan: (plan.plane, plan.frames[0].header.instance_number or 0))


def recipe(orientation: Sequence[float] = SAGITTAL, **tags: Any) -> SeriesRecipe:
    return SeriesRecipe(orientation=orientation, tags=tags, study_uid="1.2.3", series_uid="1.2.3.4")


def names(plan: StackPlan) -> set[str]:
    return {flag.split(":")[0] for flag in plan.flags}


def test_a_plain_series_is_one_stack_ordered_from_right_to_left() -> None:
    where = positions(7, step_mm=3.3)
    (plan,) = split(series(recipe(), where))
    x = [frame.header.position_lps[0] for frame in plan.frames if frame.header.position_lps]
    assert x == sorted(x)
    assert plan.plane == "sagittal"
    assert plan.slice_spacing_mm == pytest.approx(3.3)
    assert plan.flags == ()


@pytest.mark.parametrize("tags", [{}, {"SliceThickness": "5"}, {"SliceLocation": "0"}])
def test_numbers_and_thickness_do_not_matter(tags: dict[str, Any]) -> None:
    where = positions(6, step_mm=4.4)
    images = series(recipe(**tags), where)
    for image_, number in zip(images, [3, 1, 6, 2, 5, 4], strict=True):
        image_.InstanceNumber = number
    (plan,) = split(images)
    assert plan.slice_spacing_mm == pytest.approx(4.4)
    assert plan.flags == ()


def test_axial_stacks_run_from_foot_to_head() -> None:
    where = list(reversed(positions(5, orientation=AXIAL)))
    (plan,) = split(series(recipe(AXIAL), where))
    z = [frame.header.position_lps[2] for frame in plan.frames if frame.header.position_lps]
    assert z == sorted(z)


def test_each_disc_angled_slab_is_a_stack() -> None:
    slabs = [
        series(
            recipe(tilted_axial(angle)),
            positions(4, orientation=tilted_axial(angle), start=(0, 0, z)),
            first_number=number,
        )
        for angle, z, number in [(-10, 60, 1), (0, 20, 5), (15, -20, 9)]
    ]
    plans = split(*slabs)
    assert [len(plan.frames) for plan in plans] == [4, 4, 4]
    assert {plan.plane for plan in plans} == {"axial"}


def test_parallel_slabs_are_split_at_the_gap_even_where_it_is_a_multiple_of_the_spacing() -> None:
    lower = positions(4, orientation=AXIAL)
    upper = positions(4, orientation=AXIAL, start=(0, 0, 24))
    plans = split(series(recipe(AXIAL), [*lower, *upper]))
    assert [len(plan.frames) for plan in plans] == [4, 4]
    assert all(plan.flags == () for plan in plans)


def test_a_missing_slice_is_flagged_and_does_not_split() -> None:
    images = series(recipe(), positions(8))
    del images[3]
    (plan,) = split(images)
    assert len(plan.frames) == 7
    assert names(plan) == {"missing"}
    assert plan.slice_spacing_mm == pytest.approx(4.0)


def test_identical_twins_are_left_out_and_different_ones_are_a_conflict() -> None:
    images = series(recipe(), positions(5))
    twin = series(recipe(), positions(5))[2]
    (plan,) = split([*images, twin])
    assert len(plan.frames) == 5
    assert len(plan.dropped) == 1
    assert names(plan) == {"duplicates"}
    other = image(recipe(), positions(5)[2], 77)
    (plan,) = split([*images, other])
    assert len(plan.frames) == 6
    assert names(plan) == {"conflict"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"EchoTime": "10"}, {"EchoTime": "20"}),
        ({"EchoNumbers": "1"}, {"EchoNumbers": "2"}),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "W"]}, {"ImageType": ["ORIGINAL", "PRIMARY", "F"]}),
        ({"TemporalPositionIdentifier": "1"}, {"TemporalPositionIdentifier": "2"}),
        ({"DiffusionBValue": 0.0}, {"DiffusionBValue": 800.0}),
        ({"AcquisitionNumber": "1"}, {"AcquisitionNumber": "2"}),
    ],
)
def test_contrasts_at_the_same_place_are_stacks_of_their_own(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    where = positions(4)
    plans = split(series(recipe(**first), where), series(recipe(**second), where, first_number=5))
    assert [len(plan.frames) for plan in plans] == [4, 4]
    assert all("conflict" not in names(plan) for plan in plans)


def test_echo_times_that_differ_by_rounding_are_one_stack() -> None:
    images = series(recipe(), positions(4))
    for index, one in enumerate(images):
        one.EchoTime = str(100 + 0.1 * index)
    assert len(split(images)) == 1


def test_stations_of_a_long_spine_are_split_by_their_origin() -> None:
    upper = series(recipe(), positions(5, start=(0, 0, 200)))
    lower = series(recipe(), positions(5, start=(0, 0, -100)), first_number=6)
    plans = split(upper, lower)
    assert [len(plan.frames) for plan in plans] == [5, 5]
    assert all(plan.flags == () for plan in plans)


def test_interleaving_slabs_are_taken_apart_where_each_is_regular() -> None:
    first = series(recipe(AXIAL), positions(5, orientation=AXIAL))
    second = series(
        recipe(AXIAL), positions(5, orientation=AXIAL, start=(0, 0, 14.5)), first_number=6
    )
    plans = split(first, second)
    assert [len(plan.frames) for plan in plans] == [5, 5]


def test_irregular_distances_are_flagged() -> None:
    where = [(x, 0.0, 0.0) for x in (0.0, 4.0, 8.0, 12.5, 16.5)]
    (plan,) = split(series(recipe(), where))
    assert names(plan) == {"irregular"}


def test_a_sheared_stack_is_one_stack_and_flagged() -> None:
    where = [(4.0 * i, 1.2 * i, 0.0) for i in range(6)]
    (plan,) = split(series(recipe(), where))
    assert names(plan) == {"sheared"}


def test_three_planes_of_a_localizer_are_three_stacks() -> None:
    groups = [
        series(recipe(o), positions(3, orientation=o), first_number=n)
        for o, n in [(SAGITTAL, 1), (CORONAL, 4), (AXIAL, 7)]
    ]
    plans = split(*groups)
    assert [plan.plane for plan in plans] == ["axial", "coronal", "sagittal"]


def test_noise_of_directions_per_slice_does_not_split() -> None:
    noise = np.random.default_rng(3)
    images = series(recipe(), positions(6))
    for one in images:
        one.ImageOrientationPatient = [
            float(c) for c in np.array(SAGITTAL) + noise.uniform(-2e-5, 2e-5, 6)
        ]
    (plan,) = split(images)
    assert len(plan.frames) == 6


def test_other_matrices_and_pixel_sizes_are_other_stacks() -> None:
    small, fine = recipe(), recipe()
    small.rows, fine.spacing = 8, (0.25, 0.75)
    where = positions(3)
    plans = split(
        series(recipe(), where),
        series(small, where, first_number=4),
        series(fine, where, first_number=7),
    )
    assert [len(plan.frames) for plan in plans] == [3, 3, 3]


def test_images_without_geometry_are_kept_in_the_order_of_their_numbers() -> None:
    images = [image(recipe(), None, number) for number in (3, 1, 2)]
    (plan,) = split(images)
    assert [frame.header.instance_number for frame in plan.frames] == [1, 2, 3]
    assert names(plan) == {"no geometry"}


def test_one_slice_is_a_stack_without_spacing() -> None:
    (plan,) = split([image(recipe(), (0.0, 0.0, 0.0))])
    assert plan.slice_spacing_mm is None
    assert names(plan) == {"single image"}


@pytest.mark.parametrize("seed", range(5))
def test_every_frame_ends_in_exactly_one_stack(seed: int) -> None:
    chance = np.random.default_rng(seed)
    images = []
    for number in range(40):
        orientation = [SAGITTAL, AXIAL, tilted_axial(12)][chance.integers(3)]
        position = normal_of(orientation) * float(chance.integers(12)) * 3.0
        position[0] += float(chance.integers(2)) * 80
        images.append(image(recipe(orientation), tuple(position), number))
    frames = stored(images, seed)
    plans = split_into_stacks(frames)
    seen = [f.sop_instance_uid for plan in plans for f in (*plan.frames, *plan.dropped)]
    assert sorted(seen) == sorted(frame.sop_instance_uid for frame in frames)


def test_the_real_spine_series_split_as_expected(shared_data: Path) -> None:
    import json

    root = shared_data / "dicom" / "derived" / "spine"
    expected = json.loads((root / "expected.json").read_text())

    def plans_of(folder: str) -> list[StackPlan]:
        files = sorted((root / folder).iterdir())
        return split_into_stacks(stored([read_dataset(f.read_bytes()).dataset for f in files]))

    (sagittal,) = plans_of("sag_t1_classic")
    assert sagittal.plane == expected["sag_t1_classic"]["plane"]
    assert len(sagittal.frames) == expected["sag_t1_classic"]["slices"]
    assert sagittal.slice_spacing_mm == pytest.approx(3.3, abs=1e-3)
    slabs = plans_of("axial_slabs_3")
    assert len(slabs) == expected["axial_slabs_3"]["slabs"]
    instances = expected["axial_slabs_3"]["instances"]
    for plan in slabs:
        assert plan.slice_spacing_mm == pytest.approx(4.4, abs=1e-3)
        members = [instances[frame.sop_instance_uid] for frame in plan.frames]
        assert len({member["slab"] for member in members}) == 1
        order = [member["index"] for member in members]
        assert order in (sorted(order), sorted(order, reverse=True))
