/** Rectangles fitted to the image: as far as the edges bear them out and they are to be expected. */
import { back, type Box, down, evidence, moved, weigh } from './spineBox';
import type { Field } from './spineField';

export const DEGREE = Math.PI / 180;

export interface Fit {
  box: Box;
  /** What image and expectation say together. */
  weight: number;
  /** Grey value of its marrow. */
  mean: number;
}

/** How little a body is expected there, with such a grey value. */
export type Surprise = (box: Box, mean: number) => number;

export const range = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.floor((to - from) / by + 1e-6) + 1 }, (_, at) => from + at * by);

export const square = (value: number, sd: number): number => (value / sd) ** 2;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

export function fitted(field: Field, box: Box, surprise: Surprise): Fit | null {
  const seen = evidence(field, box);
  return seen && { box, weight: weigh(seen) - surprise(box, seen.mean), mean: seen.mean };
}

/** Those that differ; the list is sorted. */
export function thinned<T extends { box: Box }>(sorted: readonly T[], most: number): T[] {
  const kept: T[] = [];
  for (const one of sorted) {
    const isNew = kept.every(
      ({ box }) =>
        Math.hypot(box.x - one.box.x, box.y - one.box.y) > 2.5 ||
        Math.abs(box.angle - one.box.angle) > 6 * DEGREE ||
        Math.abs(box.heightMm - one.box.heightMm) > 3,
    );
    if (isNew) kept.push(one);
    if (kept.length === most) break;
  }
  return kept;
}

/** A box moved, turned and sized in ever smaller steps as long as it fits better. */
export function refined(field: Field, fit: Fit, surprise: Surprise): Fit {
  let best = fit;
  for (const step of [1.5, 0.75]) {
    for (let round = 0; round < 4; round += 1) {
      const before = best.weight;
      for (const box of neighbours(best.box, step)) {
        const other = fitted(field, box, surprise);
        if (other && other.weight > best.weight) best = other;
      }
      if (best.weight === before) break;
    }
  }
  return best;
}

function neighbours(box: Box, step: number): Box[] {
  const axis = down(box.angle);
  const side = back(box.angle);
  const turn = step * 2 * DEGREE;
  const half = step / 2;
  return [1, -1].flatMap((sign) => [
    { ...box, ...moved(box, axis, sign * step) },
    { ...box, ...moved(box, side, sign * step) },
    { ...box, angle: box.angle + sign * turn },
    { ...box, ...moved(box, axis, sign * half), heightMm: box.heightMm + step },
    { ...box, ...moved(box, axis, sign * half), heightMm: box.heightMm - step },
    { ...box, ...moved(box, side, sign * half), depthMm: box.depthMm + step },
    { ...box, ...moved(box, side, sign * half), depthMm: box.depthMm - step },
  ]);
}
