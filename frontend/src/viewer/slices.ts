/** Frames of a series as planes, and which of them are wanted first. Nothing of Cornerstone. */
import { centerOf } from '../geometry/levels';
import { nearestSlice, type SlicePlane, type Vec3 } from '../geometry/plane';
import type { Size } from '../geometry/pose';
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

/**
 * The plane in which a frame is drawn. What isn't known of its geometry is stood in for, only so
 * that it can be seen and scrolled: 1 mm pixels, slices 1 mm apart.
 */
export function drawnPlane(frame: Frame, at: number): SlicePlane {
  const cosines = frame.orientation_lps ?? [1, 0, 0, 0, 1, 0];
  return {
    position: (frame.position_lps ?? [0, 0, at]) as unknown as Vec3,
    row: cosines.slice(0, 3) as unknown as Vec3,
    column: cosines.slice(3, 6) as unknown as Vec3,
    widthMm: (frame.columns - 1) * (frame.column_spacing_mm ?? 1),
    heightMm: (frame.rows - 1) * (frame.row_spacing_mm ?? 1),
  };
}

/** Size of a frame from edge to edge, mm. */
export const extentOf = (frame: Frame): Size => ({
  width: frame.columns * (frame.column_spacing_mm ?? 1),
  height: frame.rows * (frame.row_spacing_mm ?? 1),
});

export const planesOf = (series: ViewerSeries): (SlicePlane | null)[] => series.frames.map(planeOf);

export interface StackSlice {
  position: number;
  plane: SlicePlane;
}

/** The slices of a stack that have a geometry, in the order in which they are scrolled. */
export const slicesOf = ({ series }: Pick<Reading, 'series'>, stackId: number): StackSlice[] =>
  series
    .flatMap(({ frames }) => frames)
    .filter((frame) => frame.stack_id === stackId)
    .flatMap((frame) => {
      const plane = planeOf(frame);
      return plane ? [{ position: frame.stack_position, plane }] : [];
    });

/** The plane of one slice of a stack; null where there is none, or no geometry. */
export const sliceAt = (reading: Pick<Reading, 'series'>, stackId: number, position: number) =>
  slicesOf(reading, stackId).find((one) => one.position === position)?.plane ?? null;

/** The slice at a point of the patient; the middle one where there is no point or no geometry. */
export function firstIndex(planes: readonly (SlicePlane | null)[], point: Vec3 | null): number {
  const nearest = point ? nearestSlice(planes, point) : -1;
  return nearest >= 0 ? nearest : Math.floor(planes.length / 2);
}

export interface Hung {
  title: string;
  series: ViewerSeries | null;
}

/** "Prior 2024-03-02: Sagittal T2" */
export function titleOf(title: string, series: ViewerSeries | null): string {
  if (!series?.is_prior) return title;
  return `Prior ${series.performed_on ?? '(date unknown)'}: ${series.title}`;
}

/** Slot of a layout -> the series that the reader has hung there. */
export type ByHand = ReadonlyMap<number, number>;

/** What hangs in a layout, slot by slot; the first is the one to begin with. */
export function hungSeries(
  { hanging, series }: Pick<Reading, 'hanging' | 'series'>,
  layout = 0,
  byHand: ByHand = new Map(),
): Hung[] {
  return (hanging.layouts[layout]?.slots ?? []).map(({ title, series_id: id }, slot) => {
    const chosen = series.find((one) => one.id === byHand.get(slot));
    if (chosen) return { title: titleOf(chosen.title, chosen), series: chosen };
    const hung = series.find((one) => one.id === id) ?? null;
    return { title: titleOf(title, hung), series: hung };
  });
}

/** A layout by its number, and what hangs in it by hand. */
export interface Chosen {
  layout: number;
  byHand: ByHand;
}

/**
 * What the reader has hung last in this reading; the protocol's first layout where that was nothing,
 * where it has no such layout any more, or where it has frozen the layout. Series of this case only.
 */
export function chosenHanging(reading: Reading): Chosen {
  const { chosen, layouts } = reading.hanging;
  const layout = layouts.findIndex(({ name }) => name === chosen?.layout);
  const usual = { layout: 0, byHand: new Map() };
  if (!chosen || layout < 0 || reading.protocol.frozen.includes('layout')) return usual;
  const byHand = hungSeries(reading, layout).reduce<ByHand>((found, _, slot) => {
    const id = chosen.hung[slot];
    const isThere = reading.series.some((one) => one.id === id);
    return isThere && id ? withByHand(reading, layout, found, slot, id) : found;
  }, new Map());
  return { layout, byHand };
}

/** Every series on screen first, then what other layouts show. */
export function allSeries(reading: Reading, { layout, byHand }: Chosen): ViewerSeries[] {
  const hung = hungSeries(reading, layout, byHand).flatMap(({ series }) => series ?? []);
  return [...new Set([...hung, ...seriesOfLayouts(reading, layout)])];
}

/** The same with a series in one slot; what the protocol hangs there anyway isn't by hand. */
export function withByHand(
  reading: Pick<Reading, 'hanging' | 'series'>,
  layout: number,
  byHand: ByHand,
  slot: number,
  id: number,
): ByHand {
  const next = new Map(byHand).set(slot, id);
  if (hungSeries(reading, layout)[slot]?.series?.id === id) next.delete(slot);
  return next;
}

/** Every series that some layout shows, those of one layout first. */
export function seriesOfLayouts(reading: Reading, first: number): ViewerSeries[] {
  const order = [first, ...reading.hanging.layouts.keys()];
  const hung = order.flatMap((layout) => hungSeries(reading, layout));
  return [...new Set(hung.flatMap(({ series }) => series ?? []))];
}

/** Whose positions may be compared: a frame of reference, or where none is known one series. */
export const frameOf = (series: ViewerSeries): string =>
  series.frame_of_reference_uid || `series ${series.id}`;

/**
 * The frame that marks belong to: discs are marked on sagittal images of this exam, so it is the
 * one that all of those share. Where they differ nobody can say.
 */
export function frameOfMarks({ series }: Pick<Reading, 'series'>): string {
  const current = series.filter((one) => !one.is_prior && one.plane === 'sagittal');
  const frames = new Set(current.map(frameOf));
  return frames.size === 1 ? ([...frames][0] as string) : '';
}

/** Whether positions of both may be compared (DICOM PS3.3 C.7.4.1): the same, known frame. */
export function sharesFrame(one: ViewerSeries | null, other: ViewerSeries | null): boolean {
  const uid = one?.frame_of_reference_uid;
  return Boolean(uid) && uid === other?.frame_of_reference_uid;
}

/** Addresses of the slices that a reading shows first, one a viewport. */
export function firstSlices(reading: Reading, level: string): string[] {
  const marks = reading.level_marks.map(({ kind, level: name, position_lps: at }) => {
    return { kind, level: name, center: at as unknown as Vec3 };
  });
  const center = centerOf(marks, level);
  const frame = frameOfMarks(reading);
  const { layout, byHand } = chosenHanging(reading);
  return hungSeries(reading, layout, byHand).flatMap(({ series }) => {
    if (!series) return [];
    const point = frameOf(series) === frame ? center : null;
    const at = firstIndex(planesOf(series), point);
    return series.frames[at]?.url ?? [];
  });
}
