/** One reading after the other, without leaving the page. */
import { type ApiError, fetchReading, submitReading } from '../api/client';
import type { NewAct } from '../api/outbox';
import { askEarly } from '../api/pixels';
import type { Reading } from '../api/types';
import { cellKey, firstEmpty, keyAt, within } from '../grading/model';
import { firstSlices } from '../viewer/slices';
import { drawAhead, type Fetched, fetchedAhead, keepAhead, readyAhead, restore } from './ahead';
import { activate, forgetConfirmed, forgetHistory, takeAnswers, whenRefused } from './answers';
import { showDrawing, takeMarks } from './drawing';
import { showFindings, takeFindings } from './findings';
import { withOwnMarks } from './levelMarks';
import { hangAsTold, withOwnHanging } from './looking';
import { saveMasks, showMasks, takeMasks } from './masks';
import { isWork, outbox, whenTakenOver } from './outbox';
import { loadReports } from './problems';
import * as state from './state';
import { forgetSeconds, imagesLoaded, startClock, stopClock } from './timekeeping';

const AI_POLL_MS = 3000;
/** A page that is drawn again only to say "wait" would hold up the images that are waited for. */
const TELL_AFTER_MS = 300;

/** Counts the readings asked for: of answers that cross on their way only the last one counts. */
let asked = 0;

async function get(id: number, askedAt = performance.now()): Promise<Fetched> {
  return { one: await fetchReading(id), askedAt };
}

function verdictsOf(one: Reading): ReadonlyMap<string, state.Verdict> {
  return new Map(
    one.ai_verdicts.map(({ item, disc_level, side, verdict }) => [
      cellKey(disc_level, item, side),
      verdict,
    ]),
  );
}

function take({ one: fetched, askedAt }: Fetched): void {
  const one = withOwnHanging(withOwnMarks(fetched), askedAt);
  stopClock();
  state.reading.value = one;
  takeAnswers(one, askedAt);
  takeMarks(one);
  takeMasks(one);
  takeFindings(one, askedAt);
  forgetHistory();
  state.verdicts.value = verdictsOf(one);
  state.missing.value = new Set();
  state.finished.value = false;
  state.fatal.value = '';
  state.imageProblem.value = '';
  state.problem.value = '';
  state.isAnatomyOpen.value = false; // what was being said is about the case before
  state.marking.value = null;
  state.asking.value = null;
  state.isCommenting.value = false;
  state.isElsewhere.value = false;
  state.active.value = firstEmpty(state.grid.value, state.values.value) ?? { level: 0, column: 0 };
  document.body.dataset.ready = 'loading';
  document.body.dataset.reading = String(one.id);
  document.title = `${one.case.number} · ${one.arm.label} · SpineStudy`;
  startClock();
  if (!state.viewing.current) firstSlices(one, state.activeLevel.value).forEach(askEarly);
}

/** Take over what came in the meantime; the active cell stays where there is still one. */
export async function refresh(): Promise<void> {
  const current = state.reading.value;
  if (current) renew(await get(current.id));
}

/** Acts of an earlier page have come in late: what it had hung is hung now. */
async function refreshWhole(): Promise<void> {
  await refresh();
  if (state.reading.value) hangAsTold(state.reading.value);
}

function renew({ one: fetched, askedAt }: Fetched): void {
  if (state.reading.value?.id !== fetched.id) return;
  const one = withOwnHanging(withOwnMarks(fetched), askedAt);
  state.reading.value = one;
  takeAnswers(one, askedAt);
  state.verdicts.value = verdictsOf(one);
  takeFindings(one, askedAt, false);
  state.active.value = within(state.grid.value, state.active.value);
  state.viewing.current?.update(one);
}

/** Begin: the reading and the viewer are fetched side by side; the grid waits for neither. */
export async function begin(id: number, viewer: () => Promise<state.Viewing>): Promise<void> {
  document.body.dataset.ready = 'loading';
  const loading = viewer();
  loading.catch(() => undefined); // told below, once the reading is there
  try {
    await outbox.ready;
    void outbox.flush();
    take(await get(id, 0)); // the page has asked for it when it began
    state.viewing.current = await loading;
    if (state.reading.value) await show(state.reading.value);
  } catch (error) {
    state.fatal.value = (error as Error).message;
  }
}

async function open(fetched: Fetched): Promise<void> {
  take(fetched);
  if (state.reading.value) await show(state.reading.value);
}

/** Show a case as it was fetched ahead; what has changed since comes once its images are seen. */
async function openAhead({ one, askedAt }: Fetched, done: number): Promise<void> {
  const progress = { ...one.progress, done };
  take({ one: { ...one, progress }, askedAt });
  await show(state.reading.value ?? one, () => overtake(one));
}

