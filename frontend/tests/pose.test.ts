import { describe, expect, it } from 'vitest';

import { length, type SlicePlane, sub, type Vec3 } from '../src/geometry/plane';
import { around, fitted, fromScreen, middle, toScreen, zoomed } from '../src/geometry/pose';

/** A sagittal slice of 101 x 81 pixels of 2 mm by 3 mm. */
const plane: SlicePlane = {
  position: [5, -80, 120],
  row: [0, 1, 0],
  column: [0, 0, -1],
  widthMm: 160,
  heightMm: 300,
};
const extent = { width: 162, height: 303 };
const size = { width: 400, height: 800 };
const whole = { x: 0, y: 0, heightMm: 400 };

describe('a slice on the screen', () => {
  it('has its middle in the middle, rows to the right, columns downwards', () => {
    expect(toScreen(plane, whole, size, [5, 0, -30])).toEqual([200, 400]);
    expect(toScreen(plane, whole, size, [5, 10, -50])).toEqual([220, 440]);
  });

  it('is where it was pointed at, at any zoom and pan', () => {
    const pose = { x: 12, y: -31, heightMm: 77 };
    const point = fromScreen(plane, pose, size, 33, 701);
    const [x, y] = toScreen(plane, pose, size, point);
    expect(x).toBeCloseTo(33, 9);
    expect(y).toBeCloseTo(701, 9);
    expect(point[0]).toBeCloseTo(5, 12);
  });
});

describe('a slice that fits', () => {
  it('fills the height, the focus as near to the middle as the edges let it', () => {
    const pose = fitted(plane, extent, size, [5, 500, -30]);
    expect(pose.heightMm).toBe(303);
    expect(pose.x).toBeCloseTo((162 - 303 / 2) / 2, 9);
    expect(pose.y).toBe(0);
  });

  it('is enlarged by no more than 1.7', () => {
    const narrow = { width: 100, height: 800 };
    expect(fitted(plane, extent, narrow, null).heightMm).toBeCloseTo((162 * 8) / 1.7, 9);
  });
});

describe('zoom', () => {
  it('stays within a third and twelve times of the whole slice', () => {
    const [far, near] = [zoomed(whole, 1e-3, extent, size), zoomed(whole, 1e3, extent, size)];
    expect(far.heightMm).toBeCloseTo(324 / 0.3, 6);
    expect(near.heightMm).toBeCloseTo(324 / 12, 6);
    expect(zoomed(whole, 2, extent, size).heightMm).toBe(200);
  });

  it('around a point has it in the middle and the length across the shorter side', () => {
    const disc: Vec3 = [9, 14, -60];
    const pose = around(plane, disc, 90, size);
    expect(length(sub(middle(plane, pose), [5, 14, -60]))).toBeCloseTo(0, 9);
    expect(pose.heightMm).toBe(180);
    expect(around(plane, disc, 90, { width: 800, height: 400 }).heightMm).toBe(90);
  });
});
