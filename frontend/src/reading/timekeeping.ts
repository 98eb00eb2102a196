/** The clock of a case: what the reader does feeds it, the server keeps it. */
import type { NewAct } from '../api/outbox';
import { Activity } from './activity';
import { happened, sendEvents, spent } from './events';
import * as state from './state';

const SEND_EVERY_MS = 15_000;
const place = (readingId: number) => `spinestudy-seconds:${readingId}`;

let activity = new Activity(performance.now(), 60_000);
let isRunning = false;

/** Begin the clock of the reading on screen; a reload goes on from what this browser has kept. */
export function startClock(): void {
  const one = state.reading.value;
  if (!one) return;
  const kept = Number(localStorage.getItem(place(one.id)));
  const seconds = Number.isFinite(kept) && kept > 0 ? kept : 0;
  const now = performance.now();
  activity = new Activity(now, one.protocol.idle_cutoff_s * 1000, seconds);
  activity.setHidden(document.hidden, now);
  activity.setLoading(true, now);
  activity.setLevel(state.activeLevel.value, now);
  isRunning = !state.isClosed.value;
  state.isPaused.value = false;
  state.seconds.value = seconds;
  if (!isRunning) return;
  happened('opened');
  if (state.isAiVisible.value && one.prediction?.status === 'ready') happened('ai_shown');
  sendEvents();
}

/** The images are there (or can't be had): from now on the reader works. */
export function imagesLoaded(): void {
  activity.setLoading(false, performance.now());
}

export function levelEntered(level: string): void {
  activity.setLevel(level, performance.now());
}

/** Close the clock: the reading is submitted or left. What it has measured last is sent. */
export function stopClock(hand?: (act: NewAct) => void): void {
  if (!isRunning) return;
  isRunning = false;
  spent(activity.take(performance.now(), true));
  happened('left');
  sendEvents(hand);
}

export function togglePause(): void {
  if (state.isOver.value || !state.reading.value) return;
  state.isPaused.value = !state.isPaused.value;
  activity.setPaused(state.isPaused.value, performance.now());
  happened(state.isPaused.value ? 'paused' : 'resumed');
  sendEvents();
}

export function forgetSeconds(readingId: number): void {
  localStorage.removeItem(place(readingId));
}

/** Feed the clock from a document; the second window has one of its own. */
export function listenForInput(target: Document): void {
  for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
    target.addEventListener(kind, () => activity.input(performance.now()), {
      passive: true,
      capture: true,
    });
  }
}

listenForInput(document);
document.addEventListener('visibilitychange', () => {
  activity.setHidden(document.hidden, performance.now());
  if (document.hidden && isRunning) {
    spent(activity.take(performance.now()));
    sendEvents();
  }
});
window.addEventListener('pagehide', () => stopClock());
setInterval(() => {
  if (!isRunning) return;
  spent(activity.take(performance.now()));
  sendEvents();
}, SEND_EVERY_MS);
setInterval(() => {
  const one = state.reading.value;
  if (!one || !isRunning) return;
  state.seconds.value = activity.activeSeconds(performance.now());
  try {
    localStorage.setItem(place(one.id), state.seconds.value.toFixed(1));
  } catch {
    // a full or forbidden storage: only a reload would have needed it
  }
}, 1000);
