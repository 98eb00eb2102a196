/** The grades of two readers, or of a reader and AI, with what follows from them. */
import { ConfusionTable } from '../charts/Confusion';
import { csvText } from '../charts/csv';
import { Downloads } from '../charts/Downloads';
import { EstimateTable } from '../charts/EstimateTable';
import { countWords } from '../charts/kappaWords';
import { choose, type PairTable } from './state';

export function PairPanel({ table, arm }: { table: PairTable; arm: string }) {
  const { a, b, item, counts, statistics } = table;
  const title = `${item.name}: ${a} (rows) and ${b} (columns), ${arm}`;
  const parts = ['pair', item.code, arm, a, b];
  return (
    <section class="panel pair-panel" aria-labelledby="pair-title">
      <div class="panel-header">
        <h2 id="pair-title">{title}</h2>
        <button type="button" class="button" onClick={() => choose({ a: null, b: null })}>
          Close
        </button>
      </div>
      {counts === null ? (
        <p class="message">
          {countWords({ ...table, value: null, ci: null, undefined: null })}: {table.withheld}.
        </p>
      ) : (
        <ConfusionTable
          title={title}
          parts={parts}
          table={{ a, b, labels: item.scale.labels, counts }}
        />
      )}
      <EstimateTable
        caption={`Statistics of ${a} and ${b}`}
        name="Statistic"
        value="Value"
        rows={statistics.map((one) => [one.name, one])}
      />
      <Downloads
        parts={parts}
        csv={() =>
          csvText(
            ['statistic', 'value', 'ci_low', 'ci_high', 'n_items', 'n_patients', 'note'],
            statistics.map((one) => [
              one.name,
              one.value,
              one.ci?.[0] ?? null,
              one.ci?.[1] ?? null,
              one.n_items,
              one.n_patients,
              one.undefined ?? '',
            ]),
          )
        }
      />
    </section>
  );
}
