/**
 * The column of vertebral bodies, from one point inside one of them. Image analysis by rule, no
 * learned model: rectangles are fitted where the image has edges, one body after the other, several
 * possibilities at a time (beam search), held together by how bodies and discs follow each other.
 * Only differences of grey count, so it takes T1, T2 and STIR alike.
 */
import type { Vec3 } from './plane';
import { type Box, down, moved } from './spineBox';
import { Field, type GreySlice, type Place } from './spineField';
import type { Fit } from './spineFit';
import { followed, type Link } from './spineFollow';
import { settled } from './spineSettle';
import { startingAt } from './spineStart';
import { retraced } from './spineTrace';
import { walled } from './spineWalls';

/** Most bodies on either side: from S1 to T11 with six lumbar vertebrae, and S2. */
const MOST_STEPS = 9;
const BEAM = 6;
/** So far it is looked to both sides before one way to see the clicked body is chosen. */
const LOOK_STEPS = 2;
const LOOK_BEAM = 2;
/** What a body counts that isn't there because the slice ends: a wrong way may soon leave it. */
const MISSING = 1;
/** What the clicked body itself counts in that: it may be the one that is ill. */
const OWN_SHARE = 0.6;

export interface Column {
  field: Field;
  /** From head to feet, without a break. */
  links: Link[];
}

/** Find the bodies around a point; null where the slice isn't sagittal or no body is there. */
export function findColumn(slice: GreySlice, point: Vec3): Column | null {
  const field = Field.around(slice, point);
  if (!field) return null;
  const start = supported(field, startingAt(field));
  if (!start) return null;
  const [up] = followed(field, start, -1, MOST_STEPS, BEAM);
  const [low] = followed(field, start, 1, MOST_STEPS, BEAM);
  const above = (up?.links.slice(1) ?? []).reverse();
  const rough = walled(field, [...above, ...(low?.links ?? [])]);
  return { field, links: walled(field, settled(field, retraced(field, rough))) };
}

/** Of several ways to see the clicked body, the one that neighbours on both sides go with best. */
function supported(field: Field, starts: readonly Fit[]): Fit | null {
  let best: Fit | null = null;
  let most = -Infinity;
  for (const start of starts) {
    const beside = ([1, -1] as const).map((way) => {
      const path = followed(field, start, way, LOOK_STEPS, LOOK_BEAM)[0];
      const missing = LOOK_STEPS + 1 - (path?.links.length ?? 0);
      return (path?.total ?? 0) - MISSING * missing;
    });
    const total = OWN_SHARE * start.weight + beside.reduce((sum, one) => sum + one, 0);
    if (total <= most) continue;
    most = total;
    best = start;
  }
  return best;
}

/** The middle of the disc between two bodies: midway between the endplates that face each other. */
export function discBetween(above: Box, below: Box): Place {
  const upper = moved(above, down(above.angle), above.heightMm / 2);
  const lower = moved(below, down(below.angle), -below.heightMm / 2);
  return { x: (upper.x + lower.x) / 2, y: (upper.y + lower.y) / 2 };
}
