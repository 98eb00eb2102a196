"""Codes of the phantom's masks are those of the dictionary, and every voxel is in a mask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.sr._concepts_dict import concepts

from spinestudy.imaging.phantom.levels import LUMBAR_COUNTS, names_of_seats
from spinestudy.imaging.phantom.segments import segments_of
from spinestudy.imaging.phantom.structures import (
    BODY_SEATS,
    CANAL,
    MASS,
    MODIC_1,
    body_code,
    disc_code,
)

CODES = [body_code(s) for s in BODY_SEATS] + [disc_code(f"{s}/") for s in BODY_SEATS[:-1]] + [CANAL]


@pytest.mark.parametrize("count", LUMBAR_COUNTS)
def test_every_code_of_a_voxel_has_a_segment_with_a_known_concept(count: int) -> None:
    assert len(set(CODES)) == len(CODES)
    structures = np.array(CODES, dtype=np.uint8).reshape(1, 1, -1)
    changes = np.zeros_like(structures)
    changes[0, 0, : MASS + 1] = np.arange(MODIC_1 - 1, MASS + 1)
    segments = segments_of(structures, changes, count)
    held = sum(s.mask.astype(int) for s in segments)
    expected = np.ones_like(structures, dtype=int) + (changes > 0)
    assert np.array_equal(held, expected)
    dictionary: Any = concepts
    known = {code for names in dictionary["SCT"].values() for code in names}
    for segment in segments:
        for code in (segment.category, segment.type):
            assert code.value in known, code
    labels = [s.label for s in segments]
    assert len(set(labels)) == len(labels)
    names = names_of_seats(count)
    assert {names["L5"], names["T12"], "S1"} <= set(labels)
    for segment in segments:
        number = segment.type.meaning.split(" ")[0]
        if segment.type.meaning.endswith((" vertebra", " disc")):
            assert segment.label.split(" ")[0] == number
