"""Labels right on the corpus, and the confusion of severities, as Markdown."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from inference.reports import SEVERITIES, STENOSIS_TARGETS, read_report

CORPUS: Final = Path(__file__).parent / "corpus"
MISSED: Final = "no label"
COLUMNS: Final = (*SEVERITIES, "unspecified", MISSED)


@dataclass
class Measured:
    """confusion: (target, as the corpus says, as the engine says) -> count."""

    n_reports: int = 0
    n_labels: int = 0
    n_right: int = 0
    n_stated_beyond: int = 0
    confusion: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def share_right(self) -> float:
        """Right labels of those that the corpus gives and those that are stated beyond them."""
        return self.n_right / (self.n_labels + self.n_stated_beyond)


def measure(*, held_out: bool) -> Measured:
    """Reports with odd numbers are held out, those with even ones were looked at."""
    found = Measured()
    for path in sorted(CORPUS.glob("*.json")):
        report = json.loads(path.read_text())
        if report["id"] % 2 != held_out:
            continue
        found.n_reports += 1
        said = {
            (label.target, label.level, label.side): label
            for label in read_report(report["text"]).labels
            if label.target in STENOSIS_TARGETS
        }
        wanted = {
            (one["target"], one["level"], one["side"]): one["severity"] for one in report["labels"]
        }
        for cell, severity in wanted.items():
            got = said[cell].category if cell in said else MISSED
            found.confusion[cell[0], severity, got] += 1
            found.n_right += got == severity
        found.n_labels += len(wanted)
        found.n_stated_beyond += sum(
            cell not in wanted and label.certainty == "stated" for cell, label in said.items()
        )
    return found


def table(found: Measured, target: str) -> str:
    """Rows: the corpus; columns: the engine."""
    lines = ["| corpus \\ engine | " + " | ".join(COLUMNS) + " |"]
    lines.append("|---|" + "---:|" * len(COLUMNS))
    for row in SEVERITIES:
        counts = (str(found.confusion[target, row, column]) for column in COLUMNS)
        lines.append(f"| {row} | " + " | ".join(counts) + " |")
    return "\n".join(lines)


def markdown(found: Measured) -> str:
    """The sentence and one table a target."""
    head = (
        f"{found.n_right} of {found.n_labels} labels right in {found.n_reports} reports, "
        f"{found.n_stated_beyond} stated beyond them: {100 * found.share_right:.1f} %."
    )
    return "\n\n".join(
        [head, *(f"**{name}**\n\n{table(found, name)}" for name in STENOSIS_TARGETS)]
    )


if __name__ == "__main__":
    for held_out in (True, False):
        print(markdown(measure(held_out=held_out)), "\n")  # noqa: T201
