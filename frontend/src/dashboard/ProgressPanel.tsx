/** How far each reader has come in each arm, and how long a case takes. */
import { csvText } from '../charts/csv';
import { Downloads } from '../charts/Downloads';
import type { Agreement } from './state';

type Row = Agreement['progress'][number];

/** "2:05 min". */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

const timeWords = ({ median_s, no_time }: Row): string =>
  median_s === null ? (no_time ?? '') : `median ${minutes(median_s)} a case`;

const csvOf = (rows: readonly Row[]): string =>
  csvText(
    ['reader', 'arm', 'cases_submitted', 'cases', 'median_active_s', 'note'],
    rows.map((one) => [one.reader, one.arm, one.done, one.total, one.median_s, one.no_time ?? '']),
  );

export function ProgressPanel({ all }: { all: Agreement }) {
  const arms = [...new Set(all.progress.map((one) => one.arm))];
  const readers = [...new Map(all.progress.map((one) => [one.reader, one.name]))];
  const at = (reader: string, arm: string): Row | undefined =>
    all.progress.find((one) => one.reader === reader && one.arm === arm);
  return (
    <section class="panel">
      <div class="panel-header">
        <h2>Cases submitted, and work on a case</h2>
        <Downloads
          parts={['progress', String(all.reader_study.id)]}
          csv={() => csvOf(all.progress)}
        />
      </div>
      <div class="kappa-scroll" tabIndex={0} role="region" aria-label="Progress of the readers">
        <table class="table reader-progress">
          <thead>
            <tr>
              <th scope="col">Reader</th>
              {arms.map((arm) => (
                <th key={arm} scope="col">
                  {arm}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {readers.map(([reader, name]) => (
              <tr key={reader}>
                <th scope="row">
                  {reader} <span class="muted">{name}</span>
                </th>
                {arms.map((arm) => {
                  const one = at(reader, arm);
                  if (!one) return <td key={arm} />;
                  return (
                    <td key={arm} data-progress={`${reader}/${arm}`}>
                      <progress
                        class="progress"
                        max={Math.max(one.total, 1)}
                        value={one.done}
                        aria-label={`${reader}, ${arm}`}
                      />{' '}
                      <span class="num">
                        {one.done}/{one.total}
                      </span>{' '}
                      <span class={one.median_s === null ? 'muted' : ''}>{timeWords(one)}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
