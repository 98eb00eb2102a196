/** The one axis of a forest plot. Pure. */
import type { Estimate } from './kappaWords';

export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

/** From 0, or lower where a number or limit lies lower (in steps of 0.2, at most -1), to 1. */
export function axisOf(estimates: readonly Estimate[]): Axis {
  const all = estimates.flatMap((one) =>
    one.value === null ? [] : [one.value, ...(one.ci ?? [])],
  );
  const low = Math.max(-1, Math.min(0, Math.floor(Math.min(0, ...all) * 5 + 1e-9) / 5));
  const steps = Math.round((1 - low) * 5);
  const ticks = Array.from({ length: steps + 1 }, (_, at) => Math.round((low + at / 5) * 10) / 10);
  return { low: ticks[0] ?? 0, high: 1, ticks };
}

/** Where a number lies, 0 at the left end and 1 at the right; outside it is cut. */
export const placeOf = (value: number, { low, high }: Axis): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)));
