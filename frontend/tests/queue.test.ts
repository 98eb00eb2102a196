import { beforeEach, describe, expect, it, vi } from 'vitest';

import { PaintQueue } from '../src/viewer/queue';

const painted: number[] = [];
const failed: number[] = [];
const loaded = new Set<number>();
let arrivals = new Map<number, { come: () => void; fail: () => void }>();

const queue = () =>
  new PaintQueue({
    isLoaded: (index) => loaded.has(index),
    load: (index) =>
      new Promise<void>((resolve, reject) => {
        arrivals.set(index, {
          come: () => {
            loaded.add(index);
            resolve();
          },
          fail: () => reject(new Error('500')),
        });
      }),
    paint: async (index) => {
      await new Promise((frame) => setTimeout(frame, 1));
      painted.push(index);
    },
    failed: (index) => failed.push(index),
  });

beforeEach(() => {
  painted.length = failed.length = 0;
  loaded.clear();
  arrivals = new Map();
});

describe('slices', () => {
  it('that are loaded are painted one by one, however fast the steps come', async () => {
    for (let index = 0; index < 12; index++) loaded.add(index);
    const slices = queue();
    slices.jump(0);
    for (let index = 1; index < 12; index++) slices.step(index);
    slices.step(10);
    await slices.idle();
    expect(painted).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 10]);
  });

  it('on the way of a jump are left out', async () => {
    for (let index = 0; index < 30; index++) loaded.add(index);
    const slices = queue();
    [1, 2, 3].forEach((index) => slices.step(index));
    slices.jump(20);
    await slices.idle();
    expect(painted).toEqual([1, 20]);
  });

  it('that are not there yet hold nobody up', async () => {
    loaded.add(3);
    const slices = queue();
    [1, 2, 3].forEach((index) => slices.step(index));
    await slices.idle();
    expect(painted).toEqual([3]);
    arrivals.get(1)?.come();
    await Promise.resolve();
    expect(painted).toEqual([3]);
  });

  it('are waited for where the reader stops', async () => {
    const slices = queue();
    slices.jump(5);
    expect(slices.isIdle).toBe(false);
    arrivals.get(5)?.come();
    await slices.idle();
    expect(painted).toEqual([5]);
  });

  it('that can not be had are told once, and only where they are wanted still', async () => {
    const slices = queue();
    slices.jump(5);
    slices.jump(6);
    arrivals.get(5)?.fail();
    arrivals.get(6)?.fail();
    await slices.idle();
    expect(failed).toEqual([6]);
    slices.jump(6);
    arrivals.get(6)?.come();
    await vi.waitFor(() => expect(painted).toEqual([6]));
  });
});
