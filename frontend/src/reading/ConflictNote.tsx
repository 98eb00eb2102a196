/** Two answers to one cell, given here and elsewhere: the reader chooses, nothing wins silently. */
import type { CellValue, Column } from '../grading/model';
import { columnName, wordsOf } from '../grading/ScaleButtons';
import { keyAt } from '../grading/model';
import { settle } from './answers';
import * as state from './state';

function found(key: string): { level: string; column: Column } | null {
  const { levels, columns } = state.grid.value;
  for (const [row, level] of levels.entries()) {
    for (const [at, column] of columns.entries()) {
      if (keyAt(state.grid.value, { level: row, column: at }) === key) return { level, column };
    }
  }
  return null;
}

function said(column: Column, value: CellValue): string {
  if (value.notGradable) return 'not gradable';
  return value.score === null ? 'taken back' : `${value.score} ${wordsOf(column, value.score)}`;
}

export function ConflictNote() {
  const [conflict] = state.conflicts.value;
  const cell = conflict && found(conflict.key);
  if (!conflict || !cell) return null;
  const { level, column } = cell;
  return (
    <div class="note note-problem" role="alert">
      {level} {columnName(column)} was changed in another window or on another computer.
      <p class="conflict">
        <button type="button" class="room-button own-keys" onClick={() => settle(conflict, 'mine')}>
          Keep mine: {said(column, conflict.mine)}
        </button>
        <button
          type="button"
          class="room-button own-keys"
          onClick={() => settle(conflict, 'theirs')}
        >
          Take the other: {said(column, conflict.theirs)}
        </button>
      </p>
    </div>
  );
}
