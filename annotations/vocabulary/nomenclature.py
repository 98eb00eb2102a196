"""Names of lumbar levels, cranial to caudal."""

from typing import Final

DISC_LEVELS: Final = ("L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1")
VERTEBRAL_LEVELS: Final = ("L1", "L2", "L3", "L4", "L5", "S1")
