/** Forest plot: one axis, point and interval, n at the right; a table twin beneath. */
import './kappaMatrix.css';

import { useRef } from 'preact/hooks';

import { csvText } from './csv';
import { Downloads } from './Downloads';
import { EstimateTable } from './EstimateTable';
import { axisOf, placeOf, type Axis } from './forestScale';
import { countWords, intervalWords, kappa, type Estimate } from './kappaWords';

export interface Stratum extends Estimate {
  label: string;
  n_pairs: number;
}

const WIDTH = 960;
const LEFT = 200;
const RIGHT = 600;
const ROW = 30;
const TOP = 44;
const GREY = '#56606e';

const x = (value: number, axis: Axis): number => LEFT + (RIGHT - LEFT) * placeOf(value, axis);

const words = (one: Stratum): string =>
  one.value === null
    ? `${one.label}: not estimable, ${one.undefined}`
    : `${one.label}: ${kappa(one.value)}, ${intervalWords(one)}, ${countWords(one)}`;

const shortened = (text: string): string => (text.length > 30 ? `${text.slice(0, 29)}…` : text);

function Row({ one, y, axis, ink }: { one: Stratum; y: number; axis: Axis; ink: string }) {
  const size = 5;
  return (
    <g>
      <text x={8} y={y + 4}>
        {shortened(one.label)}
        {one.label.length > 30 && <title>{one.label}</title>}
      </text>
      {one.value === null ? (
        <text x={LEFT + 8} y={y + 4} fill={GREY}>
          not estimable: {one.undefined}
        </text>
      ) : (
        <>
          {one.ci && (
            <line
              x1={x(one.ci[0] ?? 0, axis)}
              x2={x(one.ci[1] ?? 0, axis)}
              y1={y}
              y2={y}
              stroke={ink}
              stroke-width={2}
            />
          )}
          <rect
            x={x(one.value, axis) - size}
            y={y - size}
            width={2 * size}
            height={2 * size}
            fill={ink}
          />
          <text x={RIGHT + 16} y={y + 4} font-weight={600}>
            {kappa(one.value)}
          </text>
          <text x={RIGHT + 60} y={y + 4} fill={one.ci ? '#14181f' : GREY}>
            {one.ci ? intervalWords(one) : 'no interval'}
          </text>
        </>
      )}
      <text x={RIGHT + 172} y={y + 4} fill={GREY}>
        {countWords(one)}
      </text>
    </g>
  );
}

export function ForestPlot({
  title,
  caption,
  coefficient,
  parts,
  overall,
  rows,
  ink = '#0b62c4',
}: {
  title: string;
  caption: string;
  coefficient: string;
  parts: readonly string[];
  overall: Stratum | null;
  rows: readonly Stratum[];
  ink?: string;
}) {
  const picture = useRef<SVGSVGElement>(null);
  const all = overall ? [overall, ...rows] : [...rows];
  const axis = axisOf(all);
  const bottom = TOP + all.length * ROW;
  return (
    <figure class="forest">
      <figcaption class="kappa-title">{title}</figcaption>
      <svg
        ref={picture}
        xmlns="http://www.w3.org/2000/svg"
        viewBox={`0 0 ${WIDTH} ${bottom + 44}`}
        role="img"
        aria-label={`${title}. ${all.map(words).join('; ')}`}
        font-family="system-ui, Segoe UI, Roboto, Liberation Sans, sans-serif"
        font-size={13}
        fill="#14181f"
      >
        <rect width={WIDTH} height={bottom + 44} fill="#ffffff" />
        {axis.ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={x(tick, axis)}
              x2={x(tick, axis)}
              y1={TOP - 16}
              y2={bottom}
              stroke={tick === 0 ? '#808a98' : '#d9dee5'}
            />
            <text x={x(tick, axis)} y={bottom + 18} text-anchor="middle" fill={GREY}>
              {tick.toFixed(1).replace('-', '−')}
            </text>
          </g>
        ))}
        {overall?.value != null && (
          <>
            <line
              x1={x(overall.value, axis)}
              x2={x(overall.value, axis)}
              y1={TOP - 16}
              y2={bottom}
              stroke={GREY}
              stroke-dasharray="4 3"
            />
            <text x={x(overall.value, axis)} y={TOP - 22} text-anchor="middle" fill={GREY}>
              {overall.label} {kappa(overall.value)}
            </text>
          </>
        )}
        {all.map((one, at) => (
          <Row key={one.label} one={one} y={TOP + at * ROW + ROW / 2} axis={axis} ink={ink} />
        ))}
        <text x={(LEFT + RIGHT) / 2} y={bottom + 36} text-anchor="middle" fill={GREY}>
          {coefficient}, with 95 % interval
        </text>
      </svg>
      <p class="kappa-how">{caption}</p>
      <Downloads
        parts={parts}
        svg={() => `${new XMLSerializer().serializeToString(picture.current as SVGSVGElement)}\n`}
        csv={() => forestCsv(coefficient, all)}
      />
      <details>
        <summary>As a table</summary>
        <EstimateTable
          caption={title}
          name="Stratum"
          value={coefficient}
          rows={all.map((one) => [one.label, one, pairWords(one.n_pairs)])}
        />
      </details>
    </figure>
  );
}

const pairWords = (n: number): string => (n === 1 ? '1 pair' : `${n} pairs`);

export const forestCsv = (coefficient: string, rows: readonly Stratum[]): string =>
  csvText(
    [
      'stratum',
      'coefficient',
      'value',
      'ci_low',
      'ci_high',
      'n_items',
      'n_patients',
      'n_pairs',
      'note',
    ],
    rows.map((one) => [
      one.label,
      coefficient,
      one.value,
      one.ci?.[0] ?? null,
      one.ci?.[1] ?? null,
      one.n_items,
      one.n_patients,
      one.n_pairs,
      one.undefined ?? '',
    ]),
  );
