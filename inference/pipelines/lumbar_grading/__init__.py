"""Lumbar MR: segmentation, level finding and three grades a disc level. See CARD.md."""
