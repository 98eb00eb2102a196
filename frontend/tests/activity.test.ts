import { describe, expect, it } from 'vitest';

import { Activity, type Span } from '../src/reading/activity';

const CUTOFF = 60_000;
const begun = () => new Activity(0, CUTOFF);
const told = (spans: Span[]) =>
  spans.map(({ state, level, fromMs, toMs }) => [state, level, fromMs, toMs]);

describe('the time of a case', () => {
  it('is active while there is input', () => {
    const activity = begun();
    for (let now = 0; now <= 100_000; now += 10_000) activity.input(now);
    expect(told(activity.take(100_000, true))).toEqual([['active', '', 0, 100_000]]);
    expect(activity.activeSeconds(100_000)).toBe(100);
  });

  it('is idle from the last input on where the silence passes the cut-off', () => {
    const activity = begun();
    activity.input(10_000);
    activity.input(90_000);
    expect(told(activity.take(95_000, true))).toEqual([
      ['active', '', 0, 10_000],
      ['idle', '', 10_000, 90_000],
      ['active', '', 90_000, 95_000],
    ]);
  });

  it('stays active over a silence shorter than the cut-off', () => {
    const activity = begun();
    activity.input(50_000);
    expect(told(activity.take(50_000, true))).toEqual([['active', '', 0, 50_000]]);
  });

  it('in a hidden window is no work', () => {
    const activity = begun();
    activity.setHidden(true, 5_000);
    activity.setHidden(false, 25_000);
    expect(told(activity.take(30_000, true))).toEqual([
      ['active', '', 0, 5_000],
      ['hidden', '', 5_000, 25_000],
      ['active', '', 25_000, 30_000],
    ]);
  });

  it('while paused is no work, however long', () => {
    const activity = begun();
    activity.setPaused(true, 5_000);
    activity.setPaused(false, 505_000);
    expect(activity.activeSeconds(506_000)).toBe(6);
  });

  it('while images load stands apart', () => {
    const activity = begun();
    activity.setLoading(true, 0);
    activity.setLoading(false, 700);
    expect(told(activity.take(1_000, true))).toEqual([
      ['loading', '', 0, 700],
      ['active', '', 700, 1_000],
    ]);
  });

  it('is told level by level', () => {
    const activity = begun();
    activity.setLevel('L1/L2', 0);
    activity.setLevel('L2/L3', 4_000);
    expect(told(activity.take(6_000, true))).toEqual([
      ['active', 'L1/L2', 0, 4_000],
      ['active', 'L2/L3', 4_000, 6_000],
    ]);
  });

  it('that may still turn out idle is told only later', () => {
    const activity = begun();
    activity.input(10_000);
    expect(told(activity.take(40_000))).toEqual([['active', '', 0, 10_000]]);
    expect(told(activity.take(80_000))).toEqual([['idle', '', 10_000, 80_000]]);
  });

  it('is told once', () => {
    const activity = begun();
    activity.input(1_000);
    const sum = [activity.take(2_000), activity.take(3_000), activity.take(4_000, true)]
      .flat()
      .reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0);
    expect(sum).toBe(4_000);
  });

  it('shows no more than was worked while nobody is there', () => {
    const activity = begun();
    activity.input(10_000);
    expect(activity.activeSeconds(40_000)).toBe(40);
    expect(activity.activeSeconds(300_000)).toBe(10);
  });
});
