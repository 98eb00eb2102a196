import { describe, expect, it } from 'vitest';

import { csvText, fileName } from '../src/charts/csv';
import { confusionCsv, confusionSvg } from '../src/charts/Confusion';
import { forestCsv } from '../src/charts/ForestPlot';
import { axisOf, placeOf } from '../src/charts/forestScale';
import { gridSvg } from '../src/charts/gridPicture';
import { matrixSvg, nextCell } from '../src/charts/kappaMatrix';
import {
  changedPairs,
  heat,
  INK,
  intervalWords,
  kappa,
  kappaName,
  pairOf,
  pairsCsv,
} from '../src/charts/kappaWords';
import { minutes } from '../src/dashboard/ProgressPanel';
import {
  amount,
  clock,
  isUnattended,
  placeWords,
  savedWords,
  setWords,
} from '../src/reading/states';

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

  it('calls times that wait no answers', () => {
    expect(savedWords({ kind: 'retrying', waiting: 0 }, 3)).toBe('Not saved yet: times only');
    expect(savedWords({ kind: 'retrying', waiting: 0, isSignedOut: true }, 3)).toBe('Signed out');
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

  it('give a measure with its unit, a ratio without, and a dash where there is none', () => {
    expect(amount({ value: 184.6, unit: 'mm2', digits: 0 })).toBe('185 mm²');
    expect(amount({ value: -1.26, unit: 'mm', digits: 1 })).toBe('−1.3 mm');
    expect(amount({ value: 0.375, unit: '', digits: 2 })).toBe('0.38');
    expect(amount({ value: null, unit: 'mm', digits: 1 })).toBe('–');
  });
});

