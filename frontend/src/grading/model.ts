/** The grid as data: which cells are asked, which is active and what a key does. Pure. */

export interface ScaleWords {
  scores: number[];
  labels: string[];
  definitions: string[];
}

export type SiteKind = 'disc' | 'vertebra';

/** A column: an item, or one side of it; it has cells at levels of its kind. */
export interface Column {
  code: string;
  name: string;
  short_name: string;
  definition: string;
  site_kind: SiteKind;
  side: string;
  is_required: boolean;
  /** Asked only where that item has at least this score at the same level (and side). */
  depends_on: { item: string; min_score: number } | null;
  normal_score: number | null;
  scale: ScaleWords;
}

export interface Cell {
  level: number;
  column: number;
}

export interface CellValue {
  score: number | null;
  notGradable: boolean;
  reason: string;
  confidence: number | null;
  comment: string;
}

export interface Grid {
  levels: readonly string[];
  columns: readonly Column[];
}

export type Values = ReadonlyMap<string, CellValue>;

export type Act =
  | { kind: 'move'; to: Cell }
  | { kind: 'score'; score: number | null }
  | { kind: 'off-scale'; words: string }
  | { kind: 'none' };

export const EMPTY: CellValue = {
  score: null,
  notGradable: false,
  reason: '',
  confidence: null,
  comment: '',
};

export const cellKey = (level: string, item: string, side: string): string =>
  [level, item, side].filter(Boolean).join('|');

export const isAnswered = (value: CellValue | undefined): boolean =>
  value !== undefined && (value.score !== null || value.notGradable);

/** What a level is: only the name of a disc has a slash. */
export const kindOf = (level: string): SiteKind => (level.includes('/') ? 'disc' : 'vertebra');

const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);

export function keyAt(grid: Grid, cell: Cell): string {
  const column = grid.columns[cell.column];
  return cellKey(grid.levels[cell.level] ?? '', column?.code ?? '', column?.side ?? '');
}

/** Whether the condition of a cell is met by what is answered. */
export function isAsked(grid: Grid, cell: Cell, values: Values): boolean {
  const column = grid.columns[cell.column];
  const level = grid.levels[cell.level];
  if (!column || level === undefined || kindOf(level) !== column.site_kind) return false;
  if (!column.depends_on) return true;
  const { item, min_score: least } = column.depends_on;
  const parents = grid.columns.filter(({ code }) => code === item);
  const same = parents.filter(({ side }) => side === column.side);
  return (same.length ? same : parents).some(({ side }) => {
    const score = values.get(cellKey(level, item, side))?.score ?? null;
    return score !== null && score >= least;
  });
}

/** Every cell that is asked, in the order of reading: along the row, then the next level. */
export function askedCells(grid: Grid, values: Values): Cell[] {
  return grid.levels.flatMap((_, level) =>
    grid.columns
      .map((_column, column) => ({ level, column }))
      .filter((cell) => isAsked(grid, cell, values)),
  );
}

const place = (grid: Grid, { level, column }: Cell) => level * grid.columns.length + column;

/** The asked cell after this one; stays at the end. */
export function following(grid: Grid, cell: Cell, values: Values): Cell {
  return askedCells(grid, values).find((one) => place(grid, one) > place(grid, cell)) ?? cell;
}

/** The asked cell before this one; stays at the start. */
export function preceding(grid: Grid, cell: Cell, values: Values): Cell {
  return askedCells(grid, values).findLast((one) => place(grid, one) < place(grid, cell)) ?? cell;
}

/** One step in a direction, over cells that aren't asked; stays where there is none. */
function step(grid: Grid, cell: Cell, rows: number, columns: number, values: Values): Cell {
  let { level, column } = cell;
  for (;;) {
    level += rows;
    column += columns;
    if (!grid.levels[level] || !grid.columns[column]) return cell;
    if (isAsked(grid, { level, column }, values)) return { level, column };
  }
}

/** So many conditional columns of a kind stand in the row; more stand beneath the grid. */
const MOST_BESIDE = 3;

/** Whether a column stands beneath the grid, for the active level only. */
export function isBeneath(grid: Grid, column: number): boolean {
  const own = grid.columns[column];
  if (!own?.depends_on) return false;
  const like = grid.columns.filter((one) => one.depends_on && one.site_kind === own.site_kind);
  return like.length > MOST_BESIDE;
}

