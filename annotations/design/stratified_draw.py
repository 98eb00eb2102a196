"""A seeded random draw of cases, each stratum in proportion. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from annotations.design.draw import digest, shuffled


def stratified_draw(strata: Mapping[str, str], count: int, seed: int) -> list[str]:
    """Draw `count` of the keys, as evenly over their strata as whole numbers allow.

    strata: key -> stratum. Each stratum gets its share rounded down; what is left goes to the
    largest remainders (Hamilton's method), equal ones in seeded order. ValueError where there are
    fewer keys than asked for.
    """
    if not 0 < count <= len(strata):
        raise ValueError(f"{count} of {len(strata)} can't be drawn.")
    members: dict[str, list[str]] = {}
    for key in sorted(strata):
        members.setdefault(strata[key], []).append(key)
    shares = {name: divmod(count * len(own), len(strata)) for name, own in members.items()}
    places = {name: whole for name, (whole, _) in shares.items()}
    by_remainder = sorted(
        shares, key=lambda name: (-shares[name][1], digest(seed, "stratum", name))
    )
    for name in by_remainder[: count - sum(places.values())]:
        places[name] += 1
    drawn = [
        key
        for name, own in members.items()
        for key in shuffled(own, seed, "draw", name)[: places[name]]
    ]
    return sorted(drawn)
