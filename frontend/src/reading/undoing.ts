/** One history of the case: answers, verdicts and marks are taken back in the order they came. */
import { type Change, History } from './history';
import * as state from './state';

interface Done {
  act: () => void;
  words: string;
}

const history = new History<Done>();
let gathered: Change<Done>[] | null = null;

/** What was changed, and how it is set again. words: what is told when it is taken back. */
export function remember<Value>(
  changes: readonly Change<Value>[],
  set: (key: string, value: Value) => void,
  words = '',
): void {
  const done = changes.map(({ key, before, after }) => ({
    key,
    before: { act: () => set(key, before), words },
    after: { act: () => set(key, after), words },
  }));
  if (gathered) gathered.push(...done);
  else history.add(done);
}

/** What is remembered meanwhile is taken back as one act. */
export function together(act: () => void): void {
  const all: Change<Done>[] = [];
  gathered = all;
  try {
    act();
  } finally {
    gathered = null;
    history.add(all);
  }
}

export function undo(): void {
  tell(history.undo(), 'Taken back', 'Nothing to undo in this case.');
}

export function redo(): void {
  tell(history.redo(), 'Done again', 'Nothing to redo.');
}

function tell(found: { value: Done }[] | null, done: string, nothing: string): void {
  const words = found?.find(({ value }) => value.words)?.value.words;
  state.tip.value = found ? (words ? `${done}: ${words}.` : '') : nothing;
  found?.forEach(({ value }) => value.act());
}

/** Another case: what was done in the last one can't be undone here. */
export const forgetDone = (): void => history.clear();
