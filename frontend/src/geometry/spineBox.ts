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
  /** Its grey value. */
  mean: number;
}

/** Shares of half a side at which is sampled. */
const ACROSS = [-0.74, -0.5, -0.25, 0, 0.25, 0.5, 0.74];
const WITHIN = [-0.66, -0.33, 0, 0.33, 0.66];
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
  const at = (across: number, along: number) =>
    field.at(box.x + side.x * across + axis.x * along, box.y + side.y * across + axis.y * along);
  let sum = 0;
  let squares = 0;
  for (const u of WITHIN) {
    for (const v of WITHIN) {
      const value = at(u * d, v * h);
      sum += value;
      squares += value * value;
    }
  }
  if (Number.isNaN(sum)) return null;
  const count = WITHIN.length ** 2;
  const mean = sum / count;
  const uneven = Math.sqrt(Math.max(squares / count - mean * mean, 0)) / field.contrast;
  if (uneven > TOO_UNEVEN) return null;
  const edge = (shares: readonly number[], place: (share: number, mm: number) => number) => {
    const line = (mm: number) => shares.reduce((all, share) => all + place(share, mm), 0);
    const inside = line(-INSIDE_MM);
    const most = Math.max(...BEYOND_MM.map((mm) => Math.abs(line(mm) - inside)));
    return Math.min(most / shares.length / field.contrast, ENOUGH);
  };
  const found = {
    head: edge(ACROSS, (u, mm) => at(u * d, -h - mm)),
    feet: edge(ACROSS, (u, mm) => at(u * d, h + mm)),
    back: edge(WITHIN, (v, mm) => at(d + mm, v * h)),
    front: edge(WITHIN, (v, mm) => at(-d - mm, v * h)),
    uneven,
    mean,
  };
  return Number.isNaN(found.head + found.feet + found.back + found.front) ? null : found;
}

/** One number of it; endplates count most. */
export const weigh = ({ head, feet, back: rear, front, uneven }: Evidence): number =>
  1.2 * (head + feet) + 0.8 * rear + 0.6 * front - 1.4 * uneven;
