/** Marks as lines on a slice, in millimetres of the patient. Pure. */
import { add, type SlicePlane, scale, type Vec3, within } from '../geometry/plane';
import type { Kind } from './measures';

const SEGMENTS = 64;

/** A point of the slice's plane, so far along its row and down its column. */
export const at = (plane: SlicePlane, x: number, y: number): Vec3 =>
  add(plane.position, add(scale(plane.row, x), scale(plane.column, y)));

/** The corners of the box that two opposite corners span along the axes of the image. */
export function corners(plane: SlicePlane, a: Vec3, b: Vec3): [Vec3, Vec3, Vec3, Vec3] {
  const [one, other] = [within(plane, a), within(plane, b)];
  return [
    at(plane, one.x, one.y),
    at(plane, other.x, one.y),
    at(plane, other.x, other.y),
    at(plane, one.x, other.y),
  ];
}

function ellipse(plane: SlicePlane, a: Vec3, b: Vec3): Vec3[] {
  const [one, other] = [within(plane, a), within(plane, b)];
  const [x, y] = [(one.x + other.x) / 2, (one.y + other.y) / 2];
  const [width, height] = [Math.abs(other.x - one.x) / 2, Math.abs(other.y - one.y) / 2];
  return Array.from({ length: SEGMENTS }, (_, step) => {
    const turn = (2 * Math.PI * step) / SEGMENTS;
    return at(plane, x + width * Math.cos(turn), y + height * Math.sin(turn));
  });
}

export interface Line {
  points: readonly Vec3[];
  isClosed: boolean;
}

/** The lines of a mark, as far as its points are set. */
export function linesOf(kind: Kind, points: readonly Vec3[], plane: SlicePlane): Line[] {
  const [a, b, c, d] = points;
  if (!a || !b) return [];
  switch (kind) {
    case 'length':
      return [{ points: [a, b], isClosed: false }];
    case 'angle':
      return [{ points: c ? [a, b, c] : [a, b], isClosed: false }];
    case 'cobb':
      return [
        { points: [a, b], isClosed: false },
        ...(c && d ? [{ points: [c, d], isClosed: false }] : []),
      ];
    case 'ellipse':
      return [{ points: ellipse(plane, a, b), isClosed: true }];
    case 'rectangle':
    case 'box':
      return [{ points: corners(plane, a, b), isClosed: true }];
    case 'landmark':
      return [];
  }
}
