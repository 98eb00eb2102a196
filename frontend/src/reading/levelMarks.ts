/** Kept level marks on their way to the server: shown at once, stored as soon as it can be reached. */
import { readingUrl } from '../api/client';
import type { Act } from '../api/outbox';
import type { LevelMark, Reading } from '../api/types';
import { uuid } from '../api/uuid';
import type { NamedPlace } from '../geometry/levelNames';
import { isHere, note, outbox } from './outbox';
import * as state from './state';

const KIND = 'level-marks';

type Sent = Pick<LevelMark, 'kind' | 'level' | 'position_lps'>;

const sentBy = (act: Act) => (act.body as { marks: Sent[] }).marks;

/** The last marks that wait for the server, or null. */
const waitingFor = (readingId: number): Sent[] | null => {
  const acts = outbox.waiting.filter((act) => act.kind === KIND && act.readingId === readingId);
  const last = acts.at(-1);
  return last ? sentBy(last) : null;
};

const asOwn = (marks: readonly Sent[]): LevelMark[] =>
  marks.map((mark) => ({ ...mark, source: 'reading' }));

/** A reading as the reader left it: marks that aren't stored yet replace those that are. */
export function withOwnMarks(one: Reading): Reading {
  const waiting = waitingFor(one.id);
  return waiting ? { ...one, level_marks: asOwn(waiting) } : one;
}

function show(levelMarks: LevelMark[]): void {
  if (!state.reading.value) return;
  state.reading.value = { ...state.reading.value, level_marks: levelMarks };
  state.viewing.current?.update(state.reading.value);
}

/** Keep the marks in place of earlier ones. */
export function keepMarks(places: readonly NamedPlace[]): void {
  const one = state.reading.value;
  if (!one || state.isClosed.value || !places.length) return;
  const marks = places.map(({ kind, level, point }): Sent => {
    return { kind, level, position_lps: point.map((mm) => Math.round(mm * 100) / 100) };
  });
  show(asOwn(marks));
  outbox.put({
    id: uuid(),
    readingId: one.id,
    kind: KIND,
    method: 'PUT',
    url: `${readingUrl(one.id)}level-marks/`,
    body: { marks },
  });
  note();
}

/** What to do with marks that the server refuses, so that they can be put right. */
let onRefused: (marks: readonly Sent[]) => void = () => undefined;
export const whenMarksRefused = (act: typeof onRefused): void => void (onRefused = act);

outbox.on(KIND, {
  onStored: (act, answer) => {
    if (!isHere(act) || waitingFor(act.readingId)) return;
    show((answer as { level_marks: LevelMark[] }).level_marks);
  },
  onRefused: (act, error) => {
    state.problem.value = `The level marks were not stored. ${error.message}`;
    if (isHere(act) && !waitingFor(act.readingId)) onRefused(sentBy(act));
  },
});
