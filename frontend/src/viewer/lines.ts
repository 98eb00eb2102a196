/** Reference lines: where the slices of other viewports cross the slice of this one. */
import { clip, crossing, dot, normal, type SlicePlane } from '../geometry/plane';
import type { ReferenceLine } from './overlay';
import { sharesFrame } from './slices';
import type { SliceViewport } from './viewport';

/** Planes that meet at less than 18 degrees scroll together; the others cross. */
export const PARALLEL = 0.95;

type Crossing = Pick<SliceViewport, 'series' | 'planes' | 'plane'>;

/**
 * Every slice of an axial series, since each slab is angled its own way; of the others the current
 * one and both ends, so that the canal is not hatched with lines.
 */
function told({ series, planes, plane }: Crossing): (SlicePlane | null)[] {
  if (series?.plane === 'axial') return planes;
  return planes.filter((one, at) => one === plane || at === 0 || at === planes.length - 1);
}

/** Lines on a viewport, dim ones first; none from another frame of reference. */
export function linesOn(viewport: Crossing, all: readonly Crossing[]): ReferenceLine[] {
  const { plane } = viewport;
  if (!plane) return [];
  return all
    .filter((other) => other !== viewport && sharesFrame(other.series, viewport.series))
    .flatMap((other) =>
      told(other).flatMap((slice) => {
        if (!slice || Math.abs(dot(normal(slice), normal(plane))) > PARALLEL) return [];
        const whole = crossing(slice, plane);
        const ends = whole && clip(whole, plane);
        return ends ? [{ ends, isCurrent: slice === other.plane }] : [];
      }),
    )
    .sort((a, b) => Number(a.isCurrent) - Number(b.isCurrent));
}
