"""Type-I errors and coverage in accuracy: `python -m tests.simulation.accuracy [TOPIC ...]`.

Tables to stdout. Slow (minutes), so not part of the tests. `--scale` multiplies the numbers of
simulations; every set of data has a generator of its own, spawned from `--seed`.
"""
# ruff: noqa: T201

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from math import sqrt

import numpy as np
from scipy import stats

from annotations.agreement import (
    Estimate,
    auc,
    cohen_kappa,
    contrast,
    mcnemar_clustered,
    obuchowski_rockette,
    p_value,
    share,
)
from tests.simulation.accuracy_worlds import (
    KAPPA_WORLDS,
    ReaderStudyData,
    ReaderWorld,
    simulate_levels,
    simulate_readers,
)

ALPHA = 0.05
MCNEMAR = ("obuchowski", "durkalski", "yang", "eliasziw", "mcnemar")


def generators(n: int, *seed: int) -> Iterator[np.random.Generator]:
    """One generator a simulation."""
    for one in np.random.SeedSequence(seed).spawn(n):
        yield np.random.default_rng(one)


def percent(count: int, n: int) -> str:
    """A share with its simulation error."""
    value = count / n
    return f"{value:.1%} (± {sqrt(value * (1 - value) / n):.1%})"


def kappas(data: ReaderStudyData, cluster: np.ndarray | None) -> list[Estimate]:
    """Quadratic kappa with the reference of all readers, first arm first."""
    return [
        cohen_kappa(row, data.reference, n_categories=4, weights="quadratic", cluster=cluster)
        for arm in data.grades
        for row in arm
    ]


def kappa_tests(data: ReaderStudyData) -> dict[str, float | None]:
    """P values of the tests that AI does not change kappa against the reference."""
    result = obuchowski_rockette(
        figure="kappa",
        ratings=data.grades,
        truth=data.reference,
        cluster=data.patient,
        n_categories=4,
    )
    clustered, independent = kappas(data, data.patient), kappas(data, None)
    size = len(clustered) // 2
    weights = np.repeat([1 / size, -1 / size], size)
    return {
        "Obuchowski-Rockette-Hillis, random readers and cases": result.test.p,
        "paired, clustered by patient, readers fixed": p_value(contrast(weights, clustered)),
        "paired, levels independent, readers fixed": p_value(contrast(weights, independent)),
        "unpaired z, levels independent, readers fixed": unpaired_p(weights, independent),
    }


def unpaired_p(weights: np.ndarray, found: list[Estimate]) -> float | None:
    """The naive test: kappas of all readers and arms as if of different patients."""
    if any(one.value is None or one.se is None for one in found):
        return None
    gap = float(weights @ np.array([one.value for one in found], dtype=float))
    variance = weights**2 @ np.square(np.array([one.se for one in found], dtype=float))
    return float(2 * stats.norm.sf(abs(gap) / np.sqrt(variance)))


