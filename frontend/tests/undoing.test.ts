import { beforeEach, expect, it } from 'vitest';

import * as state from '../src/reading/state';
import { forgetDone, redo, remember, together, undo } from '../src/reading/undoing';

const values = new Map<string, number>();
const set = (key: string, value: number) => void values.set(key, value);

function change(key: string, after: number, words = ''): void {
  remember([{ key, before: values.get(key) ?? 0, after }], set, words);
  set(key, after);
}

beforeEach(() => {
  forgetDone();
  values.clear();
});

it('acts of all kinds are taken back in the order they came, the last first', () => {
  change('grade', 3);
  change('verdict', 1, 'Verdict on a finding of AI');
  undo();
  expect(Object.fromEntries(values)).toEqual({ grade: 3, verdict: 0 });
  expect(state.tip.value).toBe('Taken back: Verdict on a finding of AI.');
  undo();
  expect(values.get('grade')).toBe(0);
  undo();
  expect(state.tip.value).toBe('Nothing to undo in this case.');
  redo();
  redo();
  expect(Object.fromEntries(values)).toEqual({ grade: 3, verdict: 1 });
});

it('what was done together is taken back together', () => {
  together(() => {
    change('verdict', 1);
    change('grade', 2);
  });
  undo();
  expect(Object.fromEntries(values)).toEqual({ grade: 0, verdict: 0 });
  redo();
  expect(Object.fromEntries(values)).toEqual({ grade: 2, verdict: 1 });
});

it('nothing of another case is taken back', () => {
  change('grade', 2);
  forgetDone();
  undo();
  expect(values.get('grade')).toBe(2);
});
