/** Which viewport shows which slot of a layout. Pure. */
import type { Layout } from '../api/types';

/**
 * Viewport of each slot, by number. A viewport goes with its series, so that nothing is painted
 * anew; the other slots take those left over, then new ones (numbers from `shown.length`).
 *
 * shown: the series on each viewport, wanted: those of the slots; null where there is none.
 */
export function assign(
  shown: readonly (number | null)[],
  wanted: readonly (number | null)[],
): number[] {
  const taken = new Set<number>();
  const take = (at: number) => {
    taken.add(at);
    return at;
  };
  const kept = wanted.map((id) => {
    const at = id === null ? -1 : shown.findIndex((one, at) => one === id && !taken.has(at));
    return at < 0 ? null : take(at);
  });
  const next = () => {
    let at = 0;
    while (taken.has(at)) at += 1;
    return take(at);
  };
  return kept.map((at) => at ?? next());
}

type Area = Pick<Layout['slots'][number], 'row' | 'column' | 'row_span' | 'column_span'>;

/** CSS `grid-area` of a slot. */
export const areaOf = ({ row, column, row_span, column_span }: Area): string =>
  `${row + 1} / ${column + 1} / span ${row_span} / span ${column_span}`;

/** CSS `grid-template` of a layout. */
export const templateOf = ({ rows, columns }: Pick<Layout, 'rows' | 'columns'>): string =>
  `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))`;
