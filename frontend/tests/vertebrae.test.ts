import { describe, expect, it } from 'vitest';

import { centerOf } from '../src/geometry/levels';
import {
  actOf,
  askedCells,
  type Cell,
  type Column,
  EMPTY,
  following,
  type Grid,
  isBeneath,
  keyAt,
  normalFill,
  type Values,
  within,
} from '../src/grading/model';

const item = (code: string, more: Partial<Column> = {}): Column => ({
  code,
  name: code,
  short_name: code,
  definition: '',
  site_kind: 'vertebra',
  side: '',
  is_required: true,
  depends_on: null,
  normal_score: 0,
  scale: { scores: [0, 1], labels: ['absent', 'present'], definitions: ['', ''] },
  ...more,
});
const feature = (code: string) =>
  item(code, { depends_on: { item: 'fracture', min_score: 1 }, normal_score: null });
const FEATURES = ['nature', 'band', 'fluid', 'cleft'];
const grid: Grid = {
  levels: ['L4/L5', 'L5/S1', 'T12', 'L1', 'L2'],
  columns: [item('modic', { site_kind: 'disc' }), item('fracture'), ...FEATURES.map(feature)],
};
const values = (...pairs: [string, number][]): Values =>
  new Map(pairs.map(([key, score]) => [key, { ...EMPTY, score }]));
const none: Values = new Map();
const broken = values(['L1|fracture', 1]);
const key = (cell: Cell) => keyAt(grid, cell);
const moved = (from: Cell, name: string, known: Values = none): string => {
  const act = actOf(grid, from, name, known);
  return act.kind === 'move' ? key(act.to) : act.kind;
};
const cell = (level: string, code: string): Cell => ({
  level: grid.levels.indexOf(level),
  column: grid.columns.findIndex((one) => one.code === code),
});

describe('a grid of discs and vertebrae', () => {
  it('has cells where item and level are of one kind', () => {
    expect(askedCells(grid, none).map(key)).toEqual([
      'L4/L5|modic',
      'L5/S1|modic',
      'T12|fracture',
      'L1|fracture',
      'L2|fracture',
    ]);
  });

  it('asks for the features of a broken vertebra only, right after it', () => {
    const asked = askedCells(grid, broken).map(key);
    expect(asked.slice(3, 8)).toEqual(['L1|fracture', ...FEATURES.map((code) => `L1|${code}`)]);
    expect(asked).toHaveLength(9);
    expect(key(following(grid, cell('L1', 'fracture'), broken))).toBe('L1|nature');
  });

  it('leaves features empty when the rest is filled with normal', () => {
    expect(normalFill(grid, broken).map((one) => key(one.cell))).toEqual([
      'L4/L5|modic',
      'L5/S1|modic',
      'T12|fracture',
      'L2|fracture',
    ]);
  });

  it('goes from the discs to the vertebrae and back by the arrows', () => {
    expect(moved(cell('L5/S1', 'modic'), 'ArrowDown')).toBe('T12|fracture');
    expect(moved(cell('T12', 'fracture'), 'ArrowUp')).toBe('L5/S1|modic');
    expect(moved(cell('L2', 'fracture'), 'ArrowDown')).toBe('L2|fracture');
    expect(moved(cell('L4/L5', 'modic'), 'ArrowUp')).toBe('L4/L5|modic');
  });

  it('comes back to a cell where levels have gone', () => {
    expect(within(grid, cell('L1', 'fracture'))).toEqual(cell('L1', 'fracture'));
    expect(within(grid, cell('L1', 'modic'))).toEqual({ level: 0, column: 0 });
  });
});

describe('many conditional items', () => {
  it('stand beneath the grid; a few stay in the row', () => {
    const beneath = grid.columns.filter((_column, at) => isBeneath(grid, at));
    expect(beneath.map(({ code }) => code)).toEqual(FEATURES);
    const few = { ...grid, columns: grid.columns.slice(0, 5) };
    expect(few.columns.some((_column, at) => isBeneath(few, at))).toBe(false);
  });

  it('are walked through by the arrows, in and out at their ends', () => {
    expect(moved(cell('L1', 'fracture'), 'ArrowRight', broken)).toBe('L1|nature');
    expect(moved(cell('L1', 'nature'), 'ArrowDown', broken)).toBe('L1|band');
    expect(moved(cell('L1', 'band'), 'ArrowUp', broken)).toBe('L1|nature');
    expect(moved(cell('L1', 'nature'), 'ArrowUp', broken)).toBe('L1|fracture');
    expect(moved(cell('L1', 'cleft'), 'ArrowDown', broken)).toBe('L2|fracture');
    expect(moved(cell('L1', 'fracture'), 'ArrowDown', broken)).toBe('L2|fracture');
  });
});

describe('the place of a vertebra', () => {
  const disc = (level: string, z: number) => ({ kind: 'disc', level, center: [0, 0, z] }) as const;
  const marks = [disc('L3/L4', 80), disc('L4/L5', 40), disc('L5/S1', 0)];

  it('is between its discs, or half a distance beyond the last', () => {
    expect(centerOf(marks, 'L4')?.[2]).toBeCloseTo(60);
    expect(centerOf(marks, 'S1')?.[2]).toBeCloseTo(-20);
    expect(centerOf(marks, 'L4/L5')).toEqual([0, 0, 40]);
    expect(centerOf(marks, 'T12')).toBeNull();
  });

  it('is the mark itself where there is one', () => {
    const body = { kind: 'vertebra', level: 'L4', center: [1, 2, 61] } as const;
    expect(centerOf([...marks, body], 'L4')).toEqual([1, 2, 61]);
  });
});
