/** State of the reading room: one reading after the other, without leaving the page. */
import { computed, signal } from '@preact/signals';

import { type ApiError, fetchReading, sendAnswer, submitReading } from '../api/client';
import { Outbox, type OutboxState } from '../api/outbox';
import type { DiscLevel, ItemCode, ProposedGrade, Reading } from '../api/types';
import {
  actOf,
  type Cell,
  type CellValue,
  cellKey,
  EMPTY,
  firstEmpty,
  type Grid,
  isAnswered,
} from '../grading/model';
import { Stopwatch } from './states';

/** What the session needs of the viewer; the viewer arrives after the page. */
export interface Viewing {
  show(reading: Reading): Promise<void>;
  update(reading: Reading): void;
  prefetch(reading: Reading): void;
  goToLevel(level: string): void;
  set(options: { isLinked?: boolean; hasReferenceLines?: boolean; showsAi?: boolean }): void;
  scroll(steps: number): void;
  reset(): void;
}

const AI_POLL_MS = 3000;

export const reading = signal<Reading | null>(null);
export const values = signal<ReadonlyMap<string, CellValue>>(new Map());
export const active = signal<Cell>({ level: 0, item: 0 });
export const saving = signal<OutboxState>({ kind: 'saved' });
export const problem = signal('');
export const fatal = signal('');
export const finished = signal(false);
export const missing = signal<ReadonlySet<string>>(new Set());
export const isSubmitting = signal(false);
export const isHelpOpen = signal(false);
export const isAiVisible = signal(true);
export const isLinked = signal(true);
export const hasLines = signal(true);
export const isAdvancing = signal(localStorage.getItem('advance') !== 'off');
export const marking = signal<string | null>(null);
export const seconds = signal(0);

export const grid = computed<Grid>(() => ({
  levels: reading.value?.disc_levels ?? [],
  items: reading.value?.items ?? [],
}));

export const answered = computed(() => [...values.value.values()].filter(isAnswered).length);
export const cells = computed(() => grid.value.levels.length * grid.value.items.length);
export const isClosed = computed(() =>
  ['submitted', 'amended'].includes(reading.value?.status ?? ''),
);

export const proposals = computed<ReadonlyMap<string, ProposedGrade>>(() => {
  const found = reading.value?.prediction;
  if (!found || !isAiVisible.value) return new Map();
  return new Map(found.grades.map((grade) => [cellKey(grade.disc_level, grade.item), grade]));
});

/** The viewer, once it is there. */
export const viewing: { current: Viewing | null } = { current: null };
const stopwatch = new Stopwatch(() => performance.now());
let prefetched: Reading | null = null;

const outbox = new Outbox({
  storage: localStorage,
  key: 'spinestudy-answers',
  send: sendAnswer,
  onState: (state) => (saving.value = state),
  onStored: () => (problem.value = ''),
  onRefused: ({ readingId, answer }, error) => {
    problem.value = `${answer.disc_level}: the answer was not stored. ${error.message}`;
    if (readingId === reading.value?.id) void reload();
  },
});

function valuesOf(one: Reading): Map<string, CellValue> {
  const stored = one.grades.map(
    ({ disc_level, item, score, not_gradable }): [string, CellValue] => [
      cellKey(disc_level, item),
      { score, notGradable: not_gradable },
    ],
  );
  const onTheWay = outbox.waiting
    .filter((pending) => pending.readingId === one.id)
    .map(({ answer }): [string, CellValue] => [
      cellKey(answer.disc_level, answer.item),
      { score: answer.score, notGradable: answer.not_gradable },
    ]);
  return new Map([...stored, ...onTheWay]);
}

const valueOf = (level: string, item: string) => values.value.get(cellKey(level, item));

function take(one: Reading): void {
  reading.value = one;
  values.value = valuesOf(one);
  missing.value = new Set();
  active.value = firstEmpty(grid.value, valueOf) ?? { level: 0, item: 0 };
  document.body.dataset.ready = 'loading';
  document.body.dataset.reading = String(one.id);
  document.title = `${one.case.number} · ${one.arm.label} · SpineStudy`;
  stopwatch.reset();
  if (!document.hidden) stopwatch.start();
}

async function reload(): Promise<void> {
  const current = reading.value;
  if (!current) return;
  const fresh = await fetchReading(current.id);
  reading.value = fresh;
  values.value = valuesOf(fresh);
  viewing.current?.update(fresh);
}

/** Begin: the reading and the viewer are fetched side by side. */
export async function begin(id: number, viewer: () => Promise<Viewing>): Promise<void> {
  void outbox.flush();
  try {
    const [first, loaded] = await Promise.all([fetchReading(id), viewer()]);
    viewing.current = loaded;
    await open(first);
  } catch (error) {
    fatal.value = (error as ApiError).message;
  }
}

