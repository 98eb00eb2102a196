import { describe, expect, it } from 'vitest';

import { pack, unpack } from '../src/drawing/codec';
import { type GridShape, Labelmap, squaredDistance } from '../src/drawing/labelmap';

const shape: GridShape = {
  slices: 5,
  rows: 40,
  columns: 30,
  rowSpacingMm: 0.5,
  columnSpacingMm: 1,
};
const painted = (map: Labelmap, slice: number, label: number) =>
  map.slice(slice).reduce((sum, one) => sum + Number(one === label), 0);
const dot = (map: Labelmap, slice: number, x: number, y: number, mm: number, label = 1) => {
  map.begin(label);
  map.paint(slice, { x, y }, { x, y }, mm, label);
  return map.end();
};

describe('a brush', () => {
  it('is a circle in millimetres, not in pixels', () => {
    const map = new Labelmap(shape);
    dot(map, 2, 15, 20, 4);
    for (let row = 0; row < 40; row += 1) {
      for (let column = 0; column < 30; column += 1) {
        const isIn = Math.hypot(column - 15, (row - 20) * 0.5) <= 4;
        expect(map.slice(2)[row * 30 + column] === 1).toBe(isIn);
      }
    }
    expect(painted(map, 1, 1) + painted(map, 3, 1)).toBe(0);
  });

  it('leaves no gaps on a fast stroke, and nothing beyond the image', () => {
    const map = new Labelmap(shape);
    map.begin(1);
    map.paint(0, { x: -5, y: 20 }, { x: 40, y: 20 }, 1, 1);
    map.end();
    expect([...map.slice(0).subarray(20 * 30, 21 * 30)].every((one) => one === 1)).toBe(true);
  });

  it('with a threshold paints only where it may', () => {
    const map = new Labelmap(shape);
    map.begin(1);
    map.paint(0, { x: 15, y: 20 }, { x: 15, y: 20 }, 5, 1, (column) => column >= 15);
    map.end();
    expect([...map.slice(0)].every((one, at) => one === 0 || at % 30 >= 15)).toBe(true);
    expect(painted(map, 0, 1)).toBeGreaterThan(20);
  });

  it('that erases takes its own segment only', () => {
    const map = new Labelmap(shape);
    dot(map, 0, 10, 20, 3, 1);
    dot(map, 0, 20, 20, 3, 2);
    const other = painted(map, 0, 2);
    map.begin(1);
    map.paint(0, { x: 0, y: 20 }, { x: 29, y: 20 }, 10, 0);
    map.end();
    expect(painted(map, 0, 1)).toBe(0);
    expect(painted(map, 0, 2)).toBe(other);
  });
});

describe('undo', () => {
  it('goes segment by segment and leaves the others', () => {
    const map = new Labelmap(shape);
    dot(map, 0, 10, 20, 3, 1);
    dot(map, 0, 20, 20, 3, 2);
    const [one, two] = [painted(map, 0, 1), painted(map, 0, 2)];
    expect(map.undo(1)).toBe(true);
    expect([painted(map, 0, 1), painted(map, 0, 2)]).toEqual([0, two]);
    expect(map.undo(1)).toBe(false);
    expect(map.redo(1)).toBe(true);
    expect(painted(map, 0, 1)).toBe(one);
  });

  it('of a stroke that changed nothing is none', () => {
    const map = new Labelmap(shape);
    expect(dot(map, 0, 10, 20, 3)).toBe(true);
    expect(dot(map, 0, 10, 20, 3)).toBe(false);
  });
});

describe('fill between slices', () => {
  it('draws what lies between two shapes', () => {
    const map = new Labelmap(shape);
    dot(map, 0, 15, 20, 3);
    dot(map, 4, 15, 20, 7);
    expect(map.fillBetween(1)).toBe(3);
    const sizes = [0, 1, 2, 3, 4].map((slice) => painted(map, slice, 1));
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes[2]).toBeGreaterThan(painted(map, 0, 1));
    expect(map.undo(1)).toBe(true);
    expect(painted(map, 2, 1)).toBe(0);
  });

  it('leaves other segments and neighbouring slices alone', () => {
    const map = new Labelmap(shape);
    dot(map, 0, 15, 20, 5);
    dot(map, 1, 15, 20, 5);
    expect(map.fillBetween(1)).toBe(0);
    dot(map, 3, 15, 20, 5);
    dot(map, 2, 15, 20, 2, 2);
    const other = painted(map, 2, 2);
    map.fillBetween(1);
    expect(painted(map, 2, 2)).toBe(other);
  });
});

it('distances are exact', () => {
  const isTrue = Array.from({ length: 12 * 9 }, (_, at) => at % 17 === 3);
  const found = squaredDistance(isTrue, 12, 9, 0.5, 1.5);
  found.forEach((value, at) => {
    const [y, x] = [Math.floor(at / 9), at % 9];
    const all = isTrue.flatMap((one, other) =>
      one ? [((Math.floor(other / 9) - y) * 0.5) ** 2 + (((other % 9) - x) * 1.5) ** 2] : [],
    );
    expect(value).toBeCloseTo(Math.min(...all), 9);
  });
});

it('a labelmap goes over the wire and back unchanged', async () => {
  const data = Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 6);
  expect(await unpack(await pack(data))).toEqual(data);
});

it('masks of another series are refused', () => {
  expect(() => new Labelmap(shape, new Uint8Array(7))).toThrow('another series');
});
