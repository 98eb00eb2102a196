import { beforeEach, describe, expect, it } from 'vitest';

import type { ActStore } from '../src/api/actStore';
import { ApiError } from '../src/api/client';
import { type Act, type NewAct, Outbox, type OutboxState } from '../src/api/outbox';

let kept: Map<string, Act>;
let states: OutboxState[];
let stored: string[];
let refused: string[];
let isFragile: boolean;
let refusesToKeep: boolean;
let leave: () => void;
let left: Promise<void>;

const store: ActStore = {
  all: () => Promise.resolve([...kept.values()]),
  put: (act) => {
    if (refusesToKeep) return Promise.reject(new Error('quota'));
    kept.set(act.id, act);
    return Promise.resolve();
  },
  remove: (id) => {
    kept.delete(id);
    return Promise.resolve();
  },
};

const act = (id: string, kind = 'answer', readingId = 7): NewAct => ({
  id,
  readingId,
  kind,
  method: 'PUT',
  url: '/',
  body: { score: 1 },
});

function outbox(
  send: (act: Act) => Promise<unknown>,
  alive: string[] = [],
  window = 'this window',
): Outbox {
  const box = new Outbox({
    store,
    window,
    send,
    onState: (state) => states.push(state),
    onFragile: () => (isFragile = true),
    gone: (other) => (alive.includes(other) ? left : Promise.resolve()),
    wait: () => Promise.resolve(),
  });
  box.on('answer', {
    onStored: ({ id }) => stored.push(id),
    onRefused: ({ id }) => refused.push(id),
  });
  return box;
}

const forever = () => new Promise<never>(() => undefined);
const done = () => Promise.resolve({});
const settled = () => new Promise((go) => setTimeout(go));

beforeEach(() => {
  kept = new Map();
  left = new Promise((go) => (leave = go));
  isFragile = false;
  refusesToKeep = false;
  states = [];
  stored = [];
  refused = [];
});

describe('an act', () => {
  it('is kept in the browser before it is sent', async () => {
    const box = outbox(({ id }) => {
      expect(kept.has(id)).toBe(true);
      return done();
    });
    box.put(act('a'));
    await box.flush();
    expect(stored).toEqual(['a']);
  });

  it('leaves the browser only when the server has stored it', async () => {
    const box = outbox(done);
    box.put(act('a'));
    await box.flush();
    await settled();
    expect(kept.size).toBe(0);
    expect(states.at(-1)).toEqual({ kind: 'saved', held: 0 });
  });

  it('is sent again until the server has it, under the same id', async () => {
    let attempts = 0;
    const box = outbox(({ id }) => {
      attempts += 1;
      expect(id).toBe('a');
      return attempts < 4 ? Promise.reject(new ApiError(0, 'network', '')) : done();
    });
    box.put(act('a'));
    await box.flush();
    expect(attempts).toBe(4);
    expect(states.map((state) => state.kind)).toContain('retrying');
  });

  it('is never called saved while it waits', async () => {
    let release: (value: unknown) => void = () => undefined;
    const box = outbox(() => new Promise((go) => (release = go)));
    box.put(act('a'));
    await settled();
    expect(states.at(-1)?.kind).toBe('saving');
    release({});
    await box.flush();
    expect(states.at(-1)?.kind).toBe('saved');
  });

  it('survives a reload', async () => {
    outbox(forever).put(act('a'));
    await settled();
    await outbox(done, [], 'next window').flush();
    expect(stored).toEqual(['a']);
  });

  it('of a window that is still open is left to it until it is gone', async () => {
    outbox(forever).put(act('a'));
    await settled();
    const other = outbox(done, ['this window'], 'other window');
    await other.flush();
    expect(stored).toEqual([]);
    expect(kept.has('a')).toBe(true);
    leave();
    await settled();
    await other.flush();
    expect(stored).toEqual(['a']);
  });

  it('of a window opened later is taken over once that is gone and this one is asked', async () => {
    const here = outbox(done, ['later window'], 'this window');
    await here.flush();
    outbox(forever, [], 'later window').put(act('a'));
    await settled();
    here.nudge();
    here.nudge();
    await settled();
    expect(stored).toEqual([]);
    leave();
    await settled();
    await here.flush();
    expect(stored).toEqual(['a']);
  });

  it('that the server refuses is told, and does not block the next', async () => {
    const box = outbox(({ id }) =>
      id === 'bad' ? Promise.reject(new ApiError(409, 'reading_closed', '')) : done(),
    );
    box.put(act('bad'));
    box.put(act('good'));
    await box.flush();
    expect(refused).toEqual(['bad']);
    expect(stored).toEqual(['good']);
  });

  it('waits while the person is signed out instead of being dropped', async () => {
    let isSignedOut = true;
    const box = outbox(() =>
      isSignedOut ? Promise.reject(new ApiError(403, 'not_authenticated', '')) : done(),
    );
    box.put(act('a'));
    await Promise.resolve();
    expect(box.waiting).toHaveLength(1);
    isSignedOut = false;
    await box.flush();
    expect(stored).toEqual(['a']);
  });

  it('that belongs to another person is held, lets others pass, and goes when asked', async () => {
    let isOwner = false;
    const box = outbox(({ id }) =>
      id === 'theirs' && !isOwner ? Promise.reject(new ApiError(404, 'missing', '')) : done(),
    );
    box.put(act('theirs'));
    box.put(act('mine'));
    await box.flush();
    expect(stored).toEqual(['mine']);
    expect(states.at(-1)).toEqual({ kind: 'saved', held: 1 });
    expect(kept.has('theirs')).toBe(true);
    isOwner = true;
    box.nudge();
    await box.flush();
    expect(stored).toEqual(['mine', 'theirs']);
  });

  it('goes to the server even where the browser keeps nothing, and that is told', async () => {
    refusesToKeep = true;
    const box = outbox(done);
    box.put(act('a'));
    await box.flush();
    expect(stored).toEqual(['a']);
    expect(isFragile).toBe(true);
  });

  it('that has lost its sense can be withdrawn', async () => {
    const box = outbox(forever);
    box.put(act('a'));
    box.put(act('b'));
    await settled();
    expect(box.withdraw(({ id }) => id === 'b').map(({ id }) => id)).toEqual(['b']);
    await settled();
    expect([...kept.keys()]).toEqual(['a']);
  });
});

