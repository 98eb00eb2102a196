/** What the viewports tell of each other: reference lines, level labels, notes. */
import type { LevelMark, Outline, Reading } from '../api/types';
import {
  clip,
  crossing,
  distance,
  dot,
  normal,
  type SlicePlane,
  type Vec3,
} from '../geometry/plane';
import type { LevelLabel, ReferenceLine } from './overlay';
import { sharesFrame } from './slices';
import type { SliceViewport } from './viewport';

const NEAR_DISC_MM = 14;
const PARALLEL = 0.95;
const CROSSING = 0.8;

export interface Mark {
  level: string;
  center: Vec3;
  kind: LevelLabel['kind'];
}

export const markOf = (mark: LevelMark): Mark => ({
  level: mark.level,
  center: mark.position_lps as unknown as Vec3,
  kind: mark.source === 'ai' ? 'ai' : 'given',
});

type Linkable = Pick<SliceViewport, 'series' | 'planes' | 'index'>;

/** How two viewports scroll together: by position, by slice number, or not at all. */
export function linkOf(one: Linkable, other: Linkable): 'position' | 'number' | null {
  if (!one.series || !other.series || one === other) return null;
  const [a, b] = [one, other].map(({ planes, index }) => {
    const plane = planes[index];
    return plane && normal(plane);
  });
  if (a && b && Math.abs(dot(a, b)) < PARALLEL) return null;
  if (a && b && sharesFrame(one.series, other.series)) return 'position';
  return one.series.plane === other.series.plane ? 'number' : null;
}

/** Lines of slices that cross this viewport; parallel viewports give none. */
export function linesOn(viewport: SliceViewport, all: readonly SliceViewport[]): ReferenceLine[] {
  const { plane } = viewport;
  if (!plane) return [];
  return all
    .filter((other) => other.plane && Math.abs(dot(normal(other.plane), normal(plane))) < CROSSING)
    .filter((other) => sharesFrame(other.series, viewport.series))
    .flatMap((other) => {
      const slices = other.series?.plane === 'sagittal' ? [other.plane] : other.planes;
      return slices.flatMap((slice) => {
        const whole = slice && crossing(slice, plane);
        const ends = whole && clip(whole, plane);
        return ends ? [{ ends, isCurrent: slice === other.plane }] : [];
      });
    })
    .sort((a, b) => Number(a.isCurrent) - Number(b.isCurrent));
}

/** Marks that this slice passes, near enough to be told. */
export const marksNear = (plane: SlicePlane | null, marks: readonly Mark[]): Mark[] =>
  plane ? marks.filter(({ center }) => Math.abs(distance(plane, center)) < NEAR_DISC_MM) : [];

/** "L4/L5, 1 mm from the centre" */
export function levelNote(plane: SlicePlane | null, marks: readonly Mark[]): string {
  if (!plane) return '';
  const [closest] = marksNear(plane, marks)
    .map(({ level, center }) => ({ level, mm: Math.abs(distance(plane, center)) }))
    .sort((a, b) => a.mm - b.mm);
  return closest ? `${closest.level}, ${closest.mm.toFixed(0)} mm from the centre` : '';
}

/** Outlines by "stack/position" of the slice that they lie on. */
export function outlinesOf(reading: Reading): Map<string, Outline[]> {
  const found = new Map<string, Outline[]>();
  for (const outline of reading.prediction?.outlines ?? []) {
    const key = `${outline.stack_id}/${outline.stack_position}`;
    found.set(key, [...(found.get(key) ?? []), outline]);
  }
  return found;
}
