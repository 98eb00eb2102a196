/** The page: what is chosen above, the picture of it, the progress beneath. */
import type { Connection } from '../api/liveEvents';
import { KappaMatrix } from '../charts/kappaMatrix';
import { Tabs } from '../ui/Tabs';
import { PairPanel } from './PairPanel';
import { ProgressPanel } from './ProgressPanel';
import {
  agreement,
  changed,
  choose,
  connection,
  detail,
  detailProblem,
  isWithheld,
  pair,
  problem,
  view,
  type Agreement,
} from './state';
import { AiPanel, StrataPanel } from './StrataPanel';

const PANEL = 'agreement-panel';
const STATES: Record<Connection, readonly [string, string]> = {
  connecting: ['live-off', '○ connecting'],
  live: ['live-on', '● live'],
  reconnecting: ['live-off', '○ reconnecting'],
  lost: ['live-off', '○ not live: reload the page'],
};
const VIEWS = [
  ['readers', 'Readers'],
  ['strata', 'Levels, sides, groups'],
] as const;

function Bar({ all }: { all: Agreement }) {
  const [stateClass, stateWords] = STATES[connection.value];
  const views = all.ai === null ? VIEWS : [...VIEWS, ['ai', 'AI against readers'] as const];
  return (
    <div class="dashboard-bar">
      <Tabs
        label="Item"
        options={all.item_names.map((one) => [one.code, one.name] as const)}
        chosen={all.items[0]?.code ?? ''}
        panelId={PANEL}
        onChoose={(item) => choose({ item })}
      />
      <Tabs
        label="Arm"
        options={all.arms.map((arm) => [String(arm.id), arm.label] as const)}
        chosen={String(all.arm)}
        panelId={PANEL}
        onChoose={(arm) => choose({ arm })}
      />
      <Tabs
        label="View"
        options={views}
        chosen={view.value}
        panelId={PANEL}
        onChoose={(name) => choose({ view: name === 'readers' ? null : name, a: null, b: null })}
      />
      <span class="dashboard-state">
        <span class={stateClass} role="status">
          {stateWords}
        </span>{' '}
        <span class="muted">
          computed{' '}
          <time dateTime={all.computed_at} title={new Date(all.computed_at).toUTCString()}>
            {new Date(all.computed_at).toLocaleTimeString()}
          </time>
        </span>
      </span>
    </div>
  );
}

function Detail({ all, arm }: { all: Agreement; arm: string }) {
  if (detailProblem.value) return <p class="message message-warning">{detailProblem.value}</p>;
  const more = detail.value;
  if (more?.kind === 'pair') return <PairPanel table={more.table} arm={arm} />;
  if (more?.kind === 'strata') return <StrataPanel strata={more.strata} all={all} arm={arm} />;
  if (more?.kind === 'ai') return <AiPanel ai={more.ai} all={all} arm={arm} />;
  return null;
}

export function Dashboard() {
  const all = agreement.value;
  if (isWithheld.value) return <p class="panel empty">{problem.value}</p>;
  if (!all) return <p class="muted">{problem.value || 'Computing …'}</p>;
  const item = all.items[0];
  const arm = all.arms.find((one) => one.id === all.arm)?.label ?? '';
  return (
    <>
      {problem.value && <p class="message message-error">{problem.value}</p>}
      <Bar all={all} />
      <div id={PANEL} role="tabpanel" aria-label={`${item?.name}, agreement`}>
        <div class={view.value === 'readers' && pair.value ? 'agreement-split' : ''}>
          {item && view.value === 'readers' && (
            <KappaMatrix
              item={item}
              arm={arm}
              changed={changed.value}
              chosen={pair.value}
              onChoose={(a, b) => choose({ a, b })}
            />
          )}
          <Detail all={all} arm={arm} />
        </div>
      </div>
      <ProgressPanel all={all} />
    </>
  );
}
