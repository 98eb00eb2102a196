/** Boxes in the patient's LPS frame, millimetres, that lean as they like; cut by slices. Pure. */
import { add, distance, length, scale, type SlicePlane, sub, type Vec3, within } from './plane';

/** axes: unit vectors at right angles; sizeMm: whole lengths along them. */
export interface Box {
  center: Vec3;
  axes: readonly [Vec3, Vec3, Vec3];
  sizeMm: Vec3;
}

const SAME_MM = 1e-6;
const SIGNS = [-1, 1] as const;

/** The eight corners; two of them share an edge where their numbers differ by one bit. */
function cornersOf({ center, axes, sizeMm }: Box): Vec3[] {
  return SIGNS.flatMap((i) =>
    SIGNS.flatMap((j) =>
      SIGNS.map((k) =>
        [i, j, k].reduce<Vec3>(
          (point, sign, at) =>
            add(point, scale(axes[at] as Vec3, (sign * (sizeMm[at] as number)) / 2)),
          center,
        ),
      ),
    ),
  );
}

/**
 * Where a plane cuts a box: the corners of a convex polygon of three to six, in order; none where
 * it passes by or only touches an edge. A face that lies in the plane is cut.
 */
export function sectionOf(box: Box, plane: SlicePlane): Vec3[] {
  const corners = cornersOf(box);
  const away = corners.map((corner) => {
    const mm = distance(plane, corner);
    return Math.abs(mm) < SAME_MM ? 0 : mm;
  });
  const hits: Vec3[] = corners.filter((_, at) => away[at] === 0);
  for (let one = 0; one < corners.length; one += 1) {
    for (const bit of [1, 2, 4]) {
      const other = one | bit;
      const [a, b] = [away[one] as number, away[other] as number];
      if (other === one || a * b >= 0) continue;
      const [from, to] = [corners[one] as Vec3, corners[other] as Vec3];
      hits.push(add(from, scale(sub(to, from), a / (a - b))));
    }
  }
  return hits.length < 3 ? [] : inOrder(hits, plane);
}

/** Around their middle; right for the corners of a convex polygon. */
function inOrder(points: readonly Vec3[], plane: SlicePlane): Vec3[] {
  const middle = scale(points.reduce(add), 1 / points.length);
  const turn = (point: Vec3) => {
    const { x, y } = within(plane, point);
    const { x: ox, y: oy } = within(plane, middle);
    return Math.atan2(y - oy, x - ox);
  };
  return points
    .map((point) => ({ point, angle: turn(point) }))
    .sort((a, b) => a.angle - b.angle)
    .map(({ point }) => point);
}

/** The part of a convex polygon of the plane that lies on the slice (Sutherland-Hodgman). */
export function onSlice(polygon: readonly Vec3[], plane: SlicePlane): Vec3[] {
  const inside: readonly ((point: Vec3) => number)[] = [
    (point) => within(plane, point).x,
    (point) => plane.widthMm - within(plane, point).x,
    (point) => within(plane, point).y,
    (point) => plane.heightMm - within(plane, point).y,
  ];
  const kept = inside.reduce<readonly Vec3[]>(
    (points, depth) =>
      points.flatMap((to, at) => {
        const from = points.at(at - 1) as Vec3;
        const [a, b] = [depth(from), depth(to)];
        const crossing = a < 0 !== b < 0 ? [add(from, scale(sub(to, from), a / (a - b)))] : [];
        return b < 0 ? crossing : [...crossing, to];
      }),
    polygon,
  );
  return kept.filter((point, at) => length(sub(point, kept.at(at - 1) as Vec3)) > SAME_MM);
}