/** A step up or down: in the column, in the list beneath, from discs to vertebrae and back. */
function vertical(grid: Grid, cell: Cell, by: 1 | -1, values: Values): Cell {
  const all = askedCells(grid, values);
  if (isBeneath(grid, cell.column)) {
    const list = all.filter((one) => one.level === cell.level && isBeneath(grid, one.column));
    const next = list[list.findIndex(({ column }) => column === cell.column) + by];
    return next ?? (by > 0 ? following : preceding)(grid, cell, values);
  }
  const same = step(grid, cell, by, 0, values);
  if (same !== cell) return same;
  const kind = kindOf(grid.levels[cell.level] ?? '');
  const others = all.filter(
    ({ level, column }) =>
      (level - cell.level) * by > 0 &&
      kindOf(grid.levels[level] ?? '') !== kind &&
      !isBeneath(grid, column),
  );
  const nearest = others.at(by > 0 ? 0 : -1)?.level;
  return others.find(({ level }) => level === nearest) ?? cell;
}

/** What a key means in the grid. Digits are scores of the active column's scale. */
export function actOf(grid: Grid, cell: Cell, name: string, values: Values): Act {
  const move = (to: Cell): Act => ({ kind: 'move', to });
  switch (name) {
    case 'ArrowUp':
      return move(vertical(grid, cell, -1, values));
    case 'ArrowDown':
      return move(vertical(grid, cell, 1, values));
    case 'ArrowLeft':
      return move(step(grid, cell, 0, -1, values));
    case 'ArrowRight':
      return move(step(grid, cell, 0, 1, values));
    case 'Home':
      return move(askedCells(grid, values)[0] ?? cell);
    case 'End':
      return move(askedCells(grid, values).at(-1) ?? cell);
    case 'Enter':
      return move(following(grid, cell, values));
    case 'Shift+Enter':
      return move(preceding(grid, cell, values));
    case 'Tab':
    case 'Shift+Tab': {
      // leaves the grid at its ends, so that the focus is never caught
      const to = (name === 'Tab' ? following : preceding)(grid, cell, values);
      return to === cell ? { kind: 'none' } : move(to);
    }
    case 'Backspace':
      return { kind: 'score', score: null };
  }
  const column = grid.columns[cell.column];
  if (!column || !/^[0-9]$/.test(name)) return { kind: 'none' };
  const { scores } = column.scale;
  if (scores.includes(Number(name))) return { kind: 'score', score: Number(name) };
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const words = `${name} is not on the scale of ${column.name}: ${least} to ${most}.`;
  return { kind: 'off-scale', words };
}

/** The first asked cell without an answer, required ones only; null if there is none. */
export function firstEmpty(grid: Grid, values: Values): Cell | null {
  return emptyCells(grid, values)[0] ?? null;
}

/** Required cells that are asked and not answered. */
export function emptyCells(grid: Grid, values: Values): Cell[] {
  return askedCells(grid, values).filter(
    (cell) => grid.columns[cell.column]?.is_required && !isAnswered(values.get(keyAt(grid, cell))),
  );
}

/** The asked, empty cells that have a normal grade, with that grade. */
export function normalFill(grid: Grid, values: Values): { cell: Cell; score: number }[] {
  return askedCells(grid, values).flatMap((cell) => {
    const score = grid.columns[cell.column]?.normal_score ?? null;
    const isEmpty = !isAnswered(values.get(keyAt(grid, cell)));
    return score !== null && isEmpty ? [{ cell, score }] : [];
  });
}

/** Cells clamped to a grid that has changed its levels; where that is no cell, the first one. */
export function within(grid: Grid, { level, column }: Cell): Cell {
  const found = {
    level: clamp(level, grid.levels.length),
    column: clamp(column, grid.columns.length),
  };
  const isThere = kindOf(grid.levels[found.level] ?? '') === grid.columns[found.column]?.site_kind;
  return isThere ? found : { level: 0, column: 0 };
}

export interface Proposed {
  score: number;
  verdict: 'accepted' | 'rejected' | null;
}

/** How a state differs by shape as well as colour; the class name of a cell. */
export function cellState(
  value: CellValue | undefined,
  proposed: Proposed | null,
  asked: boolean,
): string {
  if (!asked) return 'not-asked';
  if (value?.notGradable) return 'not-gradable';
  if (value && value.score !== null) {
    return proposed && proposed.score !== value.score ? 'differs' : 'filled';
  }
  return proposed && proposed.verdict !== 'rejected' ? 'proposed' : 'empty';
}
