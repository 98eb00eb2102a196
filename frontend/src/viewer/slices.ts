/** Frames of a series as planes, and which of them are wanted first. Nothing of Cornerstone. */
import { nearestSlice, type SlicePlane, type Vec3 } from '../geometry/plane';
import type { Frame, Reading, ViewerSeries } from '../api/types';

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

/** The slice at a point of the patient; the middle one where there is no point or no geometry. */
export function firstIndex(planes: readonly (SlicePlane | null)[], point: Vec3 | null): number {
  const nearest = point ? nearestSlice(planes, point) : -1;
  return nearest >= 0 ? nearest : Math.floor(planes.length / 2);
}

export interface Hung {
  title: string;
  series: ViewerSeries | null;
}

/** What hangs in the first layout, slot by slot. */
export function hungSeries({ hanging, series }: Reading): Hung[] {
  return (hanging.layouts[0]?.slots ?? []).map(({ title, series_id: id }) => ({
    title,
    series: series.find((one) => one.id === id) ?? null,
  }));
}

/** Addresses of the slices that a reading shows first, one a viewport. */
export function firstSlices(reading: Reading, level: string): string[] {
  const mark = reading.level_marks.find((one) => one.kind === 'disc' && one.level === level);
  const point = mark ? (mark.position_lps as unknown as Vec3) : null;
  return hungSeries(reading).flatMap(({ series }) => {
    const frame = series?.frames[firstIndex(planesOf(series), point)];
    return frame ? [frame.url] : [];
  });
}

/** Whether positions of both may be compared (DICOM PS3.3 C.7.4.1): the same, known frame. */
export function sharesFrame(one: ViewerSeries | null, other: ViewerSeries | null): boolean {
  const uid = one?.frame_of_reference_uid;
  return Boolean(uid) && uid === other?.frame_of_reference_uid;
}
