import { describe, expect, it } from 'vitest';

import { changedPairs, heat, INK, kappa, pairOf, pairsCsv } from '../src/charts/kappaWords';
import { clock, isUnattended, savedWords, setWords } from '../src/reading/states';

describe('the reading room', () => {
  it('says saved only when nothing waits', () => {
    expect(savedWords({ kind: 'saved' }, 3)).toBe('All answers saved');
    expect(savedWords({ kind: 'retrying', waiting: 1 }, 3)).toContain('1 answer waits');
    expect(savedWords({ kind: 'retrying', waiting: 2 }, 3)).toContain('2 answers wait');
    expect(savedWords({ kind: 'retrying', waiting: 2, isSignedOut: true }, 3)).toMatch(
      /^Signed out/,
    );
    expect(savedWords({ kind: 'saved' }, 3, 1)).toMatch(/^Not saved/);
  });

  it('tells an unattended reading from one that is worked on', () => {
    const span = (state: string) => ({ kind: 'span', detail: { state } });
    expect(isUnattended([span('idle'), span('hidden'), span('paused')])).toBe(true);
    expect(isUnattended([span('idle'), span('active')])).toBe(false);
    expect(isUnattended([{ kind: 'opened', detail: {} }])).toBe(false);
  });
});

it('a clock reads minutes and seconds', () => {
  expect(clock(61.9)).toBe('1:01');
});

describe('a prediction set', () => {
  it('reads as its ends', () => {
    expect(setWords(['mild', 'moderate', 'severe'])).toBe('mild to severe');
    expect(setWords(['none'])).toBe('none');
  });
});

describe('the agreement matrix', () => {
  const pair = (a: string, b: string, value: number | null, n_items = 10) => ({
    a,
    b,
    value,
    ci: null,
    n_items,
    n_patients: 2,
    undefined: null,
  });

  it('writes a real minus sign and two digits', () => {
    expect(kappa(-0.049)).toBe('−0.05');
    expect(kappa(0.7)).toBe('0.70');
    expect(kappa(-0.001)).toBe('0.00');
  });

  it('finds a pair in either order and leaves the diagonal blank', () => {
    const pairs = [pair('R1', 'R2', 0.5)];
    expect(pairOf(pairs, 'R2', 'R1')).toBe(pairs[0]);
    expect(pairOf(pairs, 'R1', 'R1')).toBeUndefined();
  });

  it('gives the pairs as CSV in full precision, empty where undefined', () => {
    const pairs = [pair('R1', 'R2', 0.123456789), pair('R1', 'R3', null)];
    const [header, first, second] = pairsCsv('modic', 'quadratic', pairs).split('\r\n');
    expect(header?.split(',')).toHaveLength(10);
    expect(first).toBe('modic,quadratic,R1,R2,0.123456789,,,10,2,""');
    expect(second).toBe('modic,quadratic,R1,R3,,,,10,2,""');
  });

  it('names the pairs that moved', () => {
    const before = [{ code: 'modic', pairs: [pair('R1', 'R2', 0.5), pair('R1', 'R3', 0.6)] }];
    const after = [{ code: 'modic', pairs: [pair('R1', 'R2', 0.5, 11), pair('R1', 'R3', 0.6)] }];
    expect([...changedPairs(before, after)]).toEqual(['modic/R1-R2']);
  });

  it('darkens with kappa and marks what is below 0 by shape, not by a lighter colour', () => {
    const light = [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => luminance(rgbOfHsl(heat(value))));
    expect(light).toEqual([...light].sort((x, y) => y - x));
    expect(heat(-0.2)).toContain('repeating-linear-gradient');
  });

  it('keeps ink legible on every step of the ramp', () => {
    for (let step = 0; step <= 100; step += 1) {
      const value = step / 100;
      expect(heat(value)).toMatch(/^hsl/);
      expect(contrast(INK, heat(value)), `${value}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});

function contrast(ink: string, ground: string): number {
  const [a, b] = [luminance(rgbOfHex(ink)), luminance(rgbOfHsl(ground))].sort((x, y) => y - x);
  return ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
}

function rgbOfHex(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
}

function rgbOfHsl(hsl: string): number[] {
  const [h = 0, s = 0, l = 0] = (hsl.match(/[\d.]+/g) ?? []).map(Number);
  const a = (s / 100) * Math.min(l / 100, 1 - l / 100);
  return [0, 8, 4].map((n) => {
    const k = (n + h / 30) % 12;
    return l / 100 - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  });
}

function luminance(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
