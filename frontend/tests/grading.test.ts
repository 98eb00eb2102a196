import { describe, expect, it } from 'vitest';

import {
  actOf,
  cellKey,
  cellState,
  type CellValue,
  type Column,
  EMPTY,
  firstEmpty,
  following,
  type Grid,
  isAsked,
  normalFill,
  preceding,
  type Values,
} from '../src/grading/model';

const column = (code: string, scores: number[], more: Partial<Column> = {}): Column => ({
  code,
  name: code,
  short_name: code,
  definition: '',
  site_kind: 'disc',
  side: '',
  is_required: true,
  depends_on: null,
  normal_score: scores[0] ?? null,
  scale: { scores, labels: scores.map(String), definitions: scores.map(String) },
  ...more,
});
const grid: Grid = {
  levels: ['L1/L2', 'L2/L3', 'L5/S1'],
  columns: [
    column('canal', [0, 1, 2, 3]),
    column('modic', [0, 1, 2, 3]),
    column('extent', [1, 2, 3], {
      depends_on: { item: 'modic', min_score: 1 },
      normal_score: null,
    }),
    column('foramen', [0, 1, 2, 3], { side: 'right' }),
    column('foramen', [0, 1, 2, 3], { side: 'left', is_required: true }),
  ],
};
const none: Values = new Map();
const given = (score: number): CellValue => ({ ...EMPTY, score });
const values = (...pairs: [string, number][]): Values =>
  new Map(pairs.map(([key, score]) => [key, given(score)]));
const at = (level: number, one: number) => ({ level, column: one });

describe('a key in the grid', () => {
  it('answers with a score of the active scale', () => {
    expect(actOf(grid, at(0, 0), '2', none)).toEqual({ kind: 'score', score: 2 });
  });

  it('off the scale says which scores there are', () => {
    const act = actOf(grid, at(0, 2), '0', none);
    expect(act).toEqual({ kind: 'off-scale', words: '0 is not on the scale of extent: 1 to 3.' });
  });

  it('takes an answer back', () => {
    expect(actOf(grid, at(0, 0), 'Backspace', none)).toEqual({ kind: 'score', score: null });
  });

  it('steps over cells that are not asked', () => {
    expect(actOf(grid, at(0, 1), 'ArrowRight', none)).toEqual({ kind: 'move', to: at(0, 3) });
    const changed = values(['L1/L2|modic', 2]);
    expect(actOf(grid, at(0, 1), 'ArrowRight', changed)).toEqual({ kind: 'move', to: at(0, 2) });
  });

  it('stays at the edges', () => {
    expect(actOf(grid, at(0, 0), 'ArrowUp', none)).toEqual({ kind: 'move', to: at(0, 0) });
    expect(actOf(grid, at(2, 4), 'ArrowDown', none)).toEqual({ kind: 'move', to: at(2, 4) });
  });

  it('leaves the grid by Tab at its ends, so that the focus is never caught', () => {
    expect(actOf(grid, at(2, 4), 'Tab', none)).toEqual({ kind: 'none' });
    expect(actOf(grid, at(0, 0), 'Shift+Tab', none)).toEqual({ kind: 'none' });
    expect(actOf(grid, at(0, 0), 'Tab', none)).toEqual({ kind: 'move', to: at(0, 1) });
  });

  it('goes to the first and to the last cell', () => {
    expect(actOf(grid, at(1, 1), 'Home', none)).toEqual({ kind: 'move', to: at(0, 0) });
    expect(actOf(grid, at(1, 1), 'End', none)).toEqual({ kind: 'move', to: at(2, 4) });
  });

  it('that means nothing does nothing', () => {
    expect(actOf(grid, at(0, 0), 'q', none)).toEqual({ kind: 'none' });
  });
});

