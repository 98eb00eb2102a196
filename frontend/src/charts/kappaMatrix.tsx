/** Heat map of agreement: value, 95 % interval and n in each cell; a table twin beneath. */
import './kappaMatrix.css';

import { useState } from 'preact/hooks';

import { Downloads } from './Downloads';
import { EstimateTable } from './EstimateTable';
import { gridSvg, HATCHED } from './gridPicture';
import {
  countWords,
  exact,
  heat,
  INK,
  intervalWords,
  kappa,
  kappaName,
  pairOf,
  pairsCsv,
  type Pair,
  type Person,
} from './kappaWords';

export interface AgreementItem {
  code: string;
  name: string;
  scale: { scores: number[]; labels: string[] };
  weights: string;
  readers: Person[];
  pairs: Pair[];
}

const personWords = ({ name, is_withdrawn: isWithdrawn }: Person): string =>
  isWithdrawn ? `${name}, withdrawn` : name;

/** From so many readers on, cells say the same in less room. */
const DENSE_FROM = 9;

const besideWords = (pair: Pair): string =>
  pair.ac1 === null || pair.pabak === null
    ? ''
    : `AC1 ${kappa(pair.ac1)}, PABAK ${kappa(pair.pabak)}`;

function howMade(item: AgreementItem): string[] {
  const lines = [
    `Cohen's kappa with ${item.weights === 'nominal' ? 'no' : item.weights} weights on the ` +
      `${item.scale.scores.length} categories of the scale (${item.scale.labels.join(', ')}).`,
    '95 % intervals by the delta method with patients as clusters, on the atanh scale.',
    'Cells that either reader left open or called not gradable are left out of that pair.',
  ];
  if (item.pairs.some((pair) => pair.ac1 !== null)) {
    lines.push(
      'AC1 and PABAK, both unweighted, stand beside kappa where the prevalence index ' +
        '(normal against all other grades) is above 0.6.',
    );
  }
  return lines;
}

const titleOf = (item: AgreementItem, arm: string): string =>
  `${item.name}: ${kappaName(item.weights)} between readers, ${arm}`;

/** The picture as a file. */
export function matrixSvg(item: AgreementItem, arm: string): string {
  const names = item.readers.map((reader) => `${reader.code} ${personWords(reader)}`);
  return gridSvg({
    title: titleOf(item, arm),
    caption: howMade(item),
    rows: names,
    columns: item.readers.map((reader) => reader.code),
    cells: item.readers.map((row) =>
      item.readers.map((column) => {
        const pair = pairOf(item.pairs, row.code, column.code);
        if (!pair) return null;
        const { value } = pair;
        const fill = value === null ? '#ffffff' : value < 0 ? HATCHED : heat(value);
        const first = value === null ? '–' : kappa(value);
        return { lines: [first, intervalWords(pair), countWords(pair), besideWords(pair)], fill };
      }),
    ),
  });
}

interface CellProps {
  pair: Pair;
  isNew: boolean;
  isChosen: boolean;
  isStop: boolean;
  onChoose: () => void;
  onMove: (key: string) => boolean;
}

function Cell({ pair, isNew, isChosen, isStop, onChoose, onMove }: CellProps) {
  const { value } = pair;
  const style = value === null ? {} : { background: heat(value), color: INK };
  return (
    <td class="kappa-place">
      <button
        type="button"
        class={`kappa-cell ${isNew ? 'kappa-new' : ''} ${value === null ? 'kappa-undefined' : ''}`}
        style={style}
        data-pair={`${pair.a}-${pair.b}`}
        data-value={value ?? ''}
        aria-pressed={isChosen}
        tabIndex={isStop ? 0 : -1}
        onClick={onChoose}
        onKeyDown={(event) => {
          if (onMove(event.key)) event.preventDefault();
        }}
      >
        <span class="unseen">
          {pair.a} and {pair.b}:{' '}
        </span>
        <strong>{value === null ? '–' : kappa(value)}</strong>
        <span>{intervalWords(pair)}</span>
        <span class="kappa-count">{countWords(pair)}</span>
        {pair.ac1 !== null && <span class="kappa-count">{besideWords(pair)}</span>}
      </button>
    </td>
  );
}

