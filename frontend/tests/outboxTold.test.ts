import { describe, expect, it } from 'vitest';

import type { ActStore } from '../src/api/actStore';
import { type Act, type NewAct, Outbox, type OutboxState } from '../src/api/outbox';

const store: ActStore = {
  all: () => Promise.resolve([]),
  put: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

const act = (id: string, kind = 'answer'): NewAct => ({
  id,
  readingId: 7,
  kind,
  method: 'PUT',
  url: '/',
  body: { score: 1 },
});

function outbox(
  send: (act: Act) => Promise<unknown>,
  isCounted: (act: Act) => boolean = () => true,
) {
  const states: OutboxState[] = [];
  const box = new Outbox({
    store,
    window: 'this window',
    send,
    onState: (state) => states.push(state),
    onFragile: () => undefined,
    gone: () => Promise.resolve(),
    isCounted,
  });
  return { box, states };
}

const done = () => Promise.resolve({});
const settled = () => new Promise((go) => setTimeout(go));

describe('an act', () => {
  it('is told as waiting at once, also behind one that is on its way', async () => {
    let release: (value: unknown) => void = () => undefined;
    const { box, states } = outbox(({ id }) =>
      id === 'a' ? new Promise((go) => (release = go)) : done(),
    );
    box.put(act('a'));
    await settled();
    box.put(act('b'));
    expect(states.at(-1)).toEqual({ kind: 'saving', waiting: 2 });
    release({});
    await box.flush();
    expect(states.at(-1)).toEqual({ kind: 'saved', held: 0 });
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'that comes %i steps after the last one was stored is sent too',
    async (steps) => {
      const stored: string[] = [];
      const { box, states } = outbox(done);
      const putAfter = (left: number): unknown =>
        left ? Promise.resolve().then(() => putAfter(left - 1)) : box.put(act('b'));
      box.on('answer', {
        onStored: ({ id }) => {
          stored.push(id);
          if (id === 'a') putAfter(steps);
        },
      });
      box.put(act('a'));
      await settled();
      await settled();
      expect(stored).toEqual(['a', 'b']);
      expect(states.at(-1)).toEqual({ kind: 'saved', held: 0 });
    },
  );

  it('that is not counted waits all the same and is not told', async () => {
    const forever = () => new Promise<never>(() => undefined);
    const { box, states } = outbox(forever, ({ kind }) => kind === 'answer');
    box.put(act('a'));
    box.put(act('times', 'events'));
    await settled();
    expect(states.at(-1)).toEqual({ kind: 'saving', waiting: 1 });
    expect(box.waiting).toHaveLength(2);
  });
});
