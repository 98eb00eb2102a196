/** The outbox of this window, and what the room shows of it. */
import { gone, IndexedActs, JournaledActs, live } from '../api/actStore';
import { sendAct } from '../api/client';
import { type Act, Outbox } from '../api/outbox';
import { uuid } from '../api/uuid';
import * as state from './state';

/** This window, for the server and for the other windows of this browser. */
export const WINDOW_KEY = uuid();

const TIMES = new Set(['opened', 'left', 'span', 'paused', 'resumed']);
/** To tell of times on their way would only draw the page twice; a verdict is waited for. */
const isTimes = ({ kind, body }: Act): boolean =>
  kind === 'events' &&
  (body as { events: { kind: string }[] }).events.every((one) => TIMES.has(one.kind));

const watchers: (() => void)[] = [];
const takers: (() => void)[] = [];
live(WINDOW_KEY);

export const outbox = new Outbox({
  store: new JournaledActs(localStorage, new IndexedActs()),
  window: WINDOW_KEY,
  send: sendAct,
  gone,
  isCounted: (act) => !isTimes(act),
  onTakenOver: () => {
    takers.forEach((act) => act());
    note();
  },
  onState: (saving) => {
    const isQuiet = saving.kind === 'saving' && outbox.waiting.every(isTimes);
    if (!isQuiet) state.saving.value = saving;
    note();
  },
  onFragile: () => (state.isFragile.value = true),
});

/** Called when acts of a window that is gone have come in. */
export function whenTakenOver(act: () => void): void {
  takers.push(act);
}

/** Called whenever what waits has changed. */
export function watchOutbox(act: () => void): void {
  watchers.push(act);
}

export function note(): void {
  watchers.forEach((act) => act());
}

/** Of the reading on screen, and not an event: events are no answers that could be lost. */
export const isHere = (act: Act) => act.readingId === state.reading.value?.id;
export const isWork = (act: Act) => act.kind !== 'events';

for (const happening of ['online', 'focus']) {
  window.addEventListener(happening, () => outbox.nudge());
}
window.addEventListener('beforeunload', (event) => {
  if (outbox.waiting.some((act) => isHere(act) && isWork(act))) event.preventDefault();
});
