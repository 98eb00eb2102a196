/** How a slice lies on the screen: which part of it, how large. Millimetres and pixels. */
import { add, center, dot, scale, type SlicePlane, sub, type Vec3 } from './plane';

/** x, y: from the middle of the slice to the middle of the screen, along rows and columns, mm. */
export interface Pose {
  x: number;
  y: number;
  /** What the screen shows from top to bottom, mm. */
  heightMm: number;
}

/** Size of a screen, pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Largest first enlargement over "the whole slice is visible". */
const FILL = 1.7;
const ZOOM = { least: 0.3, most: 12 };

export const mmPerPixel = (pose: Pose, { height }: Size): number => pose.heightMm / height;

/** The point of the patient in the middle of the screen. */
export const middle = (plane: SlicePlane, { x, y }: Pose): Vec3 =>
  add(center(plane), add(scale(plane.row, x), scale(plane.column, y)));

/** Where a point, dropped onto the slice, lies on the screen, pixels from the top left. */
export function toScreen(plane: SlicePlane, pose: Pose, size: Size, point: Vec3): [number, number] {
  const offset = sub(point, middle(plane, pose));
  const mm = mmPerPixel(pose, size);
  return [
    size.width / 2 + dot(offset, plane.row) / mm,
    size.height / 2 + dot(offset, plane.column) / mm,
  ];
}

/** The point of the slice under a place on the screen. */
export function fromScreen(plane: SlicePlane, pose: Pose, size: Size, x: number, y: number): Vec3 {
  const mm = mmPerPixel(pose, size);
  const across = scale(plane.row, (x - size.width / 2) * mm);
  const down = scale(plane.column, (y - size.height / 2) * mm);
  return add(middle(plane, pose), add(across, down));
}

/** Height of a screen that shows a whole slice of this extent, mm. */
const wholeMm = (extent: Size, size: Size): number =>
  Math.max(extent.height, (extent.width * size.height) / size.width);

const limit = (value: number, most: number): number =>
  Math.min(Math.max(value, -Math.max(most, 0)), Math.max(most, 0));

/**
 * Fill the height: a square slice on a tall screen would leave half of it black. What should be
 * seen (the spine, where it is marked) comes to the middle; nothing is enlarged beyond FILL.
 * extent: of the slice, mm.
 */
export function fitted(plane: SlicePlane, extent: Size, size: Size, focus: Vec3 | null): Pose {
  const heightMm = Math.max(extent.height, wholeMm(extent, size) / FILL);
  if (!focus) return { x: 0, y: 0, heightMm };
  const offset = sub(focus, center(plane));
  const widthMm = (heightMm * size.width) / size.height;
  return {
    x: limit(dot(offset, plane.row), (extent.width - widthMm) / 2),
    y: limit(dot(offset, plane.column), (extent.height - heightMm) / 2),
    heightMm,
  };
}

/** Enlarged about the middle of the screen, within reason. */
export function zoomed(pose: Pose, factor: number, extent: Size, size: Size): Pose {
  const whole = wholeMm(extent, size);
  const wanted = pose.heightMm / factor;
  return {
    ...pose,
    heightMm: Math.min(Math.max(wanted, whole / ZOOM.most), whole / ZOOM.least),
  };
}

/** A point in the middle, with so many mm around it within the shorter side of the screen. */
export function around(plane: SlicePlane, point: Vec3, mm: number, size: Size): Pose {
  const offset = sub(point, center(plane));
  return {
    x: dot(offset, plane.row),
    y: dot(offset, plane.column),
    heightMm: mm * Math.max(1, size.height / size.width),
  };
}
