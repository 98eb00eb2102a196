/** Two readers' grades against each other: counts and the share of each row. */
import './kappaMatrix.css';

import { csvText } from './csv';
import { Downloads } from './Downloads';
import { gridSvg } from './gridPicture';
import { heat, INK } from './kappaWords';

export interface Confusion {
  a: string;
  b: string;
  labels: readonly string[];
  /** Rows a, columns b. */
  counts: readonly (readonly number[])[];
}

const sum = (row: readonly number[]): number => row.reduce((total, one) => total + one, 0);

const percent = (count: number, total: number): string =>
  total ? `${Math.round((100 * count) / total)} %` : '–';

const CAPTION = 'Counts, and their share of the row.';

export const confusionSvg = (title: string, table: Confusion): string =>
  gridSvg({
    title,
    caption: [`${CAPTION} Rows: ${table.a}. Columns: ${table.b}.`],
    rows: table.labels,
    columns: table.labels,
    cells: table.counts.map((row) =>
      row.map((count) => ({
        lines: [String(count), percent(count, sum(row))],
        fill: heat(count / Math.max(sum(row), 1)),
      })),
    ),
  });

export const confusionCsv = (table: Confusion): string =>
  csvText(
    [`${table.a} (rows) / ${table.b} (columns)`, ...table.labels],
    table.counts.map((row, at) => [table.labels[at] ?? '', ...row]),
  );

export function ConfusionTable({
  title,
  parts,
  table,
}: {
  title: string;
  parts: readonly string[];
  table: Confusion;
}) {
  const { a, b, labels, counts } = table;
  return (
    <figure class="confusion-figure">
      <div class="kappa-scroll" tabIndex={0} role="region" aria-label="Table of the two readers">
        <table class="confusion">
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={labels.length}>
                {b}
              </th>
              <td />
            </tr>
            <tr>
              <th scope="col">{a}</th>
              {labels.map((label) => (
                <th key={label} scope="col" class="num">
                  {label}
                </th>
              ))}
              <th scope="col" class="num">
                all
              </th>
            </tr>
          </thead>
          <tbody>
            {counts.map((row, y) => (
              <tr key={labels[y]}>
                <th scope="row">{labels[y]}</th>
                {row.map((count, x) => (
                  <td
                    key={labels[x]}
                    class={`num ${x === y ? 'confusion-same' : ''}`}
                    style={{ background: heat(count / Math.max(sum(row), 1)), color: INK }}
                  >
                    <strong>{count}</strong> <small>{percent(count, sum(row))}</small>
                  </td>
                ))}
                <td class="num">{sum(row)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="kappa-how">{CAPTION} The same grade lies on the framed diagonal.</p>
      <Downloads
        parts={[...parts, 'counts']}
        svg={() => confusionSvg(title, table)}
        csv={() => confusionCsv(table)}
      />
    </figure>
  );
}
