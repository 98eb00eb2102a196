import { describe, expect, it } from 'vitest';

import type { Reading, ViewerSeries } from '../src/api/types';
import { type Box, onSlice, sectionOf } from '../src/geometry/box';
import {
  add,
  cross,
  distance,
  dot,
  length,
  normal,
  scale,
  type SlicePlane,
  sub,
  type Vec3,
  within,
} from '../src/geometry/plane';
import { boxesOn, findingsOf, findingWords } from '../src/viewer/findings';

/** The same numbers every time (Park and Miller). */
function dice(seed: number): (least: number, most: number) => number {
  let state = seed;
  return (least, most) => {
    state = (state * 48271) % 2147483647;
    return least + ((most - least) * state) / 2147483647;
  };
}

const unit = (v: Vec3): Vec3 => scale(v, 1 / length(v));

/** Three unit vectors at right angles, turned anyhow. */
function turned(roll: ReturnType<typeof dice>): [Vec3, Vec3, Vec3] {
  const some = (): Vec3 => [roll(-1, 1), roll(-1, 1), roll(-1, 1)];
  const a = unit(some());
  const b = unit(cross(a, some()));
  return [a, b, cross(a, b)];
}

const slice = (row: Vec3, column: Vec3, middle: Vec3, size = 200): SlicePlane => ({
  position: add(middle, add(scale(row, -size / 2), scale(column, -size / 2))),
  row,
  column,
  widthMm: size,
  heightMm: size,
});

const areaOf = (points: readonly Vec3[], plane: SlicePlane): number => {
  const flat = points.map((point) => within(plane, point));
  const sum = flat.reduce((total, { x, y }, at) => {
    const next = flat[(at + 1) % flat.length] ?? { x: 0, y: 0 };
    return total + x * next.y - next.x * y;
  }, 0);
  return Math.abs(sum) / 2;
};

const isIn = ({ center, axes, sizeMm }: Box, point: Vec3) =>
  axes.every((axis, at) => Math.abs(dot(sub(point, center), axis)) <= (sizeMm[at] ?? 0) / 2);

const UPRIGHT: Box = {
  center: [0, 0, 0],
  axes: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  sizeMm: [40, 30, 10],
};

describe('the cut of a box by a slice', () => {
  it('is the face where the slice is parallel to one', () => {
    const plane = slice([1, 0, 0], [0, 1, 0], [0, 0, 3]);
    const section = sectionOf(UPRIGHT, plane);
    expect(section).toHaveLength(4);
    expect(areaOf(section, plane)).toBeCloseTo(1200);
    expect(section.every(([, , z]) => Math.abs(z - 3) < 1e-9)).toBe(true);
  });

  it('is none beyond the box, and a face that lies in the slice is cut', () => {
    expect(sectionOf(UPRIGHT, slice([1, 0, 0], [0, 1, 0], [0, 0, 5.01]))).toEqual([]);
    expect(sectionOf(UPRIGHT, slice([1, 0, 0], [0, 1, 0], [0, 0, 5]))).toHaveLength(4);
  });

  it('is a hexagon of the size that is known where a cube is cut through its middle', () => {
    const cube: Box = { ...UPRIGHT, sizeMm: [10, 10, 10] };
    const [row, column] = [unit([1, -1, 0]), unit([1, 1, -2])];
    const plane = slice(row, column, [0, 0, 0]);
    const section = sectionOf(cube, plane);
    expect(section).toHaveLength(6);
    expect(areaOf(section, plane)).toBeCloseTo(((3 * Math.sqrt(3)) / 4) * 100); // edge 10/sqrt(2)
  });

  it('holds every point of the slice that is in the box, and no other, however both lean', () => {
    const roll = dice(20261127);
    let cuts = 0;
    for (let round = 0; round < 150; round += 1) {
      const box: Box = {
        center: [roll(-20, 20), roll(-20, 20), roll(-20, 20)],
        axes: turned(roll),
        sizeMm: [roll(5, 50), roll(5, 50), roll(3, 20)],
      };
      const [row, column] = turned(roll);
      const plane = slice(row, column, [roll(-20, 20), roll(-20, 20), roll(-20, 20)]);
      const section = sectionOf(box, plane);
      cuts += Number(section.length > 0);
      for (const point of section) {
        expect(Math.abs(distance(plane, point))).toBeLessThan(1e-6);
        expect(isIn({ ...box, sizeMm: box.sizeMm.map((mm) => mm + 1e-6) as never }, point)).toBe(
          true,
        );
      }
      const isInPolygon = (point: Vec3) =>
        section.length > 0 &&
        new Set(
          section.map((from, at) => {
            const to = section[(at + 1) % section.length] as Vec3;
            return dot(cross(sub(to, from), sub(point, from)), normal(plane)) >= 0;
          }),
        ).size === 1;
      for (let shot = 0; shot < 40; shot += 1) {
        const point = add(
          plane.position,
          add(scale(row, roll(40, 160)), scale(column, roll(40, 160))),
        );
        expect(isInPolygon(point), `round ${round}`).toBe(isIn(box, point));
      }
    }
    expect(cuts).toBeGreaterThan(50);
  });

  it('ends where the slice ends', () => {
    const plane = { ...slice([1, 0, 0], [0, 1, 0], [0, 0, 0], 20), heightMm: 40 };
    const kept = onSlice(sectionOf(UPRIGHT, plane), plane);
    expect(areaOf(kept, plane)).toBeCloseTo(20 * 25); // 20 wide, from -10 to the box's 15
    const away = slice([1, 0, 0], [0, 1, 0], [300, 0, 0], 20);
    expect(onSlice(sectionOf(UPRIGHT, away), away)).toEqual([]);
  });
});

