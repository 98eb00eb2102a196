/** Answers: shown at once, kept and sent by the outbox, laid over what the server knows. */
import { sendAnswer } from '../api/client';
import { Outbox, type Pending } from '../api/outbox';
import type { Answer, DiscLevel, ItemCode, Reading } from '../api/types';
import { actOf, type Cell, type CellValue, cellKey, following, isAnswered } from '../grading/model';
import * as state from './state';

/** Answers that the server has confirmed since this page began, with the time of it. */
const confirmed: { at: number; pending: Pending; revision: number }[] = [];
let onRefusal: () => void = () => undefined;

export const outbox = new Outbox({
  storage: localStorage,
  prefix: 'spinestudy-answer:',
  send: sendAnswer,
  onState: (saving) => {
    state.saving.value = saving;
    note();
  },
  onStored: (pending, { revision }) => {
    confirmed.push({ at: performance.now(), pending, revision });
    state.problem.value = '';
    note();
  },
  onRefused: ({ readingId, answer }, error) => {
    state.problem.value = `${answer.disc_level}: the answer was not stored. ${error.message}`;
    if (readingId === state.reading.value?.id) onRefusal();
  },
});

/** Called when the server has refused an answer of the reading on screen. */
export function whenRefused(act: () => void): void {
  onRefusal = act;
}

const isHere = (one: { readingId: number }) => one.readingId === state.reading.value?.id;
const keyOf = ({ answer }: Pending) => cellKey(answer.disc_level, answer.item, answer.side);
const valueOf = ({ answer }: Pending): CellValue => ({
  score: answer.score,
  notGradable: answer.not_gradable,
});

function note(): void {
  state.unsaved.value = new Set(outbox.waiting.filter(isHere).map(keyOf));
}

/**
 * The answers of a reading: what the server sent, and over it what was confirmed after the server
 * was asked and what still waits. askedAt: performance.now() before the request.
 */
export function valuesOf(one: Reading, askedAt: number): Map<string, CellValue> {
  const values = new Map<string, CellValue>();
  for (const { disc_level, item, side, score, not_gradable } of one.grades) {
    values.set(cellKey(disc_level, item, side), { score, notGradable: not_gradable });
  }
  const later = confirmed.filter(({ at }) => at >= askedAt).map(({ pending }) => pending);
  for (const pending of [...later, ...outbox.waiting]) {
    if (pending.readingId === one.id) values.set(keyOf(pending), valueOf(pending));
  }
  return values;
}

/** The revision that the reader saw, with the own answers that still wait. */
function revisionOf(one: Reading, key: string): number {
  const stored = one.grades.find(
    (grade) => cellKey(grade.disc_level, grade.item, grade.side) === key,
  );
  const own = confirmed.filter(({ pending }) => isHere(pending) && keyOf(pending) === key);
  const known = Math.max(stored?.revision ?? 0, ...own.map(({ revision }) => revision));
  return known + outbox.waiting.filter((one_) => isHere(one_) && keyOf(one_) === key).length;
}

/** Make a cell the active one; another level moves the images. */
export function activate(cell: Cell): void {
  const hasMoved = cell.level !== state.active.value.level;
  state.active.value = cell;
  if (hasMoved) state.viewing.current?.goToLevel(state.activeLevel.value);
}

export function activateLevel(level: string): void {
  const at = state.grid.value.levels.indexOf(level);
  if (at < 0) return;
  activate({ level: at, item: state.active.value.item });
  state.viewing.current?.goToLevel(level);
}

/** Take an answer: shown, kept and sent at once. */
export function answerCell(cell: Cell, value: CellValue): void {
  const one = state.reading.value;
  const level = state.grid.value.levels[cell.level];
  const item = state.grid.value.items[cell.item];
  if (!one || !level || !item || state.isClosed.value) return;
  const key = cellKey(level, item.code, item.side);
  state.values.value = new Map(state.values.value).set(key, value);
  state.missing.value = new Set([...state.missing.value].filter((other) => other !== key));
  outbox.put({
    readingId: one.id,
    answer: {
      item: item.code as ItemCode,
      disc_level: level as DiscLevel,
      side: item.side as Answer['side'],
      score: value.score,
      not_gradable: value.notGradable,
      reason: value.notGradable ? 'other' : '',
      confidence: null,
      comment: '',
      base_revision: revisionOf(one, key),
      answer_key: crypto.randomUUID?.() ?? uuid(),
      answered_at: new Date().toISOString(),
    },
  });
}

/** Answer the active cell and, as is set, go on to the next. */
export function answerActive(value: CellValue): void {
  const cell = state.active.value;
  answerCell(cell, value);
  if (state.isAdvancing.value && isAnswered(value)) activate(following(state.grid.value, cell));
}

/** A key of the grid; true if it meant something. */
export function pressGridKey(key: string, withShift: boolean): boolean {
  const act = actOf(state.grid.value, state.active.value, key, withShift);
  switch (act.kind) {
    case 'move':
      activate(act.to);
      return true;
    case 'answer':
      answerActive(act.value);
      return true;
    case 'off-scale':
      state.problem.value = act.words;
      return true;
    case 'none':
      return false;
  }
}

/** Where the page isn't a secure context, crypto.randomUUID is missing. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

for (const happening of ['online', 'focus']) {
  window.addEventListener(happening, () => outbox.nudge());
}
window.addEventListener('beforeunload', (event) => {
  if (outbox.waiting.some(isHere)) event.preventDefault();
});
