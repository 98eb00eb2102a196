import { describe, expect, it } from 'vitest';

import { measure, words } from '../src/drawing/measures';
import { corners, linesOf } from '../src/drawing/shapes';
import { type SlicePlane, type Vec3, within } from '../src/geometry/plane';

const tilt = Math.PI / 9;
const plane: SlicePlane = {
  position: [-7, 3, 11],
  row: [1, 0, 0],
  column: [0, Math.cos(tilt), Math.sin(tilt)],
  widthMm: 100,
  heightMm: 100,
};
const at = (x: number, y: number): Vec3 => [
  -7 + x,
  3 + y * Math.cos(tilt),
  11 + y * Math.sin(tilt),
];

describe('a measurement on an angled slice', () => {
  it('is a length in millimetres', () => {
    expect(measure('length', [at(3, 0), at(0, 4)], plane).length_mm).toBeCloseTo(5, 9);
  });

  it('is the angle at the middle point', () => {
    expect(measure('angle', [at(3, 0), at(0, 0), at(0, 4)], plane).angle_deg).toBeCloseTo(90, 9);
    expect(measure('angle', [at(3, 0), at(0, 0), at(-3, 0)], plane).angle_deg).toBeCloseTo(180, 6);
  });

  it('is a Cobb angle of two lines, whichever way they were drawn', () => {
    const first = [at(0, 0), at(3, 0)];
    expect(measure('cobb', [...first, at(0, 0), at(3, 3)], plane).angle_deg).toBeCloseTo(45, 9);
    expect(measure('cobb', [...first, at(3, 3), at(0, 0)], plane).angle_deg).toBeCloseTo(45, 9);
  });

  it('is an area along the axes of the image', () => {
    const ends = [at(2, 8), at(9.5, 1.8)];
    expect(measure('rectangle', ends, plane).area_mm2).toBeCloseTo(7.5 * 6.2, 9);
    expect(measure('ellipse', ends, plane).area_mm2).toBeCloseTo((7.5 * 6.2 * Math.PI) / 4, 9);
  });

  it('says nothing before its points are set', () => {
    expect(measure('angle', [at(0, 0), at(1, 1)], plane)).toEqual({});
    expect(measure('length', [at(0, 0)], plane)).toEqual({});
  });
});

describe('the shape of a mark', () => {
  it('lies on the slice', () => {
    const [ellipse] = linesOf('ellipse', [at(2, 8), at(9, 2)], plane);
    expect(ellipse?.points).toHaveLength(64);
    const places = ellipse?.points.map((point) => within(plane, point)) ?? [];
    expect(Math.max(...places.map(({ x }) => x))).toBeCloseTo(9, 9);
    expect(Math.min(...places.map(({ y }) => y))).toBeCloseTo(2, 1);
  });

  it('of two corners has four', () => {
    const places = corners(plane, at(2, 8), at(9, 2)).map((point) => within(plane, point));
    expect(places.map(({ x, y }) => [Math.round(x), Math.round(y)])).toEqual([
      [2, 8],
      [9, 8],
      [9, 2],
      [2, 2],
    ]);
  });
});

describe('the words of a mark', () => {
  it('have units', () => {
    expect(words('length', { length_mm: 32.44 })).toEqual(['32.4 mm']);
    expect(words('cobb', { angle_deg: 12.06 })).toEqual(['Cobb 12.1°']);
    expect(words('ellipse', { area_mm2: 10, n: 21, mean: 3, sd: 1.25 })).toEqual([
      '10.0 mm²  n 21',
      'mean 3.0  sd 1.3',
    ]);
    expect(words('box', { width_mm: 6, height_mm: 2, depth_mm: 16 })).toEqual([
      '6.0 × 2.0 × 16.0 mm',
    ]);
  });
});
