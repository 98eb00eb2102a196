/** The disc centres of a case, marked by hand from the lowest level up. */
import { call, readingUrl } from '../api/client';
import type { LevelMark } from '../api/types';
import * as state from './state';
import { nextToMark } from './states';

let marks: { kind: 'disc'; level: string; position_lps: number[] }[] = [];
let skipped: string[] = [];

export function toggleMarking(): void {
  if (state.marking.value !== null) return stop();
  if (!state.reading.value || state.isClosed.value) return;
  marks = [];
  skipped = [];
  ask();
}

/** The next level to click; when none is left, the marks are stored. */
function ask(): void {
  const done = new Set([...marks.map((mark) => mark.level), ...skipped]);
  state.marking.value = nextToMark(state.grid.value.levels, done);
  state.viewing.current?.showMarks(marks);
  if (state.marking.value === null) void keep();
}

function stop(): void {
  state.marking.value = null;
  state.viewing.current?.showMarks(null);
}

/** A clicked point: the centre of the level that is asked for. */
export function takePoint(point: readonly [number, number, number], isSagittal: boolean): void {
  if (state.marking.value === null) return;
  if (!isSagittal) {
    state.problem.value = 'Discs are marked on a sagittal image.';
    return;
  }
  state.problem.value = '';
  marks.push({ kind: 'disc', level: state.marking.value, position_lps: [...point] });
  ask();
}

/** A key while levels are marked; true if it meant something. */
export function pressMarkingKey(key: string): boolean {
  if (state.marking.value === null) return false;
  switch (key) {
    case 'Escape':
      stop();
      return true;
    case 'Backspace':
      undo();
      return true;
    case 'n':
      skipped.push(state.marking.value);
      ask();
      return true;
    case 'Enter':
      void keep();
      return true;
  }
  return false;
}

function undo(): void {
  const lastMarked = marks.at(-1)?.level;
  const lastSkipped = skipped.at(-1);
  const levels = state.grid.value.levels;
  const at = (level: string | undefined) => (level ? levels.indexOf(level) : Infinity);
  if (at(lastSkipped) < at(lastMarked)) skipped.pop();
  else marks.pop();
  ask();
}

async function keep(): Promise<void> {
  const one = state.reading.value;
  stop();
  if (!one || !marks.length) return;
  try {
    const url = `${readingUrl(one.id)}level-marks/`;
    const { level_marks } = await call<{ level_marks: LevelMark[] }>('PUT', url, { marks });
    if (state.reading.value?.id !== one.id) return;
    state.reading.value = { ...state.reading.value, level_marks };
    state.viewing.current?.update(state.reading.value);
    state.viewing.current?.goToLevel(state.activeLevel.value);
    state.problem.value = '';
  } catch (error) {
    state.problem.value = `The level marks were not stored. ${(error as Error).message} Press M to mark them again.`;
  }
}
