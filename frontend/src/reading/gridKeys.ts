/** Keys of the grid, which can't be changed. */

export const GRID_KEYS: readonly (readonly [string, string])[] = [
  ['0 – 9', 'Answer the active cell with this score'],
  ['Backspace', 'Take the answer back'],
  ['Arrows', 'Move in the grid; another level moves the images'],
  ['Tab, Enter', 'Next cell (with Shift: the one before)'],
  ['Home, End', 'First and last cell'],
];

export const GRID_NAMES: ReadonlySet<string> = new Set([
  ...'0123456789',
  'Backspace',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Tab',
  'Shift+Tab',
  'Enter',
  'Shift+Enter',
  'Home',
  'End',
  'Escape',
]);
