/** The grid as data: which cell is active and what a key does. Pure. */

export interface ScaleWords {
  scores: number[];
  labels: string[];
  definitions: string[];
}

export interface GridItem {
  code: string;
  name: string;
  short_name: string;
  side: string;
  scale: ScaleWords;
}

export interface Cell {
  level: number;
  item: number;
}

export interface CellValue {
  score: number | null;
  notGradable: boolean;
}

export interface Grid {
  levels: readonly string[];
  items: readonly GridItem[];
}

export type Act =
  | { kind: 'move'; to: Cell }
  | { kind: 'answer'; value: CellValue }
  | { kind: 'off-scale'; words: string }
  | { kind: 'none' };

export const EMPTY: CellValue = { score: null, notGradable: false };

export const cellKey = (level: string, item: string, side: string): string =>
  `${level}|${item}${side && `|${side}`}`;

export const isAnswered = (value: CellValue | undefined): boolean =>
  value !== undefined && (value.score !== null || value.notGradable);

const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);

/** The cell after this one: along the row, then the first of the next level; stays at the end. */
export function following(grid: Grid, cell: Cell): Cell {
  if (cell.item + 1 < grid.items.length) return { level: cell.level, item: cell.item + 1 };
  if (cell.level + 1 < grid.levels.length) return { level: cell.level + 1, item: 0 };
  return cell;
}

/** The cell before this one; stays at the start. */
export function preceding(grid: Grid, cell: Cell): Cell {
  if (cell.item > 0) return { level: cell.level, item: cell.item - 1 };
  if (cell.level > 0) return { level: cell.level - 1, item: grid.items.length - 1 };
  return cell;
}

/** What a key means in the grid. Digits are scores of the active item's scale. */
export function actOf(grid: Grid, cell: Cell, key: string, withShift = false): Act {
  const move = (level: number, item: number): Act => ({
    kind: 'move',
    to: { level: clamp(level, grid.levels.length), item: clamp(item, grid.items.length) },
  });
  switch (key) {
    case 'ArrowUp':
      return move(cell.level - 1, cell.item);
    case 'ArrowDown':
      return move(cell.level + 1, cell.item);
    case 'ArrowLeft':
      return move(cell.level, cell.item - 1);
    case 'ArrowRight':
      return move(cell.level, cell.item + 1);
    case 'Home':
      return move(0, 0);
    case 'End':
      return move(grid.levels.length - 1, grid.items.length - 1);
    case 'Enter':
      return { kind: 'move', to: withShift ? preceding(grid, cell) : following(grid, cell) };
    case 'Tab': {
      // leaves the grid at its ends, so that the focus is never caught
      const to = withShift ? preceding(grid, cell) : following(grid, cell);
      return to === cell ? { kind: 'none' } : { kind: 'move', to };
    }
    case 'n':
    case 'N':
      return { kind: 'answer', value: { score: null, notGradable: true } };
    case 'Backspace':
    case 'Delete':
      return { kind: 'answer', value: EMPTY };
  }
  const scores = grid.items[cell.item]?.scale.scores;
  if (!scores || !/^[0-9]$/.test(key)) return { kind: 'none' };
  if (scores.includes(Number(key))) {
    return { kind: 'answer', value: { score: Number(key), notGradable: false } };
  }
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const words = `${key} is not on the scale of ${grid.items[cell.item]?.name}: ${least} to ${most}.`;
  return { kind: 'off-scale', words };
}

/** The first cell without an answer, or null. */
export function firstEmpty(
  grid: Grid,
  valueOf: (level: string, item: string, side: string) => CellValue | undefined,
): Cell | null {
  for (const [level, levelName] of grid.levels.entries()) {
    for (const [item, one] of grid.items.entries()) {
      if (!isAnswered(valueOf(levelName, one.code, one.side))) return { level, item };
    }
  }
  return null;
}

/** How a state differs by shape as well as colour; the class name of a cell. */
export function cellState(value: CellValue | undefined, proposed: number | null): string {
  if (value?.notGradable) return 'not-gradable';
  if (value && value.score !== null) {
    return proposed !== null && proposed !== value.score ? 'differs' : 'filled';
  }
  return proposed === null ? 'empty' : 'proposed';
}
