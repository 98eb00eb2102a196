/** What is chosen and not signed yet: kept with this window until it is signed. */
import type { Place } from './api';
import * as state from './state';

type Kept = [cell: number, choice: state.Choice][];

const keyOf = ({ reader_study_id, arm_id, case_id }: Place) =>
  `adjudication/${reader_study_id}/${arm_id}/${case_id}`;
let place: Place | null = null;

/** Begin a case with what was chosen before it was left. */
export function takeChoices(of: Place): void {
  place = of;
  const kept = JSON.parse(sessionStorage.getItem(keyOf(of)) ?? '[]') as Kept;
  const known = new Set(state.cells.value.map(({ id }) => id));
  state.chosen.value = new Map(kept.filter(([cell]) => known.has(cell)));
  state.comments.value = new Map(kept.map(([cell, { comment }]) => [cell, comment]));
}

export function forgetChoices(of: Place): void {
  sessionStorage.removeItem(keyOf(of));
}

function keep(): void {
  if (place) sessionStorage.setItem(keyOf(place), JSON.stringify([...state.chosen.value]));
}

/** Choose an outcome for the active cell; null: not gradable. */
export function choose(score: number | null): void {
  const cell = state.active.value;
  if (!cell) return;
  const item = state.itemOf(cell);
  if (score !== null && !item?.scale.scores.includes(score)) {
    const { scores = [] } = item?.scale ?? {};
    state.problem.value = `The scale has no ${score}: ${scores[0]} to ${scores.at(-1)}, or N.`;
    return;
  }
  state.problem.value = '';
  const comment = state.comments.value.get(cell.id) ?? '';
  state.chosen.value = new Map(state.chosen.value).set(cell.id, { score, comment });
  keep();
}

export function comment(words: string): void {
  const cell = state.active.value;
  if (!cell) return;
  state.comments.value = new Map(state.comments.value).set(cell.id, words);
  const choice = state.chosen.value.get(cell.id);
  if (choice) {
    state.chosen.value = new Map(state.chosen.value).set(cell.id, { ...choice, comment: words });
  }
  keep();
}
