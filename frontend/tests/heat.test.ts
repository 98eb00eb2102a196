import { describe, expect, it } from 'vitest';

import { blended, decoded, type Grey, heatColor, valueAt } from '../src/drawing/heat';

const grey = (rows: number, columns: number, values: number[]): Grey => ({
  rows,
  columns,
  values: Uint8Array.from(values),
});

/** L of CIE 1976, from sRGB. */
function lightness(color: readonly number[]): number {
  const [r, g, b] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16;
}

describe('the colours of heat', () => {
  const steps = Array.from({ length: 21 }, (_, at) => heatColor(at / 20));

  it('get lighter in even steps', () => {
    const by = steps.slice(1).map((one, at) => lightness(one) - lightness(steps[at] ?? []));
    expect(Math.min(...by)).toBeGreaterThan(1.5);
    expect(Math.max(...by)).toBeLessThan(4.5);
  });

  it('are warm all the way, unlike the violet of findings', () => {
    for (const [red, green, blue] of steps) {
      expect(red).toBeGreaterThan(green - 8);
      expect(green).toBeGreaterThanOrEqual(0);
      expect(red - blue).toBeGreaterThan(40);
    }
  });
});

describe('heat over a picture', () => {
  it('is read between pixels, and goes on to the border', () => {
    const one = grey(1, 2, [0, 200]);
    expect(valueAt(one, 0.5, 0.5)).toBe(100);
    expect(valueAt(one, 0, 0)).toBe(0);
    expect(valueAt(one, 1, 1)).toBe(200);
    expect(valueAt(grey(2, 1, [0, 100]), 0.375, 0.5)).toBe(25);
  });

  it('leaves the picture as it is where there is none', () => {
    const picture = grey(2, 2, [10, 20, 30, 40]);
    const alone = [...blended(picture, null, 2)];
    expect(alone.slice(0, 8)).toEqual([10, 10, 10, 255, 20, 20, 20, 255]);
    expect([...blended(picture, grey(1, 1, [0]), 2)]).toEqual(alone);
  });

  it('lets the picture through even where it is hottest', () => {
    const hot = grey(1, 1, [255]);
    const [dark, bright] = [0, 255].map((value) => blended(grey(1, 1, [value]), hot, 1));
    const [red, , blue] = dark as Uint8ClampedArray;
    expect((red as number) - (blue as number)).toBeGreaterThan(40);
    expect(Math.abs((bright?.[0] ?? 0) - (dark?.[0] ?? 0))).toBeGreaterThan(90);
  });

  it('comes as base64, one byte a pixel', () => {
    expect([...decoded({ rows: 1, columns: 3, values: 'AID/' }).values]).toEqual([0, 128, 255]);
  });
});