describe('the order of cells', () => {
  it('runs along the row over items and sides, then to the next level', () => {
    expect(following(grid, at(0, 3), none)).toEqual(at(0, 4));
    expect(following(grid, at(0, 4), none)).toEqual(at(1, 0));
    expect(preceding(grid, at(1, 0), none)).toEqual(at(0, 4));
  });

  it('leaves out what is not asked', () => {
    expect(following(grid, at(0, 1), none)).toEqual(at(0, 3));
    expect(preceding(grid, at(0, 3), values(['L1/L2|modic', 1]))).toEqual(at(0, 2));
  });

  it('ends at the last cell', () => {
    expect(following(grid, at(2, 4), none)).toEqual(at(2, 4));
    expect(preceding(grid, at(0, 0), none)).toEqual(at(0, 0));
  });
});

describe('a condition', () => {
  it('is met at its own level only', () => {
    const changed = values(['L2/L3|modic', 1]);
    expect(isAsked(grid, at(1, 2), changed)).toBe(true);
    expect(isAsked(grid, at(0, 2), changed)).toBe(false);
  });

  it('on an item with sides holds side by side', () => {
    const sided: Grid = {
      levels: ['L4/L5'],
      columns: [
        column('foramen', [0, 1], { side: 'right' }),
        column('foramen', [0, 1], { side: 'left' }),
        column('root', [0, 1], { side: 'right', depends_on: { item: 'foramen', min_score: 1 } }),
        column('root', [0, 1], { side: 'left', depends_on: { item: 'foramen', min_score: 1 } }),
      ],
    };
    const right = values(['L4/L5|foramen|right', 1], ['L4/L5|foramen|left', 0]);
    expect([2, 3].map((one) => isAsked(sided, at(0, one), right))).toEqual([true, false]);
  });
});

describe('the rest as normal', () => {
  it('is every asked, empty cell that has a normal grade', () => {
    const fill = normalFill(grid, values(['L1/L2|canal', 3], ['L2/L3|modic', 2]));
    expect(fill).toHaveLength(3 * 4 - 2);
    expect(fill.every(({ score }) => score === 0)).toBe(true);
    expect(fill.some(({ cell }) => cell.column === 2)).toBe(false);
  });

  it('does not overwrite what could not be graded', () => {
    const said: Values = new Map([
      ['L1/L2|canal', { ...EMPTY, notGradable: true, reason: 'surgery' }],
    ]);
    expect(normalFill(grid, said)).toHaveLength(3 * 4 - 1);
  });
});

describe('the first empty cell', () => {
  it('is the first that is required, asked and not answered', () => {
    expect(firstEmpty(grid, values(['L1/L2|canal', 0]))).toEqual(at(0, 1));
    expect(firstEmpty(grid, values(['L1/L2|canal', 0], ['L1/L2|modic', 2]))).toEqual(at(0, 2));
  });

  it('is none where all is answered', () => {
    const all = grid.levels.flatMap((level) =>
      grid.columns.map(({ code, side }): [string, number] => [cellKey(level, code, side), 0]),
    );
    expect(firstEmpty(grid, values(...all))).toBeNull();
  });

  it('leaves out what may stay empty', () => {
    const free: Grid = {
      levels: ['L4/L5'],
      columns: [column('note', [0], { is_required: false })],
    };
    expect(firstEmpty(free, none)).toBeNull();
  });
});

describe('the look of a cell', () => {
  it('differs by what is in it', () => {
    const proposed = { score: 2, verdict: null };
    expect(cellState(undefined, null, true)).toBe('empty');
    expect(cellState(undefined, null, false)).toBe('not-asked');
    expect(cellState(given(2), null, true)).toBe('filled');
    expect(cellState({ ...EMPTY, notGradable: true }, null, true)).toBe('not-gradable');
    expect(cellState(undefined, proposed, true)).toBe('proposed');
    expect(cellState(given(2), proposed, true)).toBe('filled');
    expect(cellState(given(1), proposed, true)).toBe('differs');
    expect(cellState(undefined, { score: 2, verdict: 'rejected' }, true)).toBe('empty');
  });
});
