/** Planes of slices in the patient's LPS frame, millimetres (DICOM PS3.3 C.7.6.2.1.1). */

export type Vec3 = readonly [number, number, number];

/** position: centre of the first pixel; row, column: directions of growing column and row index. */
export interface SlicePlane {
  position: Vec3;
  row: Vec3;
  column: Vec3;
  widthMm: number;
  heightMm: number;
}

export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const sub = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec3, k: number): Vec3 => [a[0] * k, a[1] * k, a[2] * k];
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vec3): number => Math.sqrt(dot(a, a));
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const normal = (plane: SlicePlane): Vec3 => cross(plane.row, plane.column);

export const center = (plane: SlicePlane): Vec3 =>
  add(
    plane.position,
    add(scale(plane.row, plane.widthMm / 2), scale(plane.column, plane.heightMm / 2)),
  );

/** Signed distance of a point from the plane, mm. */
export const distance = (plane: SlicePlane, point: Vec3): number =>
  dot(normal(plane), sub(point, plane.position));

/** Whether the point, dropped onto the plane, lies inside the slice. */
export function isInside(plane: SlicePlane, point: Vec3): boolean {
  const { x, y } = within(plane, point);
  return x >= 0 && y >= 0 && x <= plane.widthMm && y <= plane.heightMm;
}

/** Index of the slice nearest to a point; slices that hold it in plane go first. -1 if none. */
export function nearestSlice(planes: readonly (SlicePlane | null)[], point: Vec3): number {
  let best = -1;
  let least = Infinity;
  planes.forEach((plane, index) => {
    if (!plane) return;
    const outside = isInside(plane, point) ? 0 : 1000;
    const cost = Math.abs(distance(plane, point)) + outside;
    if (cost < least) {
      least = cost;
      best = index;
    }
  });
  return best;
}

/** Where the rectangle of one slice crosses the plane of another: a segment, or null. */
export function crossing(slice: SlicePlane, plane: SlicePlane): [Vec3, Vec3] | null {
  const { position, row, column, widthMm, heightMm } = slice;
  const corners: Vec3[] = [
    position,
    add(position, scale(row, widthMm)),
    add(position, add(scale(row, widthMm), scale(column, heightMm))),
    add(position, scale(column, heightMm)),
  ];
  const hits: Vec3[] = [];
  corners.forEach((from, index) => {
    const to = corners[(index + 1) % 4] as Vec3;
    const a = distance(plane, from);
    const b = distance(plane, to);
    if (a === b || a * b > 0) return;
    hits.push(add(from, scale(sub(to, from), a / (a - b))));
  });
  const [first] = hits;
  const last = hits.find((hit) => first && length(sub(hit, first)) > 1e-6);
  return first && last ? [first, last] : null;
}

/** Position within a slice: mm along a row (growing column) and down a column (growing row). */
export function within(plane: SlicePlane, point: Vec3): { x: number; y: number } {
  const offset = sub(point, plane.position);
  return { x: dot(offset, plane.row), y: dot(offset, plane.column) };
}

/** The part of a segment that lies inside the rectangle of a slice, or null (Liang-Barsky). */
export function clip([from, to]: readonly [Vec3, Vec3], plane: SlicePlane): [Vec3, Vec3] | null {
  const a = within(plane, from);
  const b = within(plane, to);
  let enter = 0;
  let leave = 1;
  const limits = [
    [a.x, b.x - a.x, plane.widthMm],
    [a.y, b.y - a.y, plane.heightMm],
  ] as const;
  for (const [start, run, most] of limits) {
    if (Math.abs(run) < 1e-9) {
      if (start < 0 || start > most) return null;
      continue;
    }
    const ends = [-start / run, (most - start) / run].sort((one, other) => one - other);
    enter = Math.max(enter, ends[0] ?? 0);
    leave = Math.min(leave, ends[1] ?? 1);
  }
  if (enter >= leave) return null;
  const at = (k: number) => add(from, scale(sub(to, from), k));
  return [at(enter), at(leave)];
}

/** Letters of the patient side that a direction points to: L, R, A, P, H, F; two if oblique. */
export function orientationLetters(direction: Vec3): string {
  const names: readonly [string, string][] = [
    ['L', 'R'],
    ['P', 'A'],
    ['H', 'F'],
  ];
  return direction
    .map((part, axis) => ({ size: Math.abs(part), name: names[axis]?.[part >= 0 ? 0 : 1] ?? '' }))
    .filter((part) => part.size > 0.35)
    .sort((a, b) => b.size - a.size)
    .slice(0, 2)
    .map((part) => part.name)
    .join('');
}