it('a picture is counted over all stacks of its series, as it hangs', () => {
  const frame = (stack_id: number, stack_position: number) => ({ stack_id, stack_position });
  const slabs = { frames: [frame(7, 0), frame(7, 1), frame(8, 0), frame(8, 1)] };
  const one = {
    plane: 'axial' as const,
    weighting: 'T2',
    stack_id: 8,
    stack_position: 1,
    slice_count: 2,
  };
  expect(placeWords(one, [{ frames: [frame(1, 0)] }, slabs])).toBe('Axial T2, slice 4 of 4');
  expect(placeWords(one, [])).toBe('Axial T2, slice 2 of 2');
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
    prevalence_index: null,
    ac1: null,
    pabak: null,
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
    const [header, first, second] = pairsCsv('modic', 'Unaided', 'quadratic', pairs).split('\r\n');
    expect(header?.split(',')).toHaveLength(14);
    expect(first).toBe('modic,Unaided,quadratic kappa,R1,R2,0.123456789,,,10,2,,,,');
    expect(second).toBe('modic,Unaided,quadratic kappa,R1,R3,,,,10,2,,,,');
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

describe('downloads', () => {
  it('hold texts that a spreadsheet would take for formulas as texts', () => {
    const starts = ['=1+1', '+1', '-1', '@x', '  =x', '\t=x', '＝x'];
    const lines = csvText(
      ['a', 'b'],
      starts.map((text) => [text, -1.5]),
    ).split('\r\n');
    expect(lines.slice(1, -1)).toEqual(starts.map((text) => `'${text},-1.5`));
    expect(csvText(['x'], [['a "b", c'], [null], ['R1-R2']])).toBe(
      'x\r\n"a ""b"", c"\r\n\r\nR1-R2\r\n',
    );
  });

  it('have names of plain letters', () => {
    expect(fileName(['agreement', 'modic', 'AI-aided, 2/2'], 'svg')).toBe(
      'agreement-modic-ai-aided-2-2.svg',
    );
  });

  it('draw a heat map that stands by itself and holds what the page says', () => {
    const pair = {
      a: 'R1',
      b: 'R2',
      value: -0.1,
      ci: [-0.3, 0.1],
      n_items: 10,
      n_patients: 2,
      undefined: null,
      prevalence_index: 0.9,
      ac1: 0.85,
      pabak: 0.8,
    };
    const readers = ['R1', 'R2'].map((code) => ({ code, name: `<${code}>` }));
    const scale = { scores: [0, 1], labels: ['no', 'yes'] };
    const item = { code: 'x', name: 'Slip', scale, weights: 'nominal', readers, pairs: [pair] };
    const svg = matrixSvg(item, 'Unaided');
    const picture = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
    expect(picture.getAttribute('role')).toBe('img');
    expect(picture.getAttribute('aria-label')).toBe(
      'Slip: unweighted kappa between readers, Unaided',
    );
    for (const words of ['−0.10', '−0.30 to 0.10', 'n = 10 in 2 patients', 'AC1 0.85, PABAK 0.80'])
      expect(svg.split(`>${words}<`)).toHaveLength(3); // both halves
    expect(svg).toContain('&lt;R1&gt;');
    expect(svg.split('url(#below0)')).toHaveLength(3);
    expect(svg).not.toContain('var(--');
  });

  it('draw and write the table of two readers', () => {
    const table = {
      a: 'R1',
      b: 'AI',
      labels: ['none', '=mild'],
      counts: [
        [3, 1],
        [0, 0],
      ],
    };
    const svg = confusionSvg('Modic', table);
    expect(svg).toContain('>75 %<');
    expect(svg.split('>–<')).toHaveLength(3);
    expect(confusionCsv(table)).toBe(
      "R1 (rows) / AI (columns),none,'=mild\r\nnone,3,1\r\n'=mild,0,0\r\n",
    );
    expect(gridSvg({ title: 'a "b"', caption: [], rows: [], columns: [], cells: [] })).toContain(
      'aria-label="a &quot;b&quot;"',
    );
  });
});

describe('a forest plot', () => {
  const one = (value: number | null, ci: number[] | null = null) => ({
    label: 'L4/L5',
    n_pairs: 3,
    value,
    ci,
    n_items: 10,
    n_patients: 2,
    undefined: value === null ? 'no item rated by both' : null,
  });

  it('has one axis from 0 to 1, further down where a number lies lower', () => {
    expect(axisOf([one(0.5, [0.1, 0.8])])).toMatchObject({ low: 0, high: 1 });
    expect(axisOf([]).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(axisOf([one(0.1, [-0.25, 0.4]), one(null)]).ticks[0]).toBe(-0.4);
    expect(axisOf([one(-1.4)]).low).toBe(-1);
    const axis = axisOf([one(0.5)]);
    expect([placeOf(0.5, axis), placeOf(-1, axis), placeOf(2, axis)]).toEqual([0.5, 0, 1]);
  });

  it('writes every row, also those without a number', () => {
    const [, first, second] = forestCsv('mean kappa', [one(0.5, [0.1, 0.8]), one(null)]).split(
      '\r\n',
    );
    expect(first).toBe('L4/L5,mean kappa,0.5,0.1,0.8,10,2,3,');
    expect(second).toBe('L4/L5,mean kappa,,,,10,2,3,no item rated by both');
  });
});

describe('words of agreement', () => {
  it('name the weights and say why there is no interval', () => {
    expect(kappaName('quadratic')).toBe('quadratic kappa');
    expect(kappaName('nominal')).toBe('unweighted kappa');
    const none = { value: 1, ci: null, n_items: 1, n_patients: 1, undefined: 'fewer than 2' };
    expect(intervalWords(none)).toBe('fewer than 2');
  });

  it('give times as minutes', () => {
    expect([minutes(5.4), minutes(59.6), minutes(125)]).toEqual([
      '0:05 min',
      '1:00 min',
      '2:05 min',
    ]);
  });

  it('step over the blank diagonal and stay inside', () => {
    expect(nextCell([0, 1], 'ArrowDown', 3)).toEqual([2, 1]);
    expect(nextCell([1, 0], 'ArrowRight', 3)).toEqual([1, 2]);
    expect(nextCell([1, 2], 'ArrowUp', 3)).toEqual([0, 2]);
    expect(nextCell([0, 1], 'ArrowLeft', 3)).toBeNull();
    expect(nextCell([0, 1], 'ArrowUp', 3)).toBeNull();
    expect(nextCell([0, 1], 'Tab', 3)).toBeNull();
  });
});
