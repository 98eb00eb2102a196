/** Points of a mark moved by steps. Pure. */
import {
  add,
  distance,
  normal,
  scale,
  type SlicePlane,
  type Vec3,
  within,
} from '../geometry/plane';
import { at } from './shapes';

/** No farther out than the image, or than where it is already. */
const held = (from: number, by: number, size: number): number =>
  Math.min(Math.max(from + by, Math.min(from, 0)), Math.max(from, size));

/** So many mm to the right and down on the image, in the depth where it is; held at the edges. */
export function nudged(plane: SlicePlane, point: Vec3, right: number, down: number): Vec3 {
  const { x, y } = within(plane, point);
  const moved = at(plane, held(x, right, plane.widthMm), held(y, down, plane.heightMm));
  return add(moved, scale(normal(plane), distance(plane, point)));
}

/** A point dropped onto a slice. */
export const dropped = (plane: SlicePlane, point: Vec3): Vec3 =>
  add(point, scale(normal(plane), -distance(plane, point)));
