/** How many lumbar vertebrae the spine has, as the reader says; the levels of the grid follow. */
import { readingUrl } from '../api/client';
import type { Anatomy, Reading } from '../api/types';
import { uuid } from '../api/uuid';
import { firstEmpty } from '../grading/model';
import { isHere, outbox } from './outbox';
import { refresh } from './session';
import * as state from './state';

export type Count = 4 | 5 | 6;
export type Transition = Anatomy['transition'];

export const TRANSITIONS: Readonly<Record<Transition, string>> = {
  none: 'No transitional vertebra',
  sacralised_l5: 'Last lumbar vertebra sacralised',
  lumbarised_s1: 'S1 lumbarised',
  unspecified: 'Transitional, kind not said',
};

const bodiesOf = (count: Count): string[] => [
  ...Array.from({ length: count }, (_, at) => `L${at + 1}`),
  'S1',
];

/** Disc levels of so many lumbar vertebrae, cranial to caudal. */
export function levelsOf(count: Count): string[] {
  const bodies = bodiesOf(count);
  return bodies.slice(1).map((below, at) => `${bodies[at]}/${below}`);
}

/** Vertebrae that are graded then. */
export const vertebraeOf = (count: Count): string[] => ['T11', 'T12', ...bodiesOf(count)];

/** Answered levels that a spine of so many lumbar vertebrae doesn't have. */
export function levelsLost(one: Reading, count: Count): string[] {
  const left = new Set([...levelsOf(count), ...vertebraeOf(count)]);
  const answered = new Set([...state.values.value.keys()].map((key) => key.split('|')[0] ?? ''));
  return [...one.disc_levels, ...one.vertebral_levels].filter(
    (level) => !left.has(level) && answered.has(level),
  );
}

outbox.on('anatomy', {
  onStored: (act) => {
    if (isHere(act)) void refresh().catch(() => undefined);
  },
  onRefused: (act, error) => {
    state.problem.value = `The number of vertebrae was not stored. ${error.message}`;
    if (isHere(act)) void refresh().catch(() => undefined);
  },
});

/** Say it: the grid follows at once, the server as soon as it can be reached. */
export function sayAnatomy(count: Count, transition: Transition): void {
  const one = state.reading.value;
  if (!one || state.isClosed.value) return;
  const { revision } = one.anatomy;
  const id = uuid();
  state.reading.value = {
    ...one,
    anatomy: { lumbar_count: count, transition, revision: revision + 1 },
    disc_levels: levelsOf(count),
    vertebral_levels: vertebraeOf(count),
  };
  state.active.value = firstEmpty(state.grid.value, state.values.value) ?? { level: 0, column: 0 };
  outbox.put({
    id,
    readingId: one.id,
    kind: 'anatomy',
    method: 'PUT',
    url: `${readingUrl(one.id)}anatomy/`,
    body: { lumbar_count: count, transition, base_revision: revision, act_key: id },
  });
}
