"""Gold tables: published and independently computed values."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@pytest.fixture(scope="session")
def gold(shared_data: Path) -> str:
    """The text of the gold tables; skip where they are absent."""
    path = shared_data.parent / "gold" / "gold.md"
    if not path.is_file():
        pytest.skip(f"no gold tables at {path}")
    return path.read_text()


@pytest.fixture(scope="session")
def mini_example(gold: str) -> dict[str, Codes]:
    """Example P14: 14 patients, 41 levels, grades 0-3, five readers, two arms."""
    block = gold[gold.index("patient,level,ref,U1") :]
    lines = block[: block.index("```")].strip().splitlines()
    table = np.array([[int(x) for x in line.split(",")] for line in lines[1:]])
    return dict(zip(lines[0].split(","), table.T, strict=True))


@pytest.fixture(scope="session")
def fees(gold: str) -> Codes:
    """Example P7: subject, swallow, then first and second rating of three methods."""
    block = gold[gold.index("## P7") : gold.index("## P8")]
    found = re.findall(r"\d+(?:/-?\d+){7}", block)
    return np.array([[int(x) for x in row.split("/")] for row in found])
