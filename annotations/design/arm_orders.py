"""Which arm comes in which period, for every reader and case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotations.design.draw import digest, shuffled
from annotations.design.plan import Plan


def williams_square(n_arms: int) -> list[tuple[int, ...]]:
    """Orders of arms in which each arm stands in each place, and follows each other, equally often.

    n_arms orders for an even number, twice as many for an odd one (Williams EJ 1949, Aust J Sci
    Res A 2:149).
    """
    first = [(step + 1) // 2 if step % 2 else -(step // 2) % n_arms for step in range(n_arms)]
    orders = [tuple((arm + shift) % n_arms for arm in first) for shift in range(n_arms)]
    return orders if n_arms % 2 == 0 else orders + [order[::-1] for order in orders]


def arm_orders(plan: Plan, sets: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
    """(reader, case) -> place in the Williams square.

    For one reader the orders occur equally often, give or take one; and so they do for one case
    where all readers read all cases. Where they don't, the order that the case has had least
    often is taken among those that the reader has had least often.
    """
    n_orders = len(williams_square(len(plan.arms)))
    readers = shuffled(plan.readers, plan.seed, "reader orders")
    cases = shuffled(plan.cases, plan.seed, "case orders")
    if all(len(own) == len(plan.cases) for own in sets.values()):
        return {
            (reader, case): (i + j) % n_orders
            for i, reader in enumerate(readers)
            for j, case in enumerate(cases)
        }
    found: dict[tuple[str, str], int] = {}
    by_reader = {reader: [0] * n_orders for reader in readers}
    by_case = {case: [0] * n_orders for case in cases}
    members = {reader: set(own) for reader, own in sets.items()}
    for case in cases:
        for reader in shuffled(readers, plan.seed, "turn", case):
            if case not in members[reader]:
                continue
            mine, its = by_reader[reader], by_case[case]
            best = min(
                range(n_orders),
                key=lambda order: (
                    mine[order],
                    its[order],
                    digest(plan.seed, "order", reader, case, order),
                ),
            )
            found[reader, case] = best
            mine[best] += 1
            its[best] += 1
    return found
