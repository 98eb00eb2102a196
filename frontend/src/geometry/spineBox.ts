/** A vertebral body as a rectangle of a sagittal slice, and how well the image bears it out. */
import type { Field, Place } from './spineField';

/** angle: of its axis from head to feet against the vertical, radians; positive leans back. */
export interface Box extends Place {
  angle: number;
  heightMm: number;
  depthMm: number;
}

/** Towards the feet, and towards the back, of a body leaning so. */
export const down = (angle: number): Place => ({ x: Math.sin(angle), y: Math.cos(angle) });
export const back = (angle: number): Place => ({ x: Math.cos(angle), y: -Math.sin(angle) });

export const moved = ({ x, y }: Place, along: Place, mm: number): Place => ({
  x: x + along.x * mm,
  y: y + along.y * mm,
});

export interface Evidence {
  /** Edges of the rectangle, in contrasts of the image: endplates, back wall, front wall. */
  head: number;
  feet: number;
  back: number;
  front: number;
  /** How uneven it is inside, in the same unit. */
  uneven: number;
  /** How far the row that differs most stands out: an endplate or a disc would. */
  banded: number;
  /** How much darker a row about its middle is: endplates are dark on every contrast. */
  dark: number;
  /** Its grey value. */
  mean: number;
}

/** Shares of half a side at which is sampled. */
const ACROSS = [-0.74, -0.5, -0.25, 0, 0.25, 0.5, 0.74];
const WITHIN = [-0.66, -0.33, 0, 0.33, 0.66];
/** Rows nearer to the middle than this, of half the height, are far from both endplates. */
const WAIST = 0.45;
const ROWS = [-0.78, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.78];
/** So far beyond an edge its other side is looked for, and so far within it the body, mm. */
const BEYOND_MM = [1, 2];
const INSIDE_MM = 2;
/** Nothing so uneven is a body, contrasts. */
const TOO_UNEVEN = 0.9;
/** An edge of more than this says no more, contrasts. */
const ENOUGH = 1.6;

/** What the image says of a body there; null where it is none, or lies beyond the slice. */
export function evidence(field: Field, box: Box): Evidence | null {
  const axis = down(box.angle);
  const side = back(box.angle);
  const [h, d] = [box.heightMm / 2, box.depthMm / 2];
  let sum = 0;
  let squares = 0;
  let [most, least, waist] = [-Infinity, Infinity, Infinity];
  for (const v of ROWS) {
    let row = 0;
    for (const u of WITHIN) {
      const value = field.at(
        box.x + side.x * u * d + axis.x * v * h,
        box.y + side.y * u * d + axis.y * v * h,
      );
      row += value;
      squares += value * value;
    }
    sum += row;
    most = Math.max(most, row / WITHIN.length);
    least = Math.min(least, row / WITHIN.length);
    if (Math.abs(v) < WAIST) waist = Math.min(waist, row / WITHIN.length);
  }
  if (Number.isNaN(sum)) return null;
  const count = WITHIN.length * ROWS.length;
  const mean = sum / count;
  const uneven = Math.sqrt(Math.max(squares / count - mean * mean, 0)) / field.contrast;
  if (uneven > TOO_UNEVEN) return null;
  const banded = Math.max(most - mean, mean - least) / field.contrast;
  const dark = (mean - waist) / field.contrast;
  const head = edge(field, box, axis, -h, side, d, ACROSS);
  const feet = edge(field, box, axis, h, side, d, ACROSS);
  const rear = edge(field, box, side, d, axis, h, WITHIN);
  const front = edge(field, box, side, -d, axis, h, WITHIN);
  return Number.isNaN(head + feet + rear + front)
    ? null
    : { head, feet, back: rear, front, uneven, banded, dark, mean };
}

/** How much grey changes over an edge: out, so many mm from the centre, along a half of it. */
function edge(
  field: Field,
  { x, y }: Place,
  out: Place,
  outMm: number,
  along: Place,
  alongMm: number,
  shares: readonly number[],
): number {
  const away = Math.sign(outMm);
  const inside = line(field, x, y, out, outMm - away * INSIDE_MM, along, alongMm, shares);
  let most = 0;
  for (const mm of BEYOND_MM) {
    const other = line(field, x, y, out, outMm + away * mm, along, alongMm, shares);
    most = Math.max(most, Math.abs(other - inside)); // NaN stays NaN
  }
  return Math.min(most / field.contrast, ENOUGH);
}

/** Mean grey of a line beside the edge. */
function line(
  field: Field,
  x: number,
  y: number,
  out: Place,
  outMm: number,
  along: Place,
  alongMm: number,
  shares: readonly number[],
): number {
  let sum = 0;
  for (let at = 0; at < shares.length; at += 1) {
    const mm = (shares[at] as number) * alongMm;
    sum += field.at(x + out.x * outMm + along.x * mm, y + out.y * outMm + along.y * mm);
  }
  return sum / shares.length;
}

/** What an endplate where none can be counts. */
const DARK = 1.5;

/** One number of it; endplates count most. */
export const weigh = ({ head, feet, back: rear, front, uneven, banded, dark }: Evidence): number =>
  1.2 * (head + feet) + 0.8 * rear + 0.6 * front - 0.9 * uneven - 1.1 * banded - DARK * dark;
