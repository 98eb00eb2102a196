"""Why a file can't be used."""

from __future__ import annotations


class UnusableFileError(Exception):
    """A file that can't become part of an exam; `reason` says what to do."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
