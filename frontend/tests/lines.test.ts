import { describe, expect, it } from 'vitest';

import type { ViewerSeries } from '../src/api/types';
import {
  add,
  clip,
  cross,
  crossing,
  dot,
  isInside,
  length,
  normal,
  scale,
  type SlicePlane,
  sub,
  type Vec3,
} from '../src/geometry/plane';
import { linesOn } from '../src/viewer/lines';

const STEP_MM = 0.1;

/** The same numbers every time (Park and Miller). */
function dice(seed: number): (least: number, most: number) => number {
  let state = seed;
  return (least, most) => {
    state = (state * 48271) % 2147483647;
    return least + ((most - least) * state) / 2147483647;
  };
}

const unit = (v: Vec3): Vec3 => scale(v, 1 / length(v));

/** A slice of this orientation, its middle at a point, turned about its row and then its column. */
function slice(
  row: Vec3,
  column: Vec3,
  middle: Vec3,
  size: { width: number; height: number },
  degrees: [number, number] = [0, 0],
): SlicePlane {
  const turned = (v: Vec3, about: Vec3, angle: number): Vec3 => {
    const radians = (angle * Math.PI) / 180;
    const along = scale(about, dot(v, about) * (1 - Math.cos(radians)));
    return add(add(scale(v, Math.cos(radians)), scale(cross(about, v), Math.sin(radians))), along);
  };
  const down = turned(column, row, degrees[0]);
  const right = unit(turned(row, down, degrees[1]));
  const corner = add(middle, add(scale(right, -size.width / 2), scale(down, -size.height / 2)));
  return {
    position: corner,
    row: right,
    column: down,
    widthMm: size.width,
    heightMm: size.height,
  };
}

const AXES = {
  sagittal: [
    [0, 1, 0],
    [0, 0, -1],
  ],
  axial: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  coronal: [
    [1, 0, 0],
    [0, 0, -1],
  ],
} as const;
type Plane = keyof typeof AXES;

function drawn(plane: Plane, roll: (least: number, most: number) => number): SlicePlane {
  const [row, column] = AXES[plane];
  const middle: Vec3 = [roll(-40, 40), roll(-40, 40), roll(-60, 60)];
  const size = { width: roll(120, 320), height: roll(120, 320) };
  return slice(row, column, middle, size, [roll(-25, 25), roll(-12, 12)]);
}

/** Ends of the crossing, by walking along the line that both planes share. */
function walked(one: SlicePlane, other: SlicePlane): [Vec3, Vec3] | null {
  const [a, b] = [normal(one), normal(other)];
  const along = unit(cross(a, b));
  const [p, q] = [dot(a, one.position), dot(b, other.position)];
  const [ab, rest] = [dot(a, b), 1 - dot(a, b) ** 2];
  const start = add(scale(a, (p - q * ab) / rest), scale(b, (q - p * ab) / rest));
  const inside: Vec3[] = [];
  const from = dot(sub(one.position, start), along) - 600;
  for (let mm = from; mm < from + 1200; mm += STEP_MM) {
    const point = add(start, scale(along, mm));
    if (isInside(one, point) && isInside(other, point)) inside.push(point);
  }
  const [first, last] = [inside[0], inside.at(-1)];
  return first && last && length(sub(last, first)) > 2 ? [first, last] : null;
}

const pairs: [Plane, Plane][] = [
  ['sagittal', 'axial'],
  ['axial', 'sagittal'],
  ['sagittal', 'coronal'],
  ['coronal', 'sagittal'],
  ['axial', 'coronal'],
  ['coronal', 'axial'],
];

describe.each(pairs)('lines of %s slices on %s ones, at any angle', (from, on) => {
  const roll = dice(pairs.findIndex(([a, b]) => a === from && b === on) + 11);

  it('end where walking along them ends', () => {
    let crossed = 0;
    for (let trial = 0; trial < 40; trial++) {
      const [one, other] = [drawn(from, roll), drawn(on, roll)];
      const whole = crossing(one, other);
      const ends = whole && clip(whole, other);
      const expected = walked(one, other);
      if (!expected) {
        expect(ends ? length(sub(ends[1], ends[0])) : 0).toBeLessThan(2.5);
        continue;
      }
      crossed += 1;
      expect(ends).not.toBeNull();
      const [a, b] = ends as [Vec3, Vec3];
      const off = Math.min(
        length(sub(a, expected[0])) + length(sub(b, expected[1])),
        length(sub(b, expected[0])) + length(sub(a, expected[1])),
      );
      expect(off).toBeLessThan(3 * STEP_MM);
    }
    expect(crossed).toBeGreaterThan(30);
  });

  it('lie in both planes', () => {
    for (let trial = 0; trial < 40; trial++) {
      const [one, other] = [drawn(from, roll), drawn(on, roll)];
      const whole = crossing(one, other);
      for (const end of (whole && clip(whole, other)) ?? []) {
        expect(Math.abs(dot(normal(one), sub(end, one.position)))).toBeLessThan(1e-6);
        expect(Math.abs(dot(normal(other), sub(end, other.position)))).toBeLessThan(1e-6);
      }
    }
  });
});

const straight = (plane: Plane, middle: Vec3, tilt = 0): SlicePlane => {
  const [row, column] = AXES[plane];
  return slice(row, column, middle, { width: 200, height: 200 }, [tilt, 0]);
};

function viewport(plane: Plane, planes: SlicePlane[], current: number, frame = '1.2') {
  const series = { plane, frame_of_reference_uid: frame } as unknown as ViewerSeries;
  return { series, planes, plane: planes[current] ?? null };
}

const axial = (frame?: string) =>
  viewport(
    'axial',
    [20, 10, 0, -10].map((z, at) => straight('axial', [0, 0, z], at < 2 ? -15 : 20)),
    2,
    frame,
  );
const sagittal = (count = 5) =>
  viewport(
    'sagittal',
    Array.from({ length: count }, (_, at) => straight('sagittal', [4 * at - 8, 0, 0])),
    1,
  );
const coronal = viewport('coronal', [straight('coronal', [0, 0, 0])], 0);

describe('what is told of other viewports', () => {
  it('is every angled slab of an axial series, the current one last and solid', () => {
    const lines = linesOn(sagittal(), [axial()]);
    expect(lines.map(({ isCurrent }) => isCurrent)).toEqual([false, false, false, true]);
    const rises = lines.map(({ ends: [a, b] }) => (a[2] - b[2]) / (a[1] - b[1]));
    expect(new Set(rises.map((rise) => rise.toFixed(3))).size).toBe(2);
  });

  it('is the current slice and both ends of a sagittal series', () => {
    const lines = linesOn(axial(), [sagittal()]);
    expect(lines.map(({ ends }) => Math.round(ends[0][0]))).toEqual([-8, 8, -4]);
    expect(lines.map(({ isCurrent }) => isCurrent)).toEqual([false, false, true]);
    expect(linesOn(coronal, [sagittal(1)])).toHaveLength(1);
  });

  it('is nothing of a parallel slice, of itself, or of another frame of reference', () => {
    const own = sagittal();
    expect(linesOn(own, [own, sagittal()])).toEqual([]);
    expect(linesOn(own, [axial('9.9'), axial('')])).toEqual([]);
    expect(linesOn(viewport('sagittal', [], 0), [axial()])).toEqual([]);
  });
});
