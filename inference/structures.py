"""What voxels of a segmentation can be: structures, and which body or disc."""

from __future__ import annotations

from collections.abc import Mapping

STRUCTURES: Mapping[int, str] = {
    1: "vertebral_body",
    2: "sacrum",
    3: "disc",
    4: "spinal_canal",
}
"""Label value -> structure, in every segmentation of this project."""

INSTANCES: Mapping[int, str] = {
    **{11 + k: f"L{5 - k}" for k in range(5)},
    **{16 + k: f"T{12 - k}" for k in range(6)},
    31: "L5/S1",
    **{32 + k: f"L{4 - k}/L{5 - k}" for k in range(4)},
    36: "T12/L1",
    **{37 + k: f"T{11 - k}/T{12 - k}" for k in range(5)},
}
"""Number -> vertebral body or disc, counted from the sacrum as if there were five lumbar bodies."""
