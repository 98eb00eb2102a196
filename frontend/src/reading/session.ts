/** One reading after the other, without leaving the page. */
import { type ApiError, fetchReading, submitReading } from '../api/client';
import { askEarly } from '../api/pixels';
import type { Reading } from '../api/types';
import { cellKey, EMPTY, firstEmpty } from '../grading/model';
import { firstSlices } from '../viewer/slices';
import { activate, outbox, valuesOf, whenRefused } from './answers';
import * as state from './state';
import { Stopwatch } from './states';
import { forgetSeconds, keepSeconds, keptSeconds } from './timekeeping';

const AI_POLL_MS = 3000;

interface Fetched {
  one: Reading;
  askedAt: number;
}

const stopwatch = new Stopwatch(() => performance.now());
let prefetched: Fetched | null = null;

async function get(id: number): Promise<Fetched> {
  const askedAt = performance.now();
  return { one: await fetchReading(id), askedAt };
}

function take({ one, askedAt }: Fetched): void {
  state.reading.value = one;
  state.values.value = valuesOf(one, askedAt);
  state.missing.value = new Set();
  state.finished.value = false;
  state.fatal.value = '';
  state.imageProblem.value = '';
  state.marking.value = null;
  state.active.value = firstEmpty(state.grid.value, state.valueOf) ?? { level: 0, item: 0 };
  document.body.dataset.ready = 'loading';
  document.body.dataset.reading = String(one.id);
  document.title = `${one.case.number} · ${one.arm.label} · SpineStudy`;
  stopwatch.reset(keptSeconds(one.id));
  state.seconds.value = stopwatch.seconds;
  if (!document.hidden) stopwatch.start();
  if (!state.viewing.current) firstSlices(one, state.activeLevel.value).forEach(askEarly);
}

/** Take over what came in the meantime; the active cell stays. */
async function refresh(): Promise<void> {
  const current = state.reading.value;
  if (!current) return;
  const { one, askedAt } = await get(current.id);
  if (state.reading.value?.id !== one.id) return;
  state.reading.value = one;
  state.values.value = valuesOf(one, askedAt);
  state.viewing.current?.update(one);
}

/** Begin: the reading and the viewer are fetched side by side; the grid waits for neither. */
export async function begin(id: number, viewer: () => Promise<state.Viewing>): Promise<void> {
  document.body.dataset.ready = 'loading';
  void outbox.flush();
  const loading = viewer();
  loading.catch(() => undefined); // told below, once the reading is there
  try {
    const fetched = await get(id);
    take(fetched);
    state.viewing.current = await loading;
    if (state.reading.value) await show(state.reading.value);
  } catch (error) {
    state.fatal.value = (error as Error).message;
  }
}

async function open(fetched: Fetched): Promise<void> {
  take(fetched);
  await show(fetched.one);
}

async function show(one: Reading): Promise<void> {
  state.viewing.current?.set({ showsAi: state.isAiVisible.value });
  watchAi(one);
  await state.viewing.current?.show(one, state.activeLevel.value);
  if (one.next_reading_id === null || state.reading.value?.id !== one.id) return;
  prefetched = await get(one.next_reading_id).catch(() => null);
  if (prefetched) state.viewing.current?.prefetch(prefetched.one);
}

function watchAi({ id, prediction }: Reading): void {
  if (prediction?.status !== 'pending') return;
  setTimeout(() => {
    if (state.reading.value?.id !== id) return;
    void refresh()
      .catch(() => undefined) // asked again after the next pause
      .then(() => state.reading.value?.id === id && watchAi(state.reading.value));
  }, AI_POLL_MS);
}

/** Submit the case, or leave one that is submitted, and go on to the next. */
export async function submit(): Promise<void> {
  const one = state.reading.value;
  if (!one || state.isSubmitting.value || state.isOver.value) return;
  state.isSubmitting.value = true;
  try {
    await outbox.flush();
    if (outbox.waiting.some(({ readingId }) => readingId === one.id)) {
      state.problem.value = 'Some answers wait for their reader to sign in again.';
      return;
    }
    const next = state.isClosed.value ? one : await close(one);
    state.problem.value = '';
    if (next.next_reading_id === null) {
      state.finished.value = true;
      stopwatch.pause();
    } else {
      await goTo(next.next_reading_id);
    }
  } catch (error) {
    refuse(error as ApiError);
  } finally {
    state.isSubmitting.value = false;
  }
}

async function close(one: Reading): Promise<{ next_reading_id: number | null }> {
  const done = await submitReading(one.id);
  forgetSeconds(one.id);
  state.reading.value = { ...one, status: 'submitted', next_reading_id: done.next_reading_id };
  return done;
}

async function goTo(id: number): Promise<void> {
  const known = prefetched?.one.id === id ? prefetched : null;
  const fetched = await get(id).catch((error: unknown) => {
    if (known) return known;
    throw error;
  });
  history.pushState({ id }, '', `/readings/${id}/`);
  void open(fetched);
}

function refuse(error: ApiError): void {
  state.problem.value = error.message;
  const cellsLeft = error.details?.missing as
    { item: string; disc_level: string; side: string }[] | undefined;
  if (!cellsLeft?.length) return;
  state.missing.value = new Set(
    cellsLeft.map((cell) => cellKey(cell.disc_level, cell.item, cell.side)),
  );
  const empty = firstEmpty(state.grid.value, (level, item, side) =>
    state.missing.value.has(cellKey(level, item, side)) ? EMPTY : { score: 0, notGradable: false },
  );
  if (empty) activate(empty);
}

whenRefused(() => void refresh().catch(() => undefined));
window.addEventListener('popstate', () => {
  const id = Number(/readings\/(\d+)/.exec(location.pathname)?.[1]);
  if (id) void get(id).then(open, (error: Error) => (state.fatal.value = error.message));
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden || state.isOver.value) stopwatch.pause();
  else stopwatch.start();
});
setInterval(() => {
  state.seconds.value = stopwatch.seconds;
  const one = state.reading.value;
  if (one && !state.isClosed.value && !document.hidden) keepSeconds(one.id, stopwatch.seconds);
}, 1000);