const SERIES = {
  id: 4,
  stack_ids: [4, 5],
  plane: 'sagittal',
  frame_of_reference_uid: '1.2.3',
} as unknown as ViewerSeries;

const READING = {
  series: [SERIES],
  level_marks: [{ kind: 'disc', level: 'L4/L5', position_lps: [0, -2, 1], source: 'ai' }],
  items: [
    {
      code: 'pfirrmann',
      short_name: 'Pfirrmann',
      scale: { scores: [1, 2, 3, 4, 5] },
    },
  ],
  prediction: {
    detections: [
      {
        id: 11,
        item: 'pfirrmann',
        at_least: 4,
        disc_level: 'L4/L5',
        side: '',
        stack_id: 5,
        frame_of_reference_uid: '1.2.3',
        center_lps: [0, 0, 0],
        axes_lps: UPRIGHT.axes,
        size_mm: UPRIGHT.sizeMm,
        score: 0.874,
        is_calibrated: true,
        verdict: '',
      },
    ],
  },
} as unknown as Reading;

describe('findings on a viewport', () => {
  const plane = slice([0, 1, 0], [0, 0, -1], [2, 0, 0]);
  const none = { selected: null, verdicts: new Map<number, string>() };

  it('are drawn where their box is cut, with words for the chosen one and the level read', () => {
    const found = findingsOf(READING);
    const [quiet] = boxesOn({ series: SERIES, plane }, found, none);
    expect(quiet).toMatchObject({ id: 11, score: '', isSelected: false, verdict: '' });
    const [read] = boxesOn({ series: SERIES, plane }, found, none, 'L4/L5');
    expect(read).toMatchObject({ score: '87 %', words: '', isBehind: false });
    const state = { selected: 11, verdicts: new Map([[11, 'rejected']]) };
    const [chosen] = boxesOn({ series: SERIES, plane }, found, state);
    expect(chosen).toMatchObject({ words: 'Pfirrmann ≥ 4', score: '87 %', verdict: 'rejected' });
  });

  it('have their words behind them where they lie behind their disc, away from the canal', () => {
    const [one] = READING.prediction?.detections ?? [];
    const canal = { ...READING, prediction: { detections: [{ ...one, center_lps: [0, 24, 0] }] } };
    expect(findingsOf(canal as Reading)[0]?.isBehind).toBe(true);
    expect(findingsOf({ ...canal, level_marks: [] } as unknown as Reading)[0]?.isBehind).toBe(
      false,
    );
  });

  it('are not drawn in another frame of reference or where the slice passes by', () => {
    const found = findingsOf(READING);
    const other = { ...SERIES, frame_of_reference_uid: '9.9' };
    expect(boxesOn({ series: other, plane }, found, none)).toEqual([]);
    const beside = slice([0, 1, 0], [0, 0, -1], [21, 0, 0]);
    expect(boxesOn({ series: SERIES, plane: beside }, found, none)).toEqual([]);
  });

  it('say the highest grade alone without "at least"', () => {
    const [one] = READING.prediction?.detections ?? [];
    if (!one) throw new Error('no detection');
    expect(findingWords({ ...one, at_least: 5 }, READING.items)).toBe('Pfirrmann 5');
  });
});
