import { describe, expect, it } from 'vitest';

import { actOf, cellKey, cellState, firstEmpty, following, preceding } from '../src/grading/model';

const scale = (scores: number[]) => ({
  scores,
  labels: scores.map(String),
  definitions: scores.map(String),
});
const item = (code: string, scores: number[]) => ({
  code,
  name: code,
  short_name: code,
  side: '',
  scale: scale(scores),
});
const grid = {
  levels: ['L1/L2', 'L2/L3', 'L5/S1'],
  items: [item('canal', [0, 1, 2, 3]), item('pfirrmann', [1, 2, 3, 4, 5])],
};

describe('a key in the grid', () => {
  it('answers with a score of the active scale', () => {
    expect(actOf(grid, { level: 0, item: 0 }, '2')).toEqual({
      kind: 'answer',
      value: { score: 2, notGradable: false },
    });
  });

  it('says the range when the digit is not on the active scale', () => {
    const off = { kind: 'off-scale', words: '5 is not on the scale of canal: 0 to 3.' };
    expect(actOf(grid, { level: 0, item: 0 }, '5')).toEqual(off);
    expect(actOf(grid, { level: 0, item: 1 }, '0').kind).toBe('off-scale');
  });

  it('N says that the cell can not be graded', () => {
    const value = { score: null, notGradable: true };
    expect(actOf(grid, { level: 0, item: 0 }, 'n')).toEqual({ kind: 'answer', value });
  });

  it('Tab walks the cells and leaves the grid at its ends', () => {
    const [first, last] = [
      { level: 0, item: 0 },
      { level: 2, item: 1 },
    ];
    expect(actOf(grid, first, 'Tab')).toEqual({ kind: 'move', to: { level: 0, item: 1 } });
    expect(actOf(grid, last, 'Tab').kind).toBe('none');
    expect(actOf(grid, first, 'Tab', true).kind).toBe('none');
  });

  it('that is none of the grid means nothing', () => {
    for (const key of ['x', 'Escape', 'F5', ' ']) {
      expect(actOf(grid, { level: 0, item: 0 }, key).kind).toBe('none');
    }
  });

  it('moves within the grid and never leaves it', () => {
    const corner = { level: 2, item: 1 };
    expect(actOf(grid, corner, 'ArrowDown')).toEqual({ kind: 'move', to: corner });
    expect(actOf(grid, corner, 'ArrowRight')).toEqual({ kind: 'move', to: corner });
    expect(actOf(grid, corner, 'Home')).toEqual({ kind: 'move', to: { level: 0, item: 0 } });
  });

  it('takes an answer back', () => {
    expect(actOf(grid, { level: 1, item: 0 }, 'Backspace')).toEqual({
      kind: 'answer',
      value: { score: null, notGradable: false },
    });
  });
});

describe('the order of cells', () => {
  it('runs along the row, then to the next level, and back', () => {
    expect(following(grid, { level: 0, item: 1 })).toEqual({ level: 1, item: 0 });
    expect(preceding(grid, { level: 1, item: 0 })).toEqual({ level: 0, item: 1 });
    expect(following(grid, { level: 2, item: 1 })).toEqual({ level: 2, item: 1 });
  });

  it('finds the first empty cell, and none when all are answered', () => {
    const answered = new Set([cellKey('L1/L2', 'canal', '')]);
    const valueOf = (level: string, code: string) =>
      answered.has(cellKey(level, code, '')) ? { score: 0, notGradable: false } : undefined;
    expect(firstEmpty(grid, valueOf)).toEqual({ level: 0, item: 1 });
    expect(firstEmpty(grid, () => ({ score: null, notGradable: true }))).toBeNull();
  });
});

describe('the state of a cell', () => {
  it.each([
    [undefined, null, 'empty'],
    [undefined, 2, 'proposed'],
    [{ score: 2, notGradable: false }, 2, 'filled'],
    [{ score: 2, notGradable: false }, null, 'filled'],
    [{ score: 1, notGradable: false }, 2, 'differs'],
    [{ score: null, notGradable: true }, 2, 'not-gradable'],
    [{ score: null, notGradable: false }, null, 'empty'],
  ])('of %o with AI at %s is %s', (value, proposed, state) => {
    expect(cellState(value, proposed)).toBe(state);
  });
});
