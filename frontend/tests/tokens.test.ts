import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const css = readFileSync('src/ui/tokens.css', 'utf8');

function tokens(theme: 'light' | 'dark'): Record<string, string> {
  const start = css.indexOf(`[data-theme='${theme}']`);
  const block = css.slice(css.indexOf('{', start), css.indexOf('}', start));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((found) => [found[1], found[2]]),
  ) as Record<string, string>;
}

function luminance(hex = ''): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string | undefined, other: string | undefined): number {
  const [a = 0, b = 0] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  const token = tokens(theme);
  const inks = ['text', 'muted', 'accent', 'ok', 'warning', 'danger', 'ai'];
  const grounds = ['surface', 'raised'];

  it.each(inks.flatMap((ink) => grounds.map((ground) => [ink, ground])))(
    '%s on %s is legible',
    (ink, ground) => {
      expect(contrast(token[ink as string], token[ground as string])).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('text on the accent is legible', () => {
    expect(contrast(token['accent-text'], token.accent)).toBeGreaterThanOrEqual(4.5);
  });

  it('edges of controls are visible', () => {
    expect(contrast(token['line-strong'], token.surface)).toBeGreaterThanOrEqual(3);
  });
});

describe('what is drawn over images', () => {
  const reading = readFileSync('src/ui/reading.css', 'utf8');
  const rules = [...reading.matchAll(/\.overlay text[^{]*\{[^}]*?fill: (#[0-9a-f]{6})/g)];

  it.each(rules.map((found) => [found[0].split(' {')[0], found[1]]))(
    '%s is legible on black',
    (_, ink) => {
      expect(contrast(ink, '#000000')).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('has its colours found by this test', () => {
    expect(rules.length).toBeGreaterThan(4);
  });

  it('the current line and the edge of an empty cell are visible', () => {
    const line = /\.reference\.current \{\s*stroke: (#[0-9a-f]{6})/.exec(reading)?.[1];
    const edge = /\.cell\.empty \{\s*border: 1px dashed (#[0-9a-f]{6})/.exec(reading)?.[1];
    expect(contrast(line, '#000000')).toBeGreaterThanOrEqual(3);
    expect(contrast(edge, tokens('dark').surface)).toBeGreaterThanOrEqual(3);
  });
});
