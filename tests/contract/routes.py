"""The URL table, flat."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")


def routes() -> list[tuple[str, object]]:
    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> list[tuple[str, object]]:
        found: list[tuple[str, object]] = []
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += walk(pattern.url_patterns, route)
            else:
                found.append((route, pattern.callback))
        return found

    return walk(get_resolver().url_patterns, "")


def view_of(callback: object) -> object:
    return getattr(callback, "view_class", None) or getattr(callback, "cls", None)
