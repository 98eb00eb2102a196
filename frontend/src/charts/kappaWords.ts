/** Numbers and colours of the agreement matrix. Pure. */

export interface Person {
  code: string;
  name: string;
  is_withdrawn?: boolean;
}

export interface Pair {
  a: string;
  b: string;
  value: number | null;
  ci: number[] | null;
  n_items: number;
  n_patients: number;
  undefined: string | null;
}

/** "0.62", "−0.05": two digits, a real minus sign, no minus before 0.00. */
export const kappa = (value: number): string =>
  value
    .toFixed(2)
    .replace(/^-(?=0\.00$)/, '')
    .replace('-', '−');

/** The pair of two readers in either order; none on the diagonal. */
export const pairOf = (pairs: readonly Pair[], one: string, other: string): Pair | undefined =>
  pairs.find(
    (pair) => (pair.a === one && pair.b === other) || (pair.a === other && pair.b === one),
  );

const HATCH = 'repeating-linear-gradient(45deg, #ffffff 0 6px, #d9dee5 6px 8px)';

/** One hue from near white (0) to blue (1), as light as dark ink needs; below 0 hatched. */
export function heat(value: number): string {
  if (value < 0) return HATCH;
  const share = Math.min(value, 1);
  return `hsl(212 ${Math.round(40 + 25 * share)}% ${Math.round(97 - 47 * share)}%)`;
}

/** Ink that can be read on every step, at least 4.5 : 1, also where printed in grey. */
export const INK = '#000000';

export function cellWords(pair: Pair): string {
  if (pair.value === null) return `${pair.a} and ${pair.b}: not estimable, ${pair.undefined}`;
  const interval = pair.ci
    ? `95 % interval ${pair.ci.map((bound) => bound.toFixed(3)).join(' to ')}`
    : `no interval: ${pair.undefined}`;
  return `${pair.a} and ${pair.b}: kappa ${pair.value.toFixed(3)}, ${interval}`;
}

/** Keys "item/a-b" of the pairs whose value or n differs. */
export function changedPairs(
  before: readonly { code: string; pairs: readonly Pair[] }[],
  after: readonly { code: string; pairs: readonly Pair[] }[],
): Set<string> {
  const old = new Map(
    before.flatMap(({ code, pairs }) =>
      pairs.map((p) => [`${code}/${p.a}-${p.b}`, `${p.value}/${p.n_items}`] as const),
    ),
  );
  return new Set(
    after.flatMap(({ code, pairs }) =>
      pairs
        .filter((p) => old.get(`${code}/${p.a}-${p.b}`) !== `${p.value}/${p.n_items}`)
        .map((p) => `${code}/${p.a}-${p.b}`),
    ),
  );
}

/** The pairs as CSV, full precision; readers' codes only. */
export function pairsCsv(item: string, weights: string, pairs: readonly Pair[]): string {
  const header = 'item,weights,reader_a,reader_b,kappa,ci_low,ci_high,n_items,n_patients,note';
  const lines = pairs.map((p) =>
    [
      item,
      weights,
      p.a,
      p.b,
      p.value ?? '',
      p.ci?.[0] ?? '',
      p.ci?.[1] ?? '',
      p.n_items,
      p.n_patients,
      `"${p.undefined ?? ''}"`,
    ].join(','),
  );
  return [header, ...lines, ''].join('\r\n');
}