it('acts go out in the order in which they were made, also over a reload', async () => {
  const first = outbox(forever);
  ['a', 'b', 'c'].forEach((id) => first.put(act(id)));
  await settled();
  const sent: string[] = [];
  const next = outbox(
    ({ id }) => {
      sent.push(id);
      return done();
    },
    [],
    'next window',
  );
  next.put(act('d'));
  await next.flush();
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

describe('an act that goes with another request', () => {
  it('is kept in the browser before the request begins, and is not sent by itself', async () => {
    const sent: string[] = [];
    const box = outbox(({ id }) => {
      sent.push(id);
      return done();
    });
    const answer = await box.carry(act('last', 'events'), () => {
      expect(kept.has('last')).toBe(true);
      expect(box.waiting.map(({ id }) => id)).toEqual(['last']);
      return Promise.resolve('submitted');
    });
    await box.flush();
    await settled();
    expect(answer).toBe('submitted');
    expect(sent).toEqual([]);
    expect(box.waiting).toEqual([]);
    expect(kept.size).toBe(0);
  });

  it('is sent by itself, before what waits, when the request has failed', async () => {
    const sent: string[] = [];
    const box = outbox(({ id }) => {
      sent.push(id);
      return done();
    });
    const failing = box.carry(act('last', 'events'), async () => {
      await settled();
      throw new ApiError(0, 'network', 'The server cannot be reached.');
    });
    await expect(failing).rejects.toThrow('cannot be reached');
    box.put(act('later'));
    await box.flush();
    await settled();
    expect(sent).toEqual(['last', 'later']);
    expect(kept.size).toBe(0);
  });

  it('outlives the page that dies meanwhile', async () => {
    const before = outbox(done, [], 'first window');
    void before.carry(act('last', 'events'), forever);
    await settled();
    const sent: string[] = [];
    const after = outbox(({ id }) => {
      sent.push(id);
      return done();
    });
    await after.ready;
    await after.flush();
    expect(sent).toEqual(['last']);
  });
});
