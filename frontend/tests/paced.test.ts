import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { paced } from '../src/api/paced';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a burst of events', () => {
  it('is answered at once, then at most every 150 ms, and its last event is never lost', async () => {
    const starts: number[] = [];
    const request = paced(async () => void starts.push(performance.now()), 150);
    const began = performance.now();
    for (let ms = 0; ms < 1000; ms += 10) {
      request();
      await vi.advanceTimersByTimeAsync(10);
    }
    const lastEvent = performance.now() - 10;
    await vi.advanceTimersByTimeAsync(1000);
    expect(starts[0]).toBe(began);
    const gaps = starts.slice(1).map((at, place) => at - (starts[place] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(150);
    expect(starts.length).toBeLessThanOrEqual(8);
    expect(starts.at(-1)).toBeGreaterThanOrEqual(lastEvent);
  });

  it('waits for a slow answer and then asks once more', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const request = paced(async () => {
      runs += 1;
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 400));
      running -= 1;
    }, 150);
    request();
    await vi.advanceTimersByTimeAsync(100);
    request();
    request();
    await vi.advanceTimersByTimeAsync(2000);
    expect([most, runs]).toEqual([1, 2]);
  });
});
