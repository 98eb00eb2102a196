"""The word SYNTHETIC in the pixels, from a 5 x 7 font of its own."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Seven rows of five bits per letter, top first.
_FONT: Final[dict[str, tuple[int, ...]]] = {
    "S": (0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110),
    "Y": (0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100),
    "N": (0b10001, 0b11001, 0b10101, 0b10101, 0b10011, 0b10001, 0b10001),
    "T": (0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100),
    "H": (0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001),
    "E": (0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111),
    "I": (0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110),
    "C": (0b01111, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b01111),
}
WORD: Final = "SYNTHETIC"
STAMP_VALUE: Final = 1400
_MARGIN: Final = 4


def stamp_mask() -> NDArray[np.bool_]:
    """The word as pixels, True where ink is: bool (7, 6 * letters - 1)."""
    letters = []
    for letter in WORD:
        rows = [[bool(bits >> (4 - i) & 1) for i in range(5)] + [False] for bits in _FONT[letter]]
        letters.append(np.array(rows))
    return np.concatenate(letters, axis=1)[:, :-1]


def burn_in(image: NDArray[np.uint16]) -> None:
    """Write the word into the lower left corner of an image (rows, columns), in place."""
    mask = stamp_mask()
    height, width = mask.shape
    bottom = image.shape[0] - _MARGIN
    corner = image[bottom - height : bottom, _MARGIN : _MARGIN + width]
    corner[mask] = STAMP_VALUE
