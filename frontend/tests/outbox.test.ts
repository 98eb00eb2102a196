import { beforeEach, describe, expect, it } from 'vitest';

import { ApiError } from '../src/api/client';
import {
  Outbox,
  type OutboxOptions,
  type OutboxState,
  type OutboxStorage,
  type Pending,
} from '../src/api/outbox';
import type { Answer, Grade } from '../src/api/types';

let kept: Record<string, string>;
let states: OutboxState[];
let stored: string[];
let refused: string[];

let isFull: boolean;

const storage: OutboxStorage = {
  getItem: (key: string) => kept[key] ?? null,
  setItem: (key: string, value: string) => {
    if (isFull) throw new Error('quota');
    kept[key] = value;
  },
  removeItem: (key: string) => {
    kept = Object.fromEntries(Object.entries(kept).filter(([other]) => other !== key));
  },
  key: (index: number) => Object.keys(kept)[index] ?? null,
  get length() {
    return Object.keys(kept).length;
  },
};

const pending = (key: string, second = 0, readingId = 7): Pending => ({
  readingId,
  answer: {
    item: 'modic',
    disc_level: 'L4/L5',
    side: '',
    reason: '',
    confidence: null,
    comment: '',
    base_revision: 0,
    score: 1,
    not_gradable: false,
    answer_key: key,
    answered_at: `2026-11-20T09:00:0${second}Z`,
  },
});

function outbox(send: (id: number, answer: Answer) => Promise<Grade>): Outbox {
  const options: OutboxOptions = {
    storage,
    prefix: 'answer:',
    send,
    onState: (state) => states.push(state),
    onStored: ({ answer }) => stored.push(answer.answer_key),
    onRefused: ({ answer }) => refused.push(answer.answer_key),
    wait: () => Promise.resolve(),
  };
  return new Outbox(options);
}

const grade = {} as Grade;

beforeEach(() => {
  kept = {};
  isFull = false;
  states = [];
  stored = [];
  refused = [];
});

describe('an answer', () => {
  it('is kept in the browser before it is sent', () => {
    const box = outbox(() => new Promise(() => undefined));
    box.put(pending('a'));
    expect(kept['answer:a']).toContain('"a"');
  });

  it('leaves the browser only when the server has stored it', async () => {
    const box = outbox(() => Promise.resolve(grade));
    box.put(pending('a'));
    await box.flush();
    expect(kept).toEqual({});
    expect(states.at(-1)).toEqual({ kind: 'saved', held: 0 });
  });

  it('is sent again until the server has it, under the same key', async () => {
    let attempts = 0;
    const box = outbox((_, answer) => {
      attempts += 1;
      expect(answer.answer_key).toBe('a');
      return attempts < 4 ? Promise.reject(new ApiError(0, 'network', '')) : Promise.resolve(grade);
    });
    box.put(pending('a'));
    await box.flush();
    expect(attempts).toBe(4);
    expect(stored).toEqual(['a']);
    expect(states.map((state) => state.kind)).toContain('retrying');
  });

  it('is never called saved while it waits', async () => {
    let release: (value: Grade) => void = () => undefined;
    const box = outbox(() => new Promise((done) => (release = done)));
    box.put(pending('a'));
    expect(states.at(-1)?.kind).toBe('saving');
    release(grade);
    await box.flush();
    expect(states.at(-1)?.kind).toBe('saved');
  });

  it('survives a reload', async () => {
    outbox(() => new Promise(() => undefined)).put(pending('a'));
    const afterReload = outbox(() => Promise.resolve(grade));
    await afterReload.flush();
    expect(stored).toEqual(['a']);
  });

  it('that the server refuses is told, and does not block the next', async () => {
    const box = outbox((_, answer) =>
      answer.answer_key === 'bad'
        ? Promise.reject(new ApiError(409, 'reading_closed', 'submitted'))
        : Promise.resolve(grade),
    );
    box.put(pending('bad'));
    box.put(pending('good'));
    await box.flush();
    expect(refused).toEqual(['bad']);
    expect(stored).toEqual(['good']);
  });

  it('waits while the person is signed out instead of being dropped', async () => {
    let isSignedOut = true;
    const box = outbox(() =>
      isSignedOut ? Promise.reject(new ApiError(403, 'x', '')) : Promise.resolve(grade),
    );
    box.put(pending('a'));
    await Promise.resolve();
    expect(box.waiting).toHaveLength(1);
    isSignedOut = false;
    await box.flush();
    expect(stored).toEqual(['a']);
  });
});

it('answers go out in the order in which they were given', async () => {
  const sent: string[] = [];
  const box = outbox((_, answer) => {
    sent.push(answer.answer_key);
    return Promise.resolve(grade);
  });
  ['a', 'b', 'c'].forEach((key) => box.put(pending(key)));
  await box.flush();
  expect(sent).toEqual(['a', 'b', 'c']);
});

it('answers left behind by an earlier page go out in the order in which they were given', async () => {
  const earlier = outbox(() => new Promise(() => undefined));
  earlier.put(pending('late', 2));
  earlier.put(pending('early', 1));
  const sent: string[] = [];
  await outbox((_, answer) => {
    sent.push(answer.answer_key);
    return Promise.resolve(grade);
  }).flush();
  expect(sent).toEqual(['early', 'late']);
});

it('two windows keep their answers beside each other', async () => {
  const one = outbox(() => new Promise(() => undefined));
  const other = outbox(() => Promise.resolve(grade));
  one.put(pending('a'));
  other.put(pending('b'));
  await other.flush();
  expect(Object.keys(kept)).toEqual(['answer:a']);
});

describe('an answer of another reader', () => {
  const onlyFor = (owner: { readingId: number }) => (id: number) =>
    id === owner.readingId ? Promise.resolve(grade) : Promise.reject(new ApiError(404, 'x', ''));

  it('is held, neither dropped nor in the way, and sent when its reader is back', async () => {
    const signedIn = { readingId: 8 };
    const box = outbox((id) => onlyFor(signedIn)(id));
    box.put(pending('of another', 1, 7));
    box.put(pending('own', 2, 8));
    await box.flush();
    expect(stored).toEqual(['own']);
    expect(refused).toEqual([]);
    expect(states.at(-1)).toEqual({ kind: 'saved', held: 1 });
    expect(Object.keys(kept)).toEqual(['answer:of another']);
    signedIn.readingId = 7;
    box.nudge();
    await box.flush();
    expect(stored).toEqual(['own', 'of another']);
    expect(kept).toEqual({});
  });
});

it('an answer is sent even where the browser keeps nothing', async () => {
  isFull = true;
  const box = outbox(() => Promise.resolve(grade));
  box.put(pending('a'));
  await box.flush();
  expect(stored).toEqual(['a']);
});

it('what others keep in the same storage is left alone', async () => {
  kept = { advance: 'on', 'answer:torn': '{"readingId":' };
  const box = outbox(() => Promise.resolve(grade));
  await box.flush();
  expect(stored).toEqual([]);
  expect(kept.advance).toBe('on');
});

it('a person who is signed out is told so', async () => {
  let isSignedOut = true;
  const box = outbox(() =>
    isSignedOut
      ? Promise.reject(new ApiError(403, 'not_authenticated', ''))
      : Promise.resolve(grade),
  );
  box.put(pending('a'));
  await Promise.resolve();
  await Promise.resolve();
  expect(states.at(-1)).toEqual({ kind: 'retrying', waiting: 1, isSignedOut: true });
  isSignedOut = false;
  await box.flush();
  expect(states.at(-1)?.kind).toBe('saved');
});
