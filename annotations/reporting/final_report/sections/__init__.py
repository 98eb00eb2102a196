"""Sections of the report, one subject a file: each makes one Section from an Analysis."""
