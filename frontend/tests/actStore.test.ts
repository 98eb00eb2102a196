import { describe, expect, it } from 'vitest';

import { type ActStore, JournaledActs } from '../src/api/actStore';
import type { Act } from '../src/api/outbox';

const act = (id: string, madeAt: number, body: unknown = {}): Act => ({
  id,
  readingId: 1,
  kind: 'answer',
  method: 'PUT',
  url: '/',
  body,
  madeAt,
  window: 'w',
});

class Slow implements ActStore {
  readonly kept = new Map<string, Act>();
  finish: () => void = () => undefined;

  all = () => Promise.resolve([...this.kept.values()]);

  put = (one: Act) =>
    new Promise<void>((done) => {
      this.finish = () => {
        this.kept.set(one.id, one);
        done();
      };
    });

  remove = (id: string) => {
    this.kept.delete(id);
    return Promise.resolve();
  };
}

const settled = () => new Promise((go) => setTimeout(go));

describe('an act', () => {
  it('is kept before the database has it, and once when it has', async () => {
    localStorage.clear();
    const slow = new Slow();
    const acts = new JournaledActs(localStorage, slow);
    void acts.put(act('a', 1));
    expect((await acts.all()).map(({ id }) => id)).toEqual(['a']);
    slow.finish();
    await settled();
    expect(localStorage.length).toBe(0);
    expect((await acts.all()).map(({ id }) => id)).toEqual(['a']);
    await acts.remove('a');
    expect(await acts.all()).toEqual([]);
  });

  it('of bytes goes to the database alone', async () => {
    localStorage.clear();
    const acts = new JournaledActs(localStorage, new Slow());
    void acts.put(act('mask', 1, new Uint8Array(4)));
    await settled();
    expect(localStorage.length).toBe(0);
  });

  it('that is sent before the database has it does not come back', async () => {
    localStorage.clear();
    const slow = new Slow();
    const acts = new JournaledActs(localStorage, slow);
    const kept = acts.put(act('a', 1));
    slow.finish();
    await kept;
    await acts.remove('a');
    expect(await acts.all()).toEqual([]);
  });
});
