/** One queued case after the other, without leaving the page. */
import { ApiError } from '../api/client';
import type { AdjudicationCase, CaseInQueue } from '../api/types';
import * as reading from '../reading/state';
import { ReaderMasks } from '../viewer/readerMasks';
import type { ViewingRoom } from '../viewer/room';
import { fetchCase, pageUrl, type Place, sendDecisions } from './api';
import { asReading } from './asReading';
import { forgetChoices, takeChoices } from './choices';
import { follow, takeMasks } from './marks';
import * as state from './state';

let place: Place;
let room: ViewingRoom | null = null;
let ahead: { place: Place; one: AdjudicationCase } | null = null;
/** Counts the cases asked for: of answers that cross on their way only the last one counts. */
let asked = 0;

export const here = () => place;
const isSame = (one: Place, other: Place) => pageUrl(one) === pageUrl(other);

export async function begin(first: Place, viewer: () => Promise<ViewingRoom>): Promise<void> {
  document.body.dataset.ready = 'loading';
  place = first;
  const loading = viewer();
  loading.catch(() => undefined); // told below, once the case is there
  try {
    await take(first, await fetchCase(first));
    room = await loading;
    reading.viewing.current = room;
    const layer = new ReaderMasks();
    room.layers.add(layer);
    follow(room, layer);
    await show();
  } catch (error) {
    state.problem.value = (error as Error).message;
  }
}

async function take(at: Place, one: AdjudicationCase): Promise<void> {
  place = at;
  state.current.value = one;
  state.activeIndex.value = 0;
  state.problem.value = '';
  state.isCommenting.value = false;
  state.hiddenReaders.value = new Set(); // letters are drawn anew for each case
  state.isFinished.value = false;
  takeChoices(at);
  reading.reading.value = asReading(one);
  document.title = `${one.case.number} · Adjudication · SpineStudy`;
  document.body.dataset.ready = 'loading';
  document.body.dataset.case = String(one.id);
  void takeMasks(at, one);
}

async function show(): Promise<void> {
  const one = state.current.value;
  if (!one || !room) return;
  await room.show(asReading(one), state.active.value?.disc_level ?? '');
  if (state.current.value !== one || !one.next) return;
  const coming = { ...place, ...one.next };
  const fetched = await fetchCase(coming).catch(() => null); // asked for again when it opens
  if (!fetched || state.current.value !== one) return;
  ahead = { place: coming, one: fetched };
  room.prefetch(asReading(fetched));
}

/** Go to a disagreement of this case; the images follow to its level. */
export function activate(index: number): void {
  const count = state.cells.value.length;
  if (!count) return;
  state.activeIndex.value = (index + count) % count;
  state.isCommenting.value = false;
  state.problem.value = '';
  room?.goToLevel(state.active.value?.disc_level ?? '');
}

/** The next case of the queue; this one stays in it if it isn't signed. */
export async function goOn(next: CaseInQueue | null, isBack = false): Promise<void> {
  if (!next) return;
  const number = ++asked;
  const to = { ...place, ...next };
  try {
    const known = ahead && isSame(ahead.place, to) ? ahead.one : null;
    const one = known ?? (await fetchCase(to));
    if (number !== asked) return;
    if (!isBack) history.pushState(to, '', pageUrl(to));
    await take(to, one);
    await show();
  } catch (error) {
    if (number === asked) state.problem.value = (error as Error).message;
  }
}

/** Ask for the password once every cell is decided. */
export function sign(): void {
  if (state.left.value) {
    const at = state.cells.value.findIndex(({ id }) => !state.chosen.value.has(id));
    activate(at);
    state.problem.value = `${state.left.value} of ${state.cells.value.length} cells are still open. Here is the first.`;
  } else state.isSigning.value = true;
}

/** Send the decisions with the password; the next case comes by itself. */
export async function send(password: string, isConsensus: boolean): Promise<void> {
  const one = state.current.value;
  if (!one || state.isSending.value) return;
  state.isSending.value = true;
  const [at, known] = [place, one.cells];
  const decisions = known.map(({ id }) => {
    const { score = null, comment = '' } = state.chosen.value.get(id) ?? {};
    return { cell: id, score, comment };
  });
  try {
    const { decided, next } = await sendDecisions(at, {
      decisions,
      password,
      is_consensus: isConsensus,
    });
    forgetChoices(at);
    state.isSigning.value = false;
    state.said.value = `${decided} ${decided === 1 ? 'decision' : 'decisions'} of ${one.case.number} signed.`;
    if (next) await goOn(next);
    else state.isFinished.value = true;
  } catch (error) {
    // somebody else was faster: the dialog has no more use
    if (error instanceof ApiError && error.status === 409) state.isSigning.value = false;
    state.problem.value = (error as Error).message;
  } finally {
    state.isSending.value = false;
  }
}

window.addEventListener('popstate', () => {
  const [, arm, id] = /adjudication\/(\d+)\/(\d+)\/images/.exec(location.pathname) ?? [];
  if (arm && id) void goOn({ arm_id: Number(arm), case_id: Number(id) }, true);
});
