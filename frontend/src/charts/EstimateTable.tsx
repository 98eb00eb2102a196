/** Statistics with interval and n, as the table beside each picture has them. */
import { exact, exactInterval, type Estimate } from './kappaWords';

export function EstimateTable({
  caption,
  name,
  value,
  rows,
}: {
  caption: string;
  name: string;
  value: string;
  rows: readonly (readonly [string, Estimate, string?])[];
}) {
  return (
    <table class="table estimate-table">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <th scope="col" class="num">
            {value}
          </th>
          <th scope="col" class="num">
            95 % interval
          </th>
          <th scope="col" class="num">
            n items
          </th>
          <th scope="col" class="num">
            n patients
          </th>
          <th scope="col">Note</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, one, more]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="num">{exact(one.value)}</td>
            <td class="num">{exactInterval(one.ci)}</td>
            <td class="num">{one.n_items}</td>
            <td class="num">{one.n_patients}</td>
            <td>{[one.undefined, more].filter(Boolean).join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
