"""A model card in Markdown, from `metadata.json` alone: what stands there can be checked there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

WARNING: Final = "NOT FOR CLINICAL USE."
_HASHES: Final = {
    "code_sha256": "code of pipeline and training",
    "preprocessing_sha256": "code of the preprocessing",
    "data_sha256": "data",
    "weights_sha256": "weights",
}


def card(metadata: Mapping[str, Any]) -> str:
    """The whole card. Parts that the metadata don't tell say so."""
    training = metadata.get("training", {})
    parts = [
        f"# {metadata['name']} {metadata['version']}",
        f"**{WARNING}** {metadata.get('intended_use', '')}",
        "## What it is",
        str(metadata.get("description", "not told")),
        _bullets("Takes", metadata.get("inputs", ())),
        _gives(metadata.get("outputs", {})),
        "## Data",
        _data(metadata, training),
        "## Training",
        _training(metadata, training),
        *_figures("## Figures: exams not learnt from", metadata.get("eval_metrics")),
        *_figures(
            "## Figures: out of fold (each patient predicted by a model that never saw it)",
            metadata.get("out_of_fold_metrics"),
        ),
        "## Limits",
        _bullets("", metadata.get("limits", ("none told",))),
        "## Hashes",
        _hashes(metadata),
    ]
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _bullets(head: str, lines: Sequence[str]) -> str:
    body = "\n".join(f"- {line}" for line in lines)
    return f"{head}:\n\n{body}" if head else body


def _gives(outputs: Mapping[str, Any]) -> str:
    grades = outputs.get("grades", {})
    lines = [f"{code}: {', '.join(map(str, scores))}" for code, scores in grades.items()]
    structures = [name for key, name in outputs.get("segmentation", {}).items() if key != "0"]
    if structures:
        lines.append(f"segmentation: {', '.join(structures)}")
    lines += [f"boxes: {item} {rule}" for item, rule in outputs.get("detections", {}).items()]
    return _bullets("Gives", lines or ("not told",))


def _data(metadata: Mapping[str, Any], training: Mapping[str, Any]) -> str:
    data = training.get("data", {})
    rows = [
        ("source", metadata.get("data_source", "not told")),
        ("licence of the data", data.get("licence", "not told")),
        ("labels from", data.get("label_source", "not told")),
        *((f"exams for {part}", str(n)) for part, n in data.get("exams", {}).items()),
        *((f"patients for {part}", str(n)) for part, n in data.get("patients", {}).items()),
    ]
    return _table(("", ""), rows)


def _training(metadata: Mapping[str, Any], training: Mapping[str, Any]) -> str:
    settings = training.get("settings", {})
    rows = [
        ("date", metadata.get("date", "not told")),
        *((name, str(value)) for name, value in settings.items() if not isinstance(value, dict)),
        *((name, str(value)) for name, value in settings.get("values", {}).items()),
        ("networks' parameters", str(training.get("parameters", "not told"))),
        ("device", f"{training.get('device', 'not told')}, {training.get('precision', '')}"),
        ("minutes", str(training.get("minutes", "not told"))),
        *(
            (name, str(metadata[name]))
            for name in ("pytorch_version", "monai_version", "numpy_version")
            if name in metadata
        ),
    ]
    return _table(("setting", "value"), rows)


def _figures(head: str, figures: Mapping[str, Any] | None) -> list[str]:
    if not figures:
        return []
    levels = figures["disc_levels"]
    lines = [
        f"{figures['exams']} exams of {figures.get('patients', 'an unknown number of')} patients. "
        f"Discs within 5 mm: {levels['within_5_mm']} of {levels['expected']} "
        f"(median error {_told(levels['median_error_mm'])} mm)."
    ]
    if figures["dice"]:
        lines.append(
            _table(("structure", "Dice"), [(k, _told(v)) for k, v in figures["dice"].items()])
        )
    rows = [
        (
            code,
            str(row["discs"]),
            _with_interval(row["quadratic_kappa"], row.get("quadratic_kappa_interval")),
            _told(row["accuracy"]),
            _told(row.get("class_accuracy")),
            _told(row.get("binary", {}).get("auroc")),
            _told(row["calibration_error"]),
        )
        for code, row in figures["grades"].items()
    ]
    head_row = (
        "item",
        "n",
        "quadratic kappa",
        "accuracy",
        "class accuracy",
        "AUROC",
        "calibration error",
    )
    lines.append(_table(head_row, rows))
    return [head, *lines]


def _hashes(metadata: Mapping[str, Any]) -> str:
    known = {**metadata.get("provenance", {}), "weights_sha256": metadata.get("weights_sha256")}
    covers = metadata.get("provenance", {}).get("data_sha256_covers", "")
    rows = [(words, f"`{known[name]}`") for name, words in _HASHES.items() if known.get(name)]
    told = _table(("SHA-256 of", ""), rows)
    return f"{told}\n\nThe hash of the data covers {covers}." if covers else told


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_plain(cell) for cell in line)} |" for line in lines)


def _plain(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ")


def _told(value: object) -> str:
    return "-" if value is None else str(value)


def _with_interval(value: object, interval: Sequence[object] | None) -> str:
    return _told(value) + (f" ({interval[0]} to {interval[1]})" if interval else "")
