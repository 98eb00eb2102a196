/** Agreement in strata, and of AI with the readers, as forest plots. */
import { ForestPlot } from '../charts/ForestPlot';
import { by, choose, type Agreement, type AiAgreement, type Strata } from './state';

/** After the lock every slice that is looked at counts; a report says how many there were. */
function Exploratory({ all, count }: { all: Agreement; count: number | null }) {
  if (!all.is_locked) return null;
  return (
    <p class="muted exploratory">
      Exploratory unless the protocol names it. {count ?? 0} exploratory{' '}
      {count === 1 ? 'slice was' : 'slices were'} viewed since the data were locked.
    </p>
  );
}

const leastWords = (all: Agreement): string =>
  all.least_patients > 1
    ? ` Pairs with fewer than ${all.least_patients} patients in common have no part in it.`
    : '';

export function StrataPanel({ strata, all, arm }: { strata: Strata; all: Agreement; arm: string }) {
  const name = strata.choices.find((one) => one.code === strata.by)?.name ?? strata.by;
  const subject = strata.by === 'item' ? 'All items' : strata.item.name;
  return (
    <>
      <p class="stratum-choice">
        <label>
          By{' '}
          <select value={by.value} onChange={(event) => choose({ by: event.currentTarget.value })}>
            {strata.choices.map((one) => (
              <option key={one.code} value={one.code}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      </p>
      {strata.rows.length === 0 && (
        <p class="message">Nothing is graded by {name} yet, or this item has none.</p>
      )}
      <ForestPlot
        title={`${subject}: ${strata.coefficient} by ${name}, ${arm}`}
        caption={
          'Each point is the mean of the kappas of the pairs of readers; 95 % intervals by the ' +
          'delta method with patients as clusters, on the atanh scale, for these readers. n counts what two readers ' +
          `or more have graded.${leastWords(all)}`
        }
        coefficient={strata.coefficient}
        parts={['strata', strata.item.code, strata.by, arm]}
        overall={strata.overall}
        rows={strata.rows}
      />
      <Exploratory all={all} count={strata.slices_viewed} />
    </>
  );
}

export function AiPanel({ ai, all, arm }: { ai: AiAgreement; all: Agreement; arm: string }) {
  return (
    <>
      <ForestPlot
        title={`${ai.item.name}: ${ai.coefficient}, ${arm}`}
        caption={
          `AI is ${ai.pipeline}, by its newest run on each exam. Agreement with readers is not ` +
          'accuracy: readers may be wrong, and in an arm that shows AI they have seen its grade. ' +
          '95 % intervals by the delta method with patients as clusters.'
        }
        coefficient={ai.coefficient}
        parts={['ai', ai.item.code, arm]}
        overall={ai.overall}
        rows={ai.rows}
        ink="#6d3fc0"
      />
      <p class="toolbar">
        Grades of AI and
        {ai.rows.map((one) => (
          <button
            key={one.label}
            type="button"
            class="button"
            onClick={() => choose({ a: one.label, b: 'AI' })}
          >
            {one.label}
          </button>
        ))}
      </p>
      <Exploratory all={all} count={ai.slices_viewed} />
    </>
  );
}
