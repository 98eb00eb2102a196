"""One measured figure, written as JSON to build/bench/."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

OUT = Path(__file__).resolve().parents[2] / "build" / "bench"


@dataclass(frozen=True)
class Figure:
    """name, value, unit; a peer's value of the same run; an aim and which way is better."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    better: Literal["lower", "higher"] = "lower"
    peer: str | None = None
    peer_value: float | None = None
    note: str = ""

    def write(self, topic: str) -> Path:
        """Write the file and say the figure in one line."""
        OUT.mkdir(parents=True, exist_ok=True)
        path = OUT / f"{topic}-{self.name}.json"
        ratio = self.value / self.peer_value if self.peer_value else None
        met = None
        if self.aim is not None:
            met = self.value <= self.aim if self.better == "lower" else self.value >= self.aim
        body = {
            **asdict(self),
            "topic": topic,
            "ratio": ratio,
            "met": met,
            "machine": {
                "processor": platform.machine(),
                "cores": os.cpu_count(),
                "system": platform.platform(),
                "python": platform.python_version(),
            },
        }
        path.write_text(json.dumps(body, indent=2) + "\n")
        aim = "" if self.aim is None else f" (aim {self.aim:g}, {'met' if met else 'NOT met'})"
        print(f"{topic}: {self.name} = {self.value:.4g} {self.unit}{aim} {self.note}")  # noqa: T201
        return path