async function open(one: Reading): Promise<void> {
  take(one);
  viewing.current?.set({ showsAi: isAiVisible.value });
  viewing.current?.goToLevel(grid.value.levels[active.value.level] ?? '');
  watchAi(one);
  await viewing.current?.show(one);
  if (one.next_reading_id !== null && reading.value === one) {
    prefetched = await fetchReading(one.next_reading_id).catch(() => null);
    if (prefetched) viewing.current?.prefetch(prefetched);
  }
}

function watchAi(one: Reading): void {
  if (one.prediction?.status !== 'pending') return;
  setTimeout(() => {
    if (reading.value?.id !== one.id) return;
    void reload().finally(() => reading.value && watchAi(reading.value));
  }, AI_POLL_MS);
}

/** Make a cell the active one; another level moves the images. */
export function activate(cell: Cell): void {
  const hasMoved = cell.level !== active.value.level;
  active.value = cell;
  if (hasMoved) viewing.current?.goToLevel(grid.value.levels[cell.level] ?? '');
}

export function activateLevel(level: string): void {
  const at = grid.value.levels.indexOf(level);
  if (at >= 0) activate({ level: at, item: active.value.item });
}

/** Take an answer: shown, kept and sent at once. */
export function answerCell(cell: Cell, value: CellValue): void {
  const one = reading.value;
  const level = grid.value.levels[cell.level];
  const item = grid.value.items[cell.item];
  if (!one || !level || !item || isClosed.value) return;
  values.value = new Map(values.value).set(cellKey(level, item.code), value);
  missing.value = new Set([...missing.value].filter((key) => key !== cellKey(level, item.code)));
  outbox.put({
    readingId: one.id,
    answer: {
      item: item.code as ItemCode,
      disc_level: level as DiscLevel,
      score: value.score,
      not_gradable: value.notGradable,
      answer_key: crypto.randomUUID?.() ?? uuid(),
      answered_at: new Date().toISOString(),
    },
  });
}

/** Where the page isn't a secure context, crypto.randomUUID is missing. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A key of the grid; true if it meant something. */
export function pressGridKey(key: string, withShift: boolean): boolean {
  const cell = active.value;
  const act = actOf(grid.value, cell, key, withShift);
  if (act.kind === 'none') return false;
  if (act.kind === 'answer') {
    answerCell(cell, act.value);
    if (isAdvancing.value) activate(act.then);
  } else {
    activate(act.to);
  }
  return true;
}

export async function submit(): Promise<void> {
  const one = reading.value;
  if (!one || isSubmitting.value) return;
  isSubmitting.value = true;
  try {
    await outbox.flush();
    stopwatch.pause();
    const next = isClosed.value
      ? one
      : await submitReading(one.id, Math.round(stopwatch.seconds * 10) / 10);
    problem.value = '';
    if (next.next_reading_id === null) {
      finished.value = true;
      return;
    }
    await goTo(next.next_reading_id);
  } catch (error) {
    refuse(error as ApiError);
  } finally {
    isSubmitting.value = false;
  }
}

async function goTo(id: number): Promise<void> {
  const next = prefetched?.id === id ? fetchReading(id).catch(() => prefetched) : fetchReading(id);
  const one = await next;
  if (!one) return;
  history.pushState({ id }, '', `/readings/${id}/`);
  void open(one);
}

function refuse(error: ApiError): void {
  stopwatch.start();
  problem.value = error.message;
  const cellsLeft = error.details.missing as { item: string; disc_level: string }[] | undefined;
  if (!cellsLeft?.length) return;
  missing.value = new Set(cellsLeft.map((cell) => cellKey(cell.disc_level, cell.item)));
  const empty = firstEmpty(grid.value, (level, item) =>
    missing.value.has(cellKey(level, item)) ? EMPTY : { score: 0, notGradable: false },
  );
  if (empty) activate(empty);
}

window.addEventListener('online', () => outbox.nudge());
window.addEventListener('popstate', () => {
  const id = Number(/readings\/(\d+)/.exec(location.pathname)?.[1]);
  if (id) void fetchReading(id).then(open, (error: ApiError) => (fatal.value = error.message));
});
document.addEventListener('visibilitychange', () =>
  document.hidden ? stopwatch.pause() : stopwatch.start(),
);
window.addEventListener('beforeunload', (event) => {
  if (outbox.waiting.length) event.preventDefault();
});
setInterval(() => (seconds.value = stopwatch.seconds), 1000);
