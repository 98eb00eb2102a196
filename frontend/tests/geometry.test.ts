import { describe, expect, it } from 'vitest';

import {
  clip,
  crossing,
  distance,
  isInside,
  nearestSlice,
  orientationLetters,
  type SlicePlane,
  type Vec3,
  within,
} from '../src/geometry/plane';

/** Sagittal slices: columns run to posterior, rows to the feet. */
const sagittal = (x: number): SlicePlane => ({
  position: [x, -100, 150],
  row: [0, 1, 0],
  column: [0, 0, -1],
  widthMm: 250,
  heightMm: 300,
});

/** An axial slice tilted about the left-right axis by an angle in degrees. */
const axial = (z: number, degrees = 0): SlicePlane => {
  const angle = (degrees * Math.PI) / 180;
  return {
    position: [-90, -90 * Math.cos(angle), z - 90 * Math.sin(angle)],
    row: [1, 0, 0],
    column: [0, Math.cos(angle), Math.sin(angle)],
    widthMm: 180,
    heightMm: 180,
  };
};

describe('slices', () => {
  it('know their distance from a point along the normal', () => {
    expect(Math.abs(distance(sagittal(4), [10, 0, 0]))).toBeCloseTo(6, 12);
  });

  it('nearest to a disc centre is the one that holds it', () => {
    const slices = [-8, -4, 0, 4, 8].map(sagittal);
    expect(nearestSlice(slices, [3, 0, 0])).toBe(3);
    expect(nearestSlice([null, null], [0, 0, 0])).toBe(-1);
    expect(nearestSlice([], [0, 0, 0])).toBe(-1);
  });

  it('that pass the point only outside their picture come last', () => {
    const far: SlicePlane = { ...axial(0), position: [400, 400, 0] };
    const point: Vec3 = [0, 0, 1];
    expect(isInside(far, point)).toBe(false);
    expect(nearestSlice([far, axial(4)], point)).toBe(1);
  });

  it('of disc-angled slabs are chosen by their own tilt', () => {
    const slabs = [axial(40, 10), axial(0, -20)];
    expect(nearestSlice(slabs, [0, 30, -11])).toBe(1);
  });
});

describe('a reference line', () => {
  it('of an axial slice on a sagittal one runs from front to back at its height', () => {
    const ends = crossing(axial(12), sagittal(0)) as [Vec3, Vec3];
    expect(ends.map((end) => end[2])).toEqual([12, 12]);
    expect(Math.abs((ends[0][1] ?? 0) - (ends[1][1] ?? 0))).toBeCloseTo(180, 9);
  });

  it('tilts with the slice', () => {
    const ends = crossing(axial(0, 30), sagittal(0)) as [Vec3, Vec3];
    const rise = Math.abs(ends[0][2] - ends[1][2]) / Math.abs(ends[0][1] - ends[1][1]);
    expect(rise).toBeCloseTo(Math.tan(Math.PI / 6), 9);
  });

  it('of parallel slices is none', () => {
    expect(crossing(sagittal(0), sagittal(4))).toBeNull();
  });

  it('of a slice that ends before the plane is none', () => {
    expect(crossing({ ...axial(0), position: [50, -90, 0], widthMm: 20 }, sagittal(0))).toBeNull();
  });
});

describe('a line clipped to a slice', () => {
  const slice = sagittal(0);

  it('ends at the edges of the picture', () => {
    const ends = clip(
      [
        [0, -300, 0],
        [0, 300, 0],
      ],
      slice,
    ) as [Vec3, Vec3];
    expect(ends.map((end) => end[1])).toEqual([-100, 150]);
  });

  it('is untouched when it lies within, either way round', () => {
    const line: [Vec3, Vec3] = [
      [0, 40, 10],
      [0, -20, 90],
    ];
    expect(clip(line, slice)).toEqual(line);
  });

  it('is none when it passes by, also along an edge', () => {
    const above: [Vec3, Vec3] = [
      [0, -50, 200],
      [0, 50, 200],
    ];
    expect(clip(above, slice)).toBeNull();
    const past: [Vec3, Vec3] = [
      [0, -200, 100],
      [0, -60, 240],
    ];
    expect(clip(past, slice)).toBeNull();
  });
});

it('a point within a slice is told in mm from the first pixel', () => {
  expect(within(sagittal(3), [99, -60, 120])).toEqual({ x: 40, y: 30 });
});

describe('orientation letters', () => {
  it.each([
    [[1, 0, 0], 'L'],
    [[-1, 0, 0], 'R'],
    [[0, 1, 0], 'P'],
    [[0, 0, 1], 'H'],
    [[0, -0.8, 0.6], 'AH'],
    [[0.05, 0.99, -0.1], 'P'],
  ] as [Vec3, string][])('of %o are %s', (direction, letters) => {
    expect(orientationLetters(direction)).toBe(letters);
  });
});
