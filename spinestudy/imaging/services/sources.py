"""What is to be imported: files, folders and zip archives, as one flat list of files."""

from __future__ import annotations

import functools
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

MIB: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 1024 * MIB
MAX_ZIP_FILES: Final = 100_000
MAX_ZIP_BYTES: Final = 64 * 1024 * MIB
MAX_ZIP_RATIO: Final = 200
"""Above this and a GiB, an archive is a bomb: images shrink to a third, black ones to 1/100."""
ZIP_SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True)
class Source:
    """One file to import. `name` is for people only and never becomes a path.

    A source with a `problem` (code, reason) is kept in quarantine without a look inside.
    """

    name: str
    path: Path
    size_bytes: int
    member: zipfile.ZipInfo | None = None
    problem: tuple[str, str] | None = None

    def open(self) -> BinaryIO:
        """Open for reading; the caller closes."""
        if self.member is None:
            return self.path.open("rb")
        archive = _opened(self.path, self.path.stat().st_mtime_ns)
        return cast("BinaryIO", archive.open(self.member))

    def read(self) -> bytes:
        """The whole content."""
        if self.member is None:
            return self.path.read_bytes()
        with self.open() as opened:
            return opened.read()


@functools.lru_cache(maxsize=2)
def _opened(path: Path, changed_ns: int) -> zipfile.ZipFile:
    """An archive stays open between its members; its index is read once."""
    return zipfile.ZipFile(path)


def find_sources(paths: Iterable[tuple[str, Path]]) -> Iterator[Source]:
    """Flatten (name, path) pairs; folders are walked, archives listed, in a steady order."""
    for name, path in paths:
        if path.is_dir():
            for folder, folders, files in os.walk(path):
                folders.sort()
                for file in sorted(files):
                    inner = Path(folder) / file
                    yield from _file(f"{name}/{inner.relative_to(path)}", inner)
        else:
            yield from _file(name, path)


def _file(name: str, path: Path) -> Iterator[Source]:
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        reason = f"The file can't be opened ({error.strerror}). Check its permissions."
        yield Source(name, path, 0, problem=("unreadable", reason))
        return
    if start in ZIP_SIGNATURES:
        yield from _archive(name, path, size_bytes)
    else:
        yield Source(name, path, size_bytes, problem=_too_large(size_bytes))


def _too_large(size_bytes: int) -> tuple[str, str] | None:
    if size_bytes <= MAX_FILE_BYTES:
        return None
    return "too_large", f"The file is larger than {MAX_FILE_BYTES // MIB} MiB. Split it first."


def _archive(name: str, path: Path, size_bytes: int) -> Iterator[Source]:
    """List an archive; nothing is ever unpacked to a path that the archive names."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        reason = "The zip archive is damaged. Pack or download it again."
        yield Source(name, path, size_bytes, problem=("zip_damaged", reason))
        return
    unpacked = sum(one.file_size for one in members)
    is_bomb = unpacked > 1024 * MIB and unpacked > MAX_ZIP_RATIO * size_bytes
    if len(members) > MAX_ZIP_FILES or unpacked > MAX_ZIP_BYTES or is_bomb:
        reason = (
            f"The zip archive would unpack to {len(members)} files of {unpacked // MIB} MiB in "
            "all, more than is taken at once. Unpack it and import the folder."
        )
        yield Source(name, path, size_bytes, problem=("zip_too_large", reason))
        return
    if not members:
        reason = "The zip archive is empty. Pack it again."
        yield Source(name, path, size_bytes, problem=("zip_empty", reason))
    for one in members:
        problem = _too_large(one.file_size)
        if one.flag_bits & 0x1:
            problem = (
                "zip_encrypted",
                "The archive is locked with a password. Unpack it and import the folder.",
            )
        yield Source(f"{name}/{one.filename}", path, one.file_size, one, problem)