async function overtake(one: Reading): Promise<void> {
  const fresh = await get(one.id).catch((error: ApiError) => {
    // without a network it is read as it was fetched
    const isRefused = error.isFinal || error.status === 403;
    if (isRefused && state.reading.value?.id === one.id) state.fatal.value = error.message;
    return null;
  });
  if (!fresh || state.reading.value?.id !== one.id) return;
  renew(fresh);
  if (differ(one.measurements, fresh.one.measurements)) takeMarks(fresh.one);
  if (differ(one.masks, fresh.one.masks)) takeMasks(fresh.one);
}

const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);

/** Nothing else is asked of the server before the images are seen: it would delay them. */
async function show(one: Reading, whenSeen?: () => Promise<void>): Promise<void> {
  const [showsAi, aiOpacity] = [state.isAiVisible.value, state.shownOpacity.value];
  state.viewing.current?.set({ showsAi, aiOpacity });
  showDrawing();
  showMasks();
  showFindings();
  watchAi(one);
  let renewed: Promise<void> | undefined;
  await state.viewing.current?.show(one, state.activeLevel.value, () => {
    renewed = whenSeen?.();
    void loadReports();
  });
  if (state.reading.value?.id !== one.id) return;
  imagesLoaded();
  await renewed;
  const next = state.reading.value?.id === one.id ? state.reading.value.next_reading_id : null;
  if (next === null) return;
  keepAhead(await get(next).catch(() => null));
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
  if (!one || state.isSubmitting.value || state.isOver.value || state.isPaused.value) return;
  if (state.conflicts.value.length) {
    state.problem.value = 'Choose first between the answers given here and elsewhere.';
    return;
  }
  state.isSubmitting.value = true;
  const telling = setTimeout(() => (state.isSubmittingLong.value = true), TELL_AFTER_MS);
  try {
    await saveMasks();
    await outbox.flush();
    if (outbox.waiting.some((act) => act.readingId === one.id && isWork(act))) {
      state.problem.value = 'Some answers wait for their reader to sign in again.';
      return;
    }
    const wasClosed = state.isClosed.value;
    const next = wasClosed ? one : await close(one);
    if (!isStill(one)) return; // the reader has gone elsewhere meanwhile
    state.problem.value = '';
    if (next.next_reading_id === null) {
      state.finished.value = true;
      stopClock();
      restore(one);
    } else {
      await goTo(next.next_reading_id, one.progress.done + Number(!wasClosed));
    }
  } catch (error) {
    refuse(error as ApiError);
  } finally {
    clearTimeout(telling);
    state.isSubmitting.value = false;
    state.isSubmittingLong.value = false;
  }
}

const isStill = ({ id }: Reading): boolean => state.reading.value?.id === id;

async function close(one: Reading): Promise<{ next_reading_id: number | null }> {
  const last: NewAct[] = [];
  stopClock((act) => last.push(act));
  last.splice(0, last.length - 1).forEach((act) => outbox.put(act)); // more than one takes along
  try {
    await outbox.flush();
    const submitted = submitWith(one.id, last[0]);
    drawAhead(one);
    const done = await submitted;
    forgetSeconds(one.id);
    forgetConfirmed(one.id);
    if (isStill(one)) {
      state.reading.value = { ...one, status: 'submitted', next_reading_id: done.next_reading_id };
    }
    return done;
  } catch (error) {
    if (isStill(one)) {
      restore(one);
      startClock();
      imagesLoaded();
    }
    throw error;
  }
}

/** The times of the case and its submission are stored together, by one request. */
function submitWith(id: number, last?: NewAct): ReturnType<typeof submitReading> {
  return last ? outbox.carry(last, () => submitReading(id, last.body)) : submitReading(id);
}

async function goTo(id: number, done: number): Promise<void> {
  const number = ++asked;
  const ready = readyAhead(id);
  const fetched = ready ?? (await getOr(fetchedAhead(id), id));
  if (number !== asked) return; // the reader has gone elsewhere meanwhile
  history.pushState({ id }, '', `/readings/${id}/`);
  void (ready ? openAhead(ready, done) : open(fetched));
}

const getOr = (known: Fetched | null, id: number): Promise<Fetched> =>
  get(id).catch((error: unknown) => {
    if (known) return known;
    throw error;
  });

function refuse(error: ApiError): void {
  state.problem.value = error.message;
  const left = error.details?.missing as
    { item: string; disc_level: string; side: string }[] | undefined;
  if (!left?.length) return;
  state.missing.value = new Set(
    left.map(({ disc_level, item, side }) => cellKey(disc_level, item, side)),
  );
  const first = state.empty.value.find((cell) =>
    state.missing.value.has(keyAt(state.grid.value, cell)),
  );
  if (first) activate(first);
}

whenRefused(() => void refresh().catch(() => undefined));
whenTakenOver(() => void refreshWhole().catch(() => undefined));
window.addEventListener('popstate', () => {
  const id = Number(/readings\/(\d+)/.exec(location.pathname)?.[1]);
  const number = ++asked;
  if (!id) return;
  get(id).then(
    (fetched) => void (number === asked && open(fetched)),
    (error: Error) => number === asked && (state.fatal.value = error.message),
  );
});
