/** Events of a reading: what happened when, sent in batches through the outbox. */
import { readingUrl } from '../api/client';
import type { NewAct } from '../api/outbox';
import { uuid } from '../api/uuid';
import type { Span } from './activity';
import { outbox, WINDOW_KEY } from './outbox';
import * as state from './state';
import { isUnattended } from './states';

export type EventKind =
  | 'opened'
  | 'left'
  | 'span'
  | 'paused'
  | 'resumed'
  | 'ai_shown'
  | 'ai_hidden'
  | 'ai_accepted'
  | 'ai_rejected'
  | 'ai_opacity'
  | 'finding_accepted'
  | 'finding_rejected'
  | 'finding_open'
  | 'undo'
  | 'redo'
  | 'layout'
  | 'ai_open'
  | 'ai_evidence_shown'
  | 'ai_evidence_hidden';

interface ReadingEvent {
  event_key: string;
  kind: EventKind;
  at: string;
  detail: Record<string, unknown>;
}

const MOST = 200; // the server takes no more at once
/** With times of an unattended reading: they must not keep its session alive. */
const PASSIVE = { 'X-Passive': '1' };
let waiting: ReadingEvent[] = [];
let ofReading = 0;

interface StoredEvents {
  readingId: number;
  atMs: number;
  events: readonly ReadingEvent[];
}

const KEPT_MS = 120_000; // longer than any request is waited for
let stored: readonly StoredEvents[] = [];

const eventsOf = ({ body }: Pick<NewAct, 'body'>): readonly ReadingEvent[] =>
  (body as { events: ReadingEvent[] }).events;

outbox.on('events', {
  onStored: (act, answer) => {
    const atMs = performance.now();
    const one = { readingId: act.readingId, atMs, events: eventsOf(act) };
    stored = [...stored.filter((other) => other.atMs > atMs - KEPT_MS), one];
    if (act.readingId !== state.reading.value?.id) return;
    state.isElsewhere.value = (answer as { elsewhere: boolean }).elsewhere;
  },
});

/** Remember an event of the reading on screen; `sendEvents` sends it. */
export function happened(
  kind: EventKind,
  detail: Record<string, unknown> = {},
  at: number = Date.now(),
): void {
  const one = state.reading.value;
  if (!one || state.isClosed.value) return;
  if (ofReading !== one.id) sendEvents();
  ofReading = one.id;
  waiting.push({ event_key: uuid(), kind, at: new Date(at).toISOString(), detail });
}

/**
 * What the server's answer about a reading may not know yet, oldest first: events that wait, and those
 * stored since it was asked (`askedAt`: performance.now()).
 */
export function newerEvents(
  readingId: number,
  askedAt: number,
): Pick<ReadingEvent, 'kind' | 'detail'>[] {
  const since = stored.filter((one) => one.readingId === readingId && one.atMs >= askedAt);
  const waits = outbox.waiting.filter(
    (act) => act.kind === 'events' && act.readingId === readingId,
  );
  return [...since.flatMap(({ events }) => events), ...waits.flatMap(eventsOf)];
}

/** Spans of time; their clock is performance.now(). */
export function spent(spans: readonly Span[]): void {
  const origin = Date.now() - performance.now();
  for (const { state: how, level, fromMs, toMs } of spans) {
    const ms = Math.round(toMs - fromMs);
    if (ms > 0) happened('span', { state: how, level, ms }, origin + toMs);
  }
}

/** Send what has happened since the last time, or hand it over as acts to be sent. */
export function sendEvents(hand: (act: NewAct) => void = (act) => outbox.put(act)): void {
  const events = waiting;
  waiting = [];
  for (let from = 0; from < events.length; from += MOST) {
    hand({
      ...(isUnattended(events) ? { headers: PASSIVE } : {}),
      id: uuid(),
      readingId: ofReading,
      kind: 'events',
      method: 'POST',
      url: `${readingUrl(ofReading)}events/`,
      body: { window_key: WINDOW_KEY, events: events.slice(from, from + MOST) },
    });
  }
}
