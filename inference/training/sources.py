"""Where training exams come from: the phantom, or an adapter that reads a data set's own layout.

An adapter is a function `open_folder(folder, labels) -> DataSource` and one line in ADAPTERS.
Cases are opened one by one, in processes of their own, so a data set need not fit in memory.
"""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar, cast

from inference.training.exams import Part, TrainingExam

Sample = TypeVar("Sample")
ADAPTERS: Final[dict[str, str]] = {
    "spider": "inference.training.adapters.spider:open_folder",
    "rsna2024": "inference.training.adapters.rsna2024:open_folder",
    "dicom": "inference.training.adapters.dicom_labels:open_folder",
}
"""Name, as in `--data NAME:FOLDER` -> "module:function"."""


class DataError(ValueError):
    """The data can't be learnt from; the message says which file and what to do."""


@dataclass(frozen=True)
class Case:
    """One exam that can be opened. `load` is a module's function (or a partial of one).

    part: the part of the split that the publisher, or the phantom, fixed; None where our own hash
    of the patient decides.
    """

    patient_key: str
    exam_key: str
    load: Callable[[], TrainingExam]
    part: Part | None = None


@dataclass(frozen=True)
class DataSource:
    """Cases, and what the model card says of them.

    digest: SHA-256 over what decides the data; what it covers is said in `digest_covers`.
    label_source: whose labels these are ("truth", "reference", a reader's code, "report").
    """

    name: str
    description: str
    licence: str
    cases: tuple[Case, ...]
    label_source: str
    digest: str
    digest_covers: str
    is_synthetic: bool = False


def open_adapter(text: str, labels: str | None) -> DataSource:
    """`NAME:FOLDER` -> its cases; DataError where name, folder or content doesn't fit."""
    name, _, folder = text.partition(":")
    if name not in ADAPTERS or not folder:
        known = ", ".join(f"{one}:FOLDER" for one in sorted(ADAPTERS))
        raise DataError(f"--data {text} is not known. Use phantom, or one of: {known}.")
    path = Path(folder)
    if not path.is_dir():
        raise DataError(f"{folder} is not a folder. Give the folder that holds the data set.")
    module, _, function = ADAPTERS[name].partition(":")
    opened = getattr(importlib.import_module(module), function)
    return cast("DataSource", opened(path, labels))


def require_label_source(wanted: str | None, known: Sequence[str], data: str) -> str:
    """The label source to use, the first known one by default; DataError for one that isn't."""
    if wanted is None:
        return known[0]
    if wanted not in known:
        raise DataError(
            f"{data} has no labels from '{wanted}'. It has labels from: {', '.join(known)}."
        )
    return wanted


def listing_digest(folder: Path, tables: Iterable[Path], files: Iterable[Path]) -> str:
    """SHA-256 over the tables' bytes and the names and sizes of the image files.

    Image files are not read: a public data set holds tens of gigabytes.
    """
    total = hashlib.sha256()
    for table in sorted(tables):
        total.update(f"{table.relative_to(folder)}\n".encode())
        total.update(table.read_bytes())
    for file in sorted(files):
        total.update(f"{file.relative_to(folder)}\t{file.stat().st_size}\n".encode())
    return total.hexdigest()


def made_of(
    make: Callable[[Case], Sample], cases: Sequence[Case], processes: int
) -> Iterator[Sample]:
    """`make(case)` for every case, in order, spread over fresh processes."""
    if processes <= 1 or len(cases) < 2:
        yield from map(make, cases)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(make, cases, chunksize=2)
