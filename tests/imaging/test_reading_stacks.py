"""What the reading room shows: the best stack for each place, axial slabs as one scroll."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from spinestudy.common.errors import ConflictError, MissingError
from spinestudy.imaging.models import ImagingStudy, Stack
from spinestudy.imaging.selectors.pixels import load_stack
from spinestudy.imaging.selectors.stored_files import absolute
from spinestudy.imaging.selectors.viewer import exam_series, stacks_by_role, viewer_stack
from spinestudy.imaging.services import ingest
from spinestudy.imaging.services.sources import find_sources
from spinestudy.imaging.services.uploads import create_upload
from tests.factories.dicom import (
    AXIAL,
    SAGITTAL,
    SeriesRecipe,
    image,
    positions,
    series,
    tilted_axial,
    write,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage_root")]

T1 = {"RepetitionTime": "600", "EchoTime": "12", "SeriesDescription": "t1_tse"}
T2 = {"RepetitionTime": "3500", "EchoTime": "100", "SeriesDescription": "t2_tse"}
STIR = {"RepetitionTime": "3500", "EchoTime": "60", "SeriesDescription": "stir"}
BARE = {"RepetitionTime": None, "EchoTime": None, "SeriesDescription": "sag"}


def exam_of(folder: Path, *groups: list[FileDataset]) -> ImagingStudy:
    paths = write(folder, [one for group in groups for one in group])
    upload = create_upload(source="test", cohort_name="", actor=None, state="queued")
    sources = list(find_sources((path.name, path) for path in paths))
    ingest.import_sources(upload_id=upload.pk, sources=sources, actor=None)
    return ImagingStudy.objects.get()


def sagittal(number: int, tags: dict[str, Any], count: int = 5) -> list[FileDataset]:
    recipe = SeriesRecipe(
        "1.2.3", f"1.2.3.{number}", tags={**tags, "SeriesNumber": number}, orientation=SAGITTAL
    )
    return series(recipe, positions(count))


def slabs(number: int = 9) -> list[FileDataset]:
    """Four disc-angled slabs of one series; the lowest is steeper than 45 degrees."""
    images: list[FileDataset] = []
    for angle, z in [(-10, 90), (0, 60), (12, 30), (47, 0)]:
        recipe = SeriesRecipe(
            "1.2.3",
            f"1.2.3.{number}",
            orientation=tilted_axial(angle),
            tags={**T2, "SeriesNumber": number},
        )
        where = positions(3, orientation=recipe.orientation, start=(0, 0, z))
        images += series(recipe, where, first_number=len(images) + 1)
    return images


def labels(exam: ImagingStudy) -> dict[str, str | None]:
    return {
        slot: None if pk is None else Stack.objects.get(pk=pk).series.description
        for slot, pk in stacks_by_role(exam).items()
    }


@pytest.mark.parametrize(
    ("given", "t1", "t2"),
    [
        ([T1, T2], "t1_tse", "t2_tse"),
        ([T2, T1], "t1_tse", "t2_tse"),
        ([T1, STIR], "t1_tse", "stir"),
        ([STIR, T2], None, "t2_tse"),
        ([T1], "t1_tse", None),
        ([BARE], None, "sag"),
        ([T2, BARE], "sag", "t2_tse"),
        ([T1, BARE], "t1_tse", "sag"),
    ],
)
def test_the_best_sagittal_stacks_hang(
    tmp_path: Path, given: list[dict[str, Any]], t1: str | None, t2: str | None
) -> None:
    groups = [sagittal(number + 1, tags) for number, tags in enumerate(given)]
    found = labels(exam_of(tmp_path, *groups))
    assert (found["sagittal_t1"], found["sagittal_t2"]) == (t1, t2)
    assert found["axial_t2"] is None


def test_a_localizer_never_hangs(tmp_path: Path) -> None:
    exam = exam_of(tmp_path, sagittal(1, {**T2, "SeriesDescription": "localizer t2"}))
    assert set(stacks_by_role(exam).values()) == {None}


def test_a_stack_with_two_images_at_one_place_hangs_only_where_there_is_no_better(
    tmp_path: Path,
) -> None:
    doubled = sagittal(2, T2)
    doubled.append(image(
        SeriesRecipe("1.2.3", "1.2.3.2", tags={**T2, "SeriesNumber": 2}, orientation=SAGITTAL),
        positions(5)[2], 9,
    ))  # fmt: skip
    exam = exam_of(tmp_path / "one", doubled, sagittal(1, T1))
    found = stacks_by_role(exam)["sagittal_t2"]
    assert found is not None
    chosen = Stack.objects.get(pk=found)
    assert not chosen.is_reference_for_reading
    shown = exam_series(exam, stacks_by_role(exam))
    (banner,) = next(one for one in shown if one["id"] == chosen.pk)["banners"]
    assert banner.startswith("Different images lie at the same place")
    exam_of(tmp_path / "two", sagittal(7, T2))
    better = stacks_by_role(exam)["sagittal_t2"]
    assert better is not None
    assert Stack.objects.get(pk=better).series.number == 7


def test_slabs_of_one_series_scroll_as_one_from_head_to_foot(tmp_path: Path) -> None:
    exam = exam_of(tmp_path, sagittal(1, T2), slabs())
    assert Stack.objects.filter(series__series_instance_uid="1.2.3.9").count() == 4
    chosen = stacks_by_role(exam)["axial_t2"]
    assert chosen is not None
    axial = Stack.objects.get(pk=chosen)
    shown = viewer_stack(axial)
    assert shown["id"] == axial.pk
    assert len(shown["stack_ids"]) == 4
    z = [frame["position_lps"][2] for frame in shown["frames"]]
    assert len(z) == 12
    assert z == sorted(z, reverse=True)
    assert len({tuple(frame["orientation_lps"]) for frame in shown["frames"]}) == 4
    for frame in shown["frames"]:
        row = Stack.objects.get(pk=frame["stack_id"]).frames.get(
            stack_position=frame["stack_position"]
        )
        assert row.position_lps == frame["position_lps"]


def test_a_second_echo_stays_a_scroll_of_its_own(tmp_path: Path) -> None:
    where = positions(4, orientation=AXIAL)
    echoes = [
        series(
            SeriesRecipe("1.2.3", "1.2.3.9", orientation=AXIAL, tags={**T2, "EchoTime": te}), where
        )
        for te in ("80", "120")
    ]
    exam_of(tmp_path, *echoes)
    for stack in Stack.objects.all():
        assert viewer_stack(stack)["stack_ids"] == [stack.pk]


def test_a_loaded_stack_holds_modality_values_in_spatial_order(tmp_path: Path) -> None:
    recipe = SeriesRecipe(tags={"RescaleSlope": "2", "RescaleIntercept": "-7"})
    images = [
        image(recipe, position, number, pixels=np.full((12, 10), 100 - number, np.uint16))
        for number, position in enumerate(reversed(positions(4)))
    ]
    exam_of(tmp_path, images)
    loaded = load_stack(Stack.objects.get())
    assert loaded.pixels.shape == (4, 12, 10)
    assert loaded.pixels.dtype == np.float32
    x = loaded.positions_lps[:, 0]
    assert np.all(np.diff(x) > 0)
    expected = {round(p[0]): 2 * (100 - n) - 7 for n, p in enumerate(reversed(positions(4)))}
    assert [loaded.pixels[k, 0, 0] for k in range(4)] == [expected[round(v)] for v in x]
    assert (loaded.row_spacing_mm, loaded.column_spacing_mm) == (0.5, 0.75)
    assert loaded.row_direction_lps == pytest.approx([0, 1, 0])


def test_a_stack_without_geometry_or_pixels_is_refused_in_words(tmp_path: Path) -> None:
    exam_of(tmp_path, [image(SeriesRecipe("1.2.3", "1.2.3.1"), None)])
    with pytest.raises(ConflictError, match="no position"):
        load_stack(Stack.objects.get())


def test_missing_pixels_are_told(tmp_path: Path) -> None:
    exam_of(tmp_path, sagittal(1, T2))
    stack = Stack.objects.get()
    frame = stack.frames.first()
    assert frame is not None
    absolute(frame.pixel_path).unlink()
    with pytest.raises(MissingError, match="Import its files again"):
        load_stack(stack)
