"""Domain errors. They name the broken rule and know nothing of HTTP.

`spinestudy.common.drf` holds the one table that maps them to status codes.
"""

from __future__ import annotations


class DomainError(Exception):
    """A rule of the domain is broken; the message says what to do."""

    code = "domain_error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInputError(DomainError):
    """What was sent can't be used as it is."""

    code = "invalid_input"


class NotPermittedError(DomainError):
    """This person may not do this."""

    code = "not_permitted"


class MissingError(DomainError):
    """There is no such thing, or this person may not know of it."""

    code = "missing"


class ConflictError(DomainError):
    """The state of things forbids it now."""

    code = "conflict"