const STEPS: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The next cell in that direction; the blank diagonal is stepped over. */
export function nextCell(
  at: readonly [number, number],
  key: string,
  size: number,
): readonly [number, number] | null {
  const step = STEPS[key];
  if (!step) return null;
  let [row, column] = at;
  do {
    row += step[0];
    column += step[1];
  } while (row === column);
  return row < 0 || column < 0 || row >= size || column >= size ? null : [row, column];
}

export function KappaMatrix({
  item,
  arm,
  changed,
  chosen = null,
  onChoose = () => {},
}: {
  item: AgreementItem;
  arm: string;
  changed: ReadonlySet<string>;
  chosen?: readonly [string, string] | null;
  onChoose?: (a: string, b: string) => void;
}) {
  const [stop, setStop] = useState<readonly [number, number]>([0, 1]);
  const { readers, pairs } = item;
  if (readers.length < 2) {
    return <p class="panel empty">Agreement needs two readers; this reader study has fewer.</p>;
  }
  const move = (at: readonly [number, number], key: string): boolean => {
    const next = nextCell(at, key, readers.length);
    if (next) {
      setStop(next);
      const cells = document.getElementById(`kappa-${next[0]}`)?.querySelectorAll('button');
      cells?.[next[1] - (next[1] > next[0] ? 1 : 0)]?.focus();
    }
    return key in STEPS;
  };
  const isDense = readers.length >= DENSE_FROM;
  return (
    <figure class="kappa">
      <figcaption class="kappa-title">{titleOf(item, arm)}</figcaption>
      <div class="kappa-scroll" tabIndex={0} role="region" aria-label="Matrix of readers">
        <table class={`kappa-matrix ${isDense ? 'kappa-dense' : ''}`} data-item={item.code}>
          <caption class="unseen">
            {titleOf(item, arm)}. Arrow keys move between cells, Enter shows the grades of a pair.
          </caption>
          <thead>
            <tr>
              <td />
              {readers.map((reader) => (
                <th key={reader.code} scope="col">
                  {reader.code} <small>{personWords(reader)}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {readers.map((row, y) => (
              <tr key={row.code} id={`kappa-${y}`}>
                <th scope="row">
                  {row.code} <small>{personWords(row)}</small>
                </th>
                {readers.map((column, x) => {
                  const pair = pairOf(pairs, row.code, column.code);
                  if (!pair) return <td key={column.code} class="kappa-blank" />;
                  return (
                    <Cell
                      key={column.code}
                      pair={pair}
                      isNew={changed.has(`${item.code}/${pair.a}-${pair.b}`)}
                      isChosen={chosen?.[0] === row.code && chosen[1] === column.code}
                      isStop={stop[0] === y && stop[1] === x}
                      onChoose={() => {
                        setStop([y, x]);
                        onChoose(row.code, column.code);
                      }}
                      onMove={(key) => move([y, x], key)}
                    />
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="kappa-how">
        {howMade(item).join(' ')}
        <span class="kappa-legend" aria-hidden="true">
          0 <i /> 1, below 0 <i class="kappa-legend-negative" />
        </span>
      </p>
      <Downloads
        parts={['agreement', item.code, arm]}
        svg={() => matrixSvg(item, arm)}
        csv={() => pairsCsv(item.code, arm, item.weights, pairs)}
      />
      <details>
        <summary>As a table</summary>
        <EstimateTable
          caption={titleOf(item, arm)}
          name="Readers"
          value={kappaName(item.weights)}
          rows={pairs.map((pair) => [`${pair.a} and ${pair.b}`, pair, besideTable(pair)])}
        />
      </details>
    </figure>
  );
}

const besideTable = (pair: Pair): string =>
  pair.ac1 === null ? '' : `AC1 ${exact(pair.ac1)}, PABAK ${exact(pair.pabak)}`;
