"""Measure one topic: `python -m tests.benchmarks TOPIC`."""

from __future__ import annotations

import importlib
import importlib.util
import sys

TOPICS = (
    "start",
    "reading_room",
    "live",
    "viewer",
    "protocol",
    "statistics",
    "design",
    "progress",
    "dicom",
    "phantom",
    "models",
    "systems",
    "releases",
    "production",
    "real_mr",
    "inference",
    "evidence",
)


def main(topic: str) -> None:
    """Run the module of the topic."""
    if topic not in TOPICS:
        sys.exit(f"There is no topic '{topic}'. Choose one of: {', '.join(TOPICS)}.")
    name = f"tests.benchmarks.{topic}"
    if importlib.util.find_spec(name) is None:
        print(f"Topic {topic!r} has no figures yet.")  # noqa: T201
        return
    for figure in importlib.import_module(name).measure():
        figure.write(topic)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "start")
