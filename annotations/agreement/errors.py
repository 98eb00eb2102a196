"""What these functions refuse to compute from."""

from __future__ import annotations


class RatingsError(ValueError):
    """The ratings, the scale or the options are not usable; the message says why."""
