import { describe, expect, it } from 'vitest';

import { dropped, nudged } from '../src/drawing/nudge';
import { at } from '../src/drawing/shapes';
import { add, distance, normal, scale, type SlicePlane, within } from '../src/geometry/plane';

const tilt = Math.PI / 9;
const plane: SlicePlane = {
  position: [-7, 3, 11],
  row: [1, 0, 0],
  column: [0, Math.cos(tilt), Math.sin(tilt)],
  widthMm: 100,
  heightMm: 80,
};
const off = (mm: number) => scale(normal(plane), mm);

describe('a point nudged on an angled slice', () => {
  it('goes so many mm to the right and down, and stays in its depth', () => {
    const moved = nudged(plane, add(at(plane, 20, 30), off(8)), -5, 0.5);
    expect(within(plane, moved).x).toBeCloseTo(15, 9);
    expect(within(plane, moved).y).toBeCloseTo(30.5, 9);
    expect(distance(plane, moved)).toBeCloseTo(8, 9);
  });

  it('is held at the edge of the image', () => {
    const { x, y } = within(plane, nudged(plane, at(plane, 98, 3), 5, -5));
    expect(x).toBeCloseTo(100, 9);
    expect(y).toBeCloseTo(0, 9);
  });

  it('does not jump where it lies beyond the edge: it only goes no farther out', () => {
    const beyond = at(plane, 104, 40);
    expect(within(plane, nudged(plane, beyond, 5, 0)).x).toBeCloseTo(104, 9);
    expect(within(plane, nudged(plane, beyond, -0.5, 0)).x).toBeCloseTo(103.5, 9);
  });
});

it('a point dropped onto a slice lies on it, straight below', () => {
  const point = dropped(plane, add(at(plane, 20, 30), off(-12)));
  expect(distance(plane, point)).toBeCloseTo(0, 9);
  expect(within(plane, point).x).toBeCloseTo(20, 9);
  expect(within(plane, point).y).toBeCloseTo(30, 9);
});
