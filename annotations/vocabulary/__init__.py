"""Ordered categories that readers grade by, each with its source. Pure."""

from annotations.vocabulary.findings import FINDINGS, Finding, finding
from annotations.vocabulary.nomenclature import DISC_LEVELS, VERTEBRAL_LEVELS
from annotations.vocabulary.scales import Category, Scale

__all__ = [
    "DISC_LEVELS",
    "FINDINGS",
    "VERTEBRAL_LEVELS",
    "Category",
    "Finding",
    "Scale",
    "finding",
]
