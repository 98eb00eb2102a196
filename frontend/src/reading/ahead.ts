/** The next case: fetched while one is read, and drawn unseen while that one is being submitted. */
import type { Reading } from '../api/types';
import { firstEmpty } from '../grading/model';
import * as state from './state';

export interface Fetched {
  one: Reading;
  askedAt: number;
}

let ahead: Fetched | null = null;
let isDrawn = false;

/** Keep what was fetched, and fetch the slices that it shows first. */
export function keepAhead(fetched: Fetched | null): void {
  ahead = fetched;
  if (fetched) state.viewing.current?.prefetch(fetched.one);
}

/** A reading as it was fetched ahead. */
export const fetchedAhead = (id: number): Fetched | null => (ahead?.one.id === id ? ahead : null);

/** The same if it can be shown so: proposals of AI may have come since, and belong to its opening. */
export function readyAhead(id: number): Fetched | null {
  const known = fetchedAhead(id);
  return known?.one.prediction?.status === 'pending' ? null : known;
}

/** The server decides whether the next case may be seen; until then it is drawn unseen. */
export function drawAhead({ next_reading_id: id }: Reading): void {
  const next = id === null ? null : readyAhead(id)?.one;
  const { current } = state.viewing;
  isDrawn = Boolean(next && current && !next.grades.length);
  if (!next || !isDrawn) return;
  const grid = state.gridOf(next);
  const first = firstEmpty(grid, new Map())?.level ?? 0;
  current?.prepare(next, grid.levels[first] ?? '');
}

/** What was drawn isn't what comes: the images of the case on screen are seen again. */
export function restore(one: Reading): void {
  if (isDrawn) void state.viewing.current?.show(one, state.activeLevel.value);
  isDrawn = false;
}
