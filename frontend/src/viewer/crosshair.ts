/** A point of the patient that every viewport goes to and marks. */
import { nearestDisc } from '../geometry/levels';
import type { Vec3 } from '../geometry/plane';
import { type Mark, marksOf } from './levels';
import { frameOf } from './slices';
import type { SliceViewport } from './viewport';

type Pointed = Pick<SliceViewport, 'series' | 'planes'>;

/** A point, and whose positions it goes by. */
export interface Crosshair {
  point: Vec3;
  frame: string;
}

/** Where a viewport goes for a crosshair; isSame: it is that very point, so it may be marked. */
export type Aim = { point: Vec3; isSame: boolean; note: string } | { point: null; note: string };

export function crosshairAt({ series }: Pick<Pointed, 'series'>, point: Vec3): Crosshair | null {
  return series && { point, frame: frameOf(series) };
}

/**
 * Within a frame of reference the point itself. In another one positions mean nothing; there it is
 * the same disc level, if that is marked in both frames, and nothing where it isn't.
 */
export function aim(viewport: Pointed, { point, frame }: Crosshair, marks: readonly Mark[]): Aim {
  const { series, planes } = viewport;
  if (!series) return { point: null, note: '' };
  if (!planes.some((plane) => plane)) {
    return { point: null, note: 'crosshair not shown: position unknown' };
  }
  if (frameOf(series) === frame) return { point, isSame: true, note: '' };
  const there = nearestDisc(
    point,
    marks.filter((mark) => mark.frame === frame),
  );
  const here = marksOf(viewport, marks).find(
    ({ kind, level }) => kind === 'disc' && level === there?.level,
  );
  return here
    ? { point: here.center, isSame: false, note: `crosshair by level: ${here.level}` }
    : { point: null, note: 'crosshair not followed: positions differ, levels not marked in both' };
}
