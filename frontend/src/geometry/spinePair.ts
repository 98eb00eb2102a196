/** How two bodies follow each other. */
import { back, type Box, down, moved } from './spineBox';
import { DEGREE, square } from './spineFit';

/** Between the endplates that face each other, mm, and towards the feet the column curves back. */
export const USUAL = { gapMm: 7.5, turn: 5 * DEGREE };
const SD = { gapMm: 3.5, turn: 8 * DEGREE, slipMm: 2.5 };
/** What a standard deviation counts. */
export const ODD = 0.15;
/** What it counts that the marrow of two neighbours differs. */
const UNLIKE = 1.5;

/** How unusual it is that the lower body lies so. */
export function oddness(upper: Box, lower: Box): number {
  const { gap, slip } = apart(upper, lower);
  return (
    square(lower.angle - upper.angle - USUAL.turn, SD.turn) +
    square(gap - USUAL.gapMm, SD.gapMm) +
    square(slip, SD.slipMm)
  );
}

/** How far endplates lie apart, and how far the lower one stands back, mm. */
export function apart(upper: Box, lower: Box): { gap: number; slip: number } {
  const from = moved(upper, down(upper.angle), upper.heightMm / 2);
  const to = moved(lower, down(lower.angle), -lower.heightMm / 2);
  const angle = (upper.angle + lower.angle) / 2;
  const [axis, side] = [down(angle), back(angle)];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  return { gap: dx * axis.x + dy * axis.y, slip: dx * side.x + dy * side.y };
}

export const unlike = (mean: number, other: number, contrast: number): number =>
  UNLIKE * Math.min(Math.abs(mean - other) / contrast, 1.2);
