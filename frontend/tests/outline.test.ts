/** Outlines of masks follow the edges of pixels, and enclose as many as there are. */
import { expect, it } from 'vitest';

import { outlineOf } from '../src/drawing/outline';

/** Pixels inside the path, by the rule of even and odd along each row. */
function inside(path: string, columns: number, rows: number): number[] {
  const walls = [...path.matchAll(/M(-?[\d.]+) (-?[\d.]+)V(-?[\d.]+)/g)].map((one) =>
    one.slice(1).map(Number),
  ) as [number, number, number][];
  return Array.from({ length: columns * rows }, (_, at) => {
    const [x, y] = [at % columns, Math.floor(at / columns)];
    const crossed = walls.filter(([wx, from, to]) => wx < x && from < y && y < to).length;
    return crossed % 2;
  });
}

it('encloses just the pixels of the label, holes and islands too', () => {
  const map = [
    [0, 2, 2, 2, 0, 0],
    [0, 2, 0, 2, 0, 2],
    [1, 2, 2, 2, 1, 1],
    [0, 0, 0, 0, 0, 2],
  ];
  const labels = Uint8Array.from(map.flat());
  for (const label of [1, 2]) {
    const found = outlineOf(labels, 6, 4, label);
    const wanted = [...labels].map((one) => Number(one === label));
    expect(inside(found?.path ?? '', 6, 4)).toEqual(wanted);
  }
});

it('joins edges to runs', () => {
  const labels = Uint8Array.from([1, 1, 1, 1, 1, 1]);
  expect(outlineOf(labels, 3, 2, 1)?.path).toBe(
    'M-0.5 -0.5H2.5M-0.5 1.5H2.5M-0.5 -0.5V1.5M2.5 -0.5V1.5',
  );
});

it('says where its topmost pixels end, and nothing of a label that is not there', () => {
  const labels = Uint8Array.from([0, 0, 0, 0, 3, 3, 0, 3, 0]);
  expect(outlineOf(labels, 3, 3, 3)?.top).toEqual([2.5, 0.5]);
  expect(outlineOf(labels, 3, 3, 1)).toBeNull();
});
