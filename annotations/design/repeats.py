"""Hidden repeats: some cases of a block come a second time, later in the same block."""

from __future__ import annotations

import math
from collections.abc import Sequence

from annotations.design.draw import drawn_number, shuffled
from annotations.design.plan import PlanError


def with_repeats(
    cases: Sequence[str], fraction: float, lag: int, *key: object
) -> list[tuple[str, bool]]:
    """The cases in order with their repeats put in: (case, is it the repeat).

    At least `lag` other cases lie between a case and its repeat. Which cases are repeated, and
    where, follows from the key. Raises PlanError where the block is too short.
    """
    wanted = math.ceil(fraction * len(cases) - 1e-9)
    early = list(cases[: max(0, len(cases) - lag)])
    if wanted > len(early):
        raise PlanError(
            f"Of a block of {len(cases)} cases only {len(early)} can be repeated with {lag} cases "
            f"between, not {wanted}. Ask for fewer repeats or fewer cases between."
        )
    place = {case: index for index, case in enumerate(cases)}
    after: dict[int, list[str]] = {}
    for case in shuffled(early, *key, "repeated")[:wanted]:
        first = place[case] + lag  # the repeat comes after the case at this index or a later one
        slot = first + drawn_number(len(cases) - first, *key, "slot", case)
        after.setdefault(slot, []).append(case)
    found: list[tuple[str, bool]] = []
    for index, case in enumerate(cases):
        found.append((case, False))
        found += [(repeated, True) for repeated in after.get(index, [])]
    return found
