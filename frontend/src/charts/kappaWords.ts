/** Numbers, words and colours of agreement. Pure. */
import { csvText } from './csv';

export interface Person {
  code: string;
  name: string;
  is_withdrawn?: boolean;
}

/** value, ci: null where `undefined` says why. */
export interface Estimate {
  value: number | null;
  ci: number[] | null;
  n_items: number;
  n_patients: number;
  undefined: string | null;
}

/** ac1, pabak: only where nearly all answers are alike, so that kappa alone misleads. */
export interface Pair extends Estimate {
  a: string;
  b: string;
  prevalence_index: number | null;
  ac1: number | null;
  pabak: number | null;
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

/** "quadratic kappa", "unweighted kappa": the weights belong to the name. */
export const kappaName = (weights: string): string =>
  `${weights === 'nominal' ? 'unweighted' : weights} kappa`;

/** "0.63 to 0.86"; why not where there is no interval. */
export const intervalWords = ({ ci, undefined: reason }: Estimate): string =>
  ci ? `${kappa(ci[0] ?? 0)} to ${kappa(ci[1] ?? 0)}` : (reason ?? '');

/** "n = 80 in 16 patients". */
export const countWords = ({ n_items, n_patients }: Estimate): string =>
  `n = ${n_items} in ${n_patients} ${n_patients === 1 ? 'patient' : 'patients'}`;

/** Three digits for tables; a dash where there is no value. */
export const exact = (value: number | null): string =>
  value === null ? '–' : value.toFixed(3).replace('-', '−');

export const exactInterval = (ci: readonly number[] | null): string =>
  ci ? ci.map(exact).join(' to ') : '–';

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
export const pairsCsv = (
  item: string,
  arm: string,
  weights: string,
  pairs: readonly Pair[],
): string =>
  csvText(
    [
      'item',
      'arm',
      'coefficient',
      'reader_a',
      'reader_b',
      'value',
      'ci_low',
      'ci_high',
      'n_items',
      'n_patients',
      'prevalence_index',
      'ac1_unweighted',
      'pabak_unweighted',
      'note',
    ],
    pairs.map((pair) => [
      item,
      arm,
      kappaName(weights),
      pair.a,
      pair.b,
      pair.value,
      pair.ci?.[0] ?? null,
      pair.ci?.[1] ?? null,
      pair.n_items,
      pair.n_patients,
      pair.prevalence_index,
      pair.ac1,
      pair.pabak,
      pair.undefined ?? '',
    ]),
  );
