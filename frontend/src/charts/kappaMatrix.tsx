/** Heat map of agreement: value, 95 % interval and n in each cell; a table twin beneath. */
import './kappaMatrix.css';

import {
  cellWords,
  heat,
  INK,
  kappa,
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

function Cell({ pair, isNew }: { pair: Pair | undefined; isNew: boolean }) {
  if (!pair) return <td class="kappa-blank" />;
  const { value, ci } = pair;
  const style = value === null ? {} : { background: heat(value), color: INK };
  return (
    <td
      class={`kappa-cell ${isNew ? 'kappa-new' : ''} ${value === null ? 'kappa-undefined' : ''}`}
      style={style}
      data-pair={`${pair.a}-${pair.b}`}
      data-value={value ?? ''}
      title={cellWords(pair)}
    >
      <strong>{value === null ? '–' : kappa(value)}</strong>
      <span>{ci ? `${kappa(ci[0] ?? 0)} to ${kappa(ci[1] ?? 0)}` : (pair.undefined ?? '')}</span>
      <span>
        n = {pair.n_items} in {pair.n_patients} {pair.n_patients === 1 ? 'patient' : 'patients'}
      </span>
    </td>
  );
}

function download(item: AgreementItem): void {
  const text = pairsCsv(item.code, item.weights, item.pairs);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = `agreement-${item.code}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function KappaMatrix({
  item,
  arm,
  changed,
}: {
  item: AgreementItem;
  arm: string;
  changed: ReadonlySet<string>;
}) {
  const { readers, pairs } = item;
  if (readers.length < 2) {
    return <p class="panel empty">Agreement needs two readers; this reader study has fewer.</p>;
  }
  return (
    <figure class="kappa">
      <div class="kappa-scroll" tabIndex={0} role="region" aria-label="Matrix of readers">
        <table class="kappa-matrix" data-item={item.code}>
          <caption>
            {item.name}: agreement between readers, {arm}
          </caption>
          <thead>
            <tr>
              <th />
              {readers.map((reader) => (
                <th key={reader.code} scope="col">
                  {reader.code} <small>{personWords(reader)}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {readers.map((row) => (
              <tr key={row.code}>
                <th scope="row">
                  {row.code} <small>{personWords(row)}</small>
                </th>
                {readers.map((column) => {
                  const pair = pairOf(pairs, row.code, column.code);
                  const key = pair ? `${item.code}/${pair.a}-${pair.b}` : '';
                  return <Cell key={column.code} pair={pair} isNew={changed.has(key)} />;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <figcaption>
        Cohen's kappa with {item.weights} weights on the {item.scale.scores.length} categories of
        the scale ({item.scale.labels.join(', ')}). 95&nbsp;% intervals by the delta method with
        patients as clusters, on the atanh scale. Cells that either reader left open or called not
        gradable are left out of that pair.
        <span class="kappa-legend" aria-hidden="true">
          0 <i /> 1, below 0 <i class="kappa-legend-negative" />
        </span>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <p>
          <button type="button" class="button" onClick={() => download(item)}>
            Download as CSV
          </button>
        </p>
        <table class="table">
          <thead>
            <tr>
              <th>Readers</th>
              <th class="num">Kappa</th>
              <th class="num">95 % interval</th>
              <th class="num">n items</th>
              <th class="num">n patients</th>
              <th>Note</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => (
              <tr key={`${pair.a}-${pair.b}`}>
                <td>
                  {pair.a} and {pair.b}
                </td>
                <td class="num">{pair.value === null ? '–' : pair.value.toFixed(3)}</td>
                <td class="num">
                  {pair.ci ? pair.ci.map((bound) => bound.toFixed(3)).join(' to ') : '–'}
                </td>
                <td class="num">{pair.n_items}</td>
                <td class="num">{pair.n_patients}</td>
                <td>{pair.undefined}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
