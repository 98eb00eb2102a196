"""Presets: a section in the form of a published kind of reader study, with its own tests."""

from annotations.reporting.final_report.presets.registry import PRESETS, Preset, preset_of

__all__ = ["PRESETS", "Preset", "preset_of"]
