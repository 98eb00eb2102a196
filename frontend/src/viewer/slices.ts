/** Frames of a series as planes. */
import type { SlicePlane, Vec3 } from '../geometry/plane';
import type { Frame, ViewerSeries } from '../api/types';

export function planeOf(frame: Frame): SlicePlane | null {
  const { position_lps: p, orientation_lps: o } = frame;
  if (!p || !o || !frame.row_spacing_mm || !frame.column_spacing_mm) return null;
  return {
    position: p as unknown as Vec3,
    row: o.slice(0, 3) as unknown as Vec3,
    column: o.slice(3, 6) as unknown as Vec3,
    widthMm: (frame.columns - 1) * frame.column_spacing_mm,
    heightMm: (frame.rows - 1) * frame.row_spacing_mm,
  };
}

export const planesOf = (series: ViewerSeries): (SlicePlane | null)[] => series.frames.map(planeOf);