def auc_design(design: str) -> Callable[[ReaderStudyData], dict[str, float | None]]:
    """The test of AUCs (reference grade 2 or 3) in a design made from crossed data."""

    def tests(data: ReaderStudyData) -> dict[str, float | None]:
        ratings = data.ratings.copy()
        readers = ratings.shape[1]
        if design == "split_plot":
            mine = np.arange(readers)[:, None] % 2 == data.patient[None, :] % 2
            ratings[:, ~mine] = np.nan
        elif design == "cases_in_arms":
            ratings[0][:, data.patient % 2 == 0] = np.nan
            ratings[1][:, data.patient % 2 == 1] = np.nan
        elif design == "readers_in_arms":
            ratings[0, readers // 2 :] = np.nan
            ratings[1, : readers // 2] = np.nan
        result = obuchowski_rockette(
            figure="auc",
            ratings=ratings,
            truth=data.reference >= 2,
            cluster=data.patient,
            design=design,  # type: ignore[arg-type]
        )
        return {f"AUC, {design}": result.test.p}

    return tests


def rejections(
    world: ReaderWorld,
    tests: Callable[[ReaderStudyData], dict[str, float | None]],
    n: int,
    seed: int,
) -> None:
    """Print how often each test rejects although AI has no effect on average."""
    rejected: Counter[str] = Counter()
    undefined: Counter[str] = Counter()
    for rng in generators(n, seed, world.n_readers, world.n_patients):
        for name, p in tests(simulate_readers(world, rng)).items():
            undefined[name] += p is None
            rejected[name] += p is not None and p < ALPHA
    for name in undefined:
        print(
            f"| {world.name} | {world.n_readers} | {world.n_patients} | {name} "
            f"| {percent(rejected[name], n)} | {undefined[name]} |",
            flush=True,
        )


def coverage(n_patients: int, n: int, seed: int) -> None:
    """Print how often the intervals of sensitivity and AUC hold the truth."""
    scores, truth, _ = simulate_levels(200_000, 5, np.random.default_rng(seed))
    true_auc = auc(scores, truth).value or 0.0
    true_share = float((scores[truth == 1] > 0.7).mean())
    held: Counter[str] = Counter()
    none: Counter[str] = Counter()
    for rng in generators(n, seed, n_patients):
        scores, truth, patient = simulate_levels(n_patients, 5, rng)
        calls = scores > 0.7
        found = {
            "sensitivity, clustered": (share(calls, truth == 1, cluster=patient), true_share),
            "sensitivity, patients ignored (Wilson)": (share(calls, truth == 1), true_share),
            "AUC, clustered": (auc(scores, truth, cluster=patient), true_auc),
            "AUC, patients ignored (DeLong)": (auc(scores, truth), true_auc),
        }
        for name, (one, expected) in found.items():
            none[name] += one.ci is None
            held[name] += one.ci is not None and one.ci[0] <= expected <= one.ci[1]
    for name in none:
        print(f"| {name} | {n_patients} | {percent(held[name], n)} | {none[name]} |", flush=True)


def mcnemar_errors(n_patients: int, n: int, seed: int) -> None:
    """Print how often McNemar's tests reject where both arms have the same share of right."""
    rejected: Counter[str] = Counter()
    undefined: Counter[str] = Counter()
    for rng in generators(n, seed, n_patients):
        patient = np.repeat(np.arange(n_patients), 5)
        ease = rng.normal(0, 1, n_patients)[patient]
        # Each patient suits one arm more than the other, on average none.
        suits = rng.normal(0, 0.8, (2, n_patients))[:, patient]
        right = (0.8 + ease + suits + rng.normal(0, 1, (2, len(patient))) > 0).astype(int)
        for method in MCNEMAR:
            p = mcnemar_clustered(right[0], right[1], cluster=patient, method=method).p  # type: ignore[arg-type]
            undefined[method] += p is None
            rejected[method] += p is not None and p < ALPHA
    for method in MCNEMAR:
        row = f"| {method} | {n_patients} | {percent(rejected[method], n)} | {undefined[method]} |"
        print(row, flush=True)


REJECTS = "| world | readers | patients | test | rejects | no p |\n|---|---|---|---|---|---|"


def kappa_tables(scale: float, seed: int) -> None:
    """The tests of kappa against the reference."""
    n = max(int(1500 * scale), 1)
    print(f"\n## Kappa against the reference, {n} reader studies a row\n\n{REJECTS}")
    for world in KAPPA_WORLDS:
        rejections(world, kappa_tests, n, seed)


def auc_tables(scale: float, seed: int) -> None:
    """The test of AUCs, by design."""
    n = max(int(1000 * scale), 1)
    print(f"\n## AUC by design, {n} reader studies a row\n\n{REJECTS}")
    for design in ("crossed", "split_plot", "cases_in_arms", "readers_in_arms"):
        rejections(ReaderWorld("reader-by-AI variance", 6, 80, 0.3), auc_design(design), n, seed)


def interval_tables(scale: float, seed: int) -> None:
    """Intervals of sensitivity and AUC."""
    n = max(int(2000 * scale), 1)
    print(f"\n## Intervals of patients with five levels, {n} a row\n")
    print("| interval | patients | coverage | none |\n|---|---|---|---|")
    for n_patients in (30, 60, 150):
        coverage(n_patients, n, seed)


def mcnemar_tables(scale: float, seed: int) -> None:
    """McNemar's tests."""
    n = max(int(2000 * scale), 1)
    print(f"\n## McNemar's tests of patients with five levels, {n} a row\n")
    print("| test | patients | rejects | no p |\n|---|---|---|---|")
    for n_patients in (20, 60):
        mcnemar_errors(n_patients, n, seed)


TABLES = {
    "kappa": kappa_tables,
    "auc": auc_tables,
    "intervals": interval_tables,
    "mcnemar": mcnemar_tables,
}


def main() -> None:
    """The tables that are asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", default=list(TABLES), help=", ".join(TABLES))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=20261128)
    chosen = parser.parse_args()
    print(f"Seed {chosen.seed}. Nominal 5 %, coverage 95 %. In brackets the simulation error.")
    for topic in chosen.topics:
        TABLES[topic](chosen.scale, chosen.seed)


if __name__ == "__main__":
    main()
