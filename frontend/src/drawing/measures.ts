/** Lengths, angles and areas of drawn marks, while they are drawn; the server measures them again. */
import { cross, dot, length, type SlicePlane, sub, type Vec3, within } from '../geometry/plane';

export type Kind = 'length' | 'angle' | 'cobb' | 'ellipse' | 'rectangle' | 'landmark' | 'box';

/** How many points a mark of each kind has. */
export const POINTS: Readonly<Record<Kind, number>> = {
  length: 2,
  angle: 3,
  cobb: 4,
  ellipse: 2,
  rectangle: 2,
  landmark: 1,
  box: 2,
};

export type MeasuredValues = Readonly<Record<string, number | null>>;

/** Degrees between two directions, 0..180; 0 where one of them has no length. */
function between(a: Vec3, b: Vec3): number {
  const sizes = length(a) * length(b);
  return sizes ? (Math.atan2(length(cross(a, b)), dot(a, b)) * 180) / Math.PI : 0;
}

/** What follows from the points alone; the same rules as annotations/design/measures.py. */
export function measure(kind: Kind, points: readonly Vec3[], plane: SlicePlane): MeasuredValues {
  const [a, b, c, d] = points;
  if (!a || !b) return {};
  switch (kind) {
    case 'length':
      return { length_mm: length(sub(b, a)) };
    case 'angle':
      return c ? { angle_deg: between(sub(a, b), sub(c, b)) } : {};
    case 'cobb': {
      if (!c || !d) return {};
      const angle = between(sub(b, a), sub(d, c));
      return { angle_deg: Math.min(angle, 180 - angle) };
    }
    case 'ellipse':
    case 'rectangle':
    case 'box': {
      const [one, other] = [within(plane, a), within(plane, b)];
      const [width, height] = [Math.abs(other.x - one.x), Math.abs(other.y - one.y)];
      const sides = { width_mm: width, height_mm: height };
      if (kind === 'box') {
        return { ...sides, depth_mm: Math.abs(dot(sub(b, a), cross(plane.row, plane.column))) };
      }
      return { ...sides, area_mm2: width * height * (kind === 'ellipse' ? Math.PI / 4 : 1) };
    }
    case 'landmark':
      return {};
  }
}

const one = (value: number) => value.toFixed(1);

/** What stands beside a mark, a line each. */
export function words(kind: Kind, values: MeasuredValues): string[] {
  const { length_mm, angle_deg, area_mm2, mean, sd, n } = values;
  if (length_mm != null) return [`${one(length_mm)} mm`];
  if (angle_deg != null) return [`${kind === 'cobb' ? 'Cobb ' : ''}${one(angle_deg)}°`];
  if (area_mm2 != null) {
    const about = mean == null ? [] : [`mean ${one(mean)}  sd ${sd == null ? '–' : one(sd)}`];
    return [`${one(area_mm2)} mm²${n == null ? '' : `  n ${n}`}`, ...about];
  }
  if (kind === 'box' && values.width_mm != null) {
    const sides = [values.width_mm, values.height_mm, values.depth_mm];
    return [`${sides.map((side) => one(side ?? 0)).join(' × ')} mm`];
  }
  return [];
}
