"""Small tables printed in papers, and how to turn a table into two readers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Codes = NDArray[np.int64]

# Cohen J 1968, Psychol Bull 70:213; weights of disagreement.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
COHEN_WEIGHTS = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]
# Fleiss JL, Cohen J, Everitt BS 1969, Psychol Bull 72:323; weights of agreement.
FLEISS_COHEN = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
FLEISS_COHEN_WEIGHTS = [[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]]
# Landis JR, Koch GG 1977, Biometrics 33:159: two neurologists, Winnipeg patients.
LANDIS_KOCH = [[38, 5, 0, 1], [33, 11, 3, 0], [10, 14, 5, 6], [3, 7, 3, 10]]
# Fleiss JL 1971, Psychol Bull 76:378: 30 patients, how many of 6 raters chose each category.
FLEISS_1971 = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)
# Krippendorff K 2011, example C: 12 units x 4 observers, categories 1-5, 0 where missing.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 0],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]
# Shrout PE, Fleiss JL 1979, Psychol Bull 86:420: 6 targets x 4 judges.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
# Bland JM, Altman DG 1986, Lancet 327:307: peak flow by two meters, l/min.
LARGE_METER = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI_METER = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def two_readers(table: ArrayLike) -> tuple[Codes, Codes]:
    """Codes of two readers with that table of counts."""
    counts = np.asarray(table)
    k = len(counts)
    a, b = np.repeat(np.indices((k, k)).reshape(2, -1), counts.ravel(), axis=1)
    return a, b


def fleiss_ratings() -> Codes:
    """(30, 6) codes of Fleiss 1971; the order of the raters within a patient says nothing."""
    counts = [[int(digit) for digit in word] for word in FLEISS_1971.split()]
    return np.array([np.repeat(np.arange(5), row) for row in counts])


def krippendorff_ratings() -> Codes:
    """(12, 4) codes 0-4, -1 missing."""
    return np.array(KRIPPENDORFF).T - 1
