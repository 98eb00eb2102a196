/** Live agreement of one reader study: fetched anew when an event says that a grade was stored. */
import { batch, signal } from '@preact/signals';
import { render } from 'preact';

import { ApiError, call } from '../api/client';
import { followLive, type Connection } from '../api/liveEvents';
import { paced } from '../api/paced';
import type { components } from '../api/schema';
import { KappaMatrix } from '../charts/kappaMatrix';
import { changedPairs } from '../charts/kappaWords';
import { Tabs } from '../ui/Tabs';

type Agreement = components['schemas']['Agreement'];

const REFETCH_EVERY_MS = 150;
const HIGHLIGHT_MS = 1500;
const RETRY_MS = 5000;
const PANEL = 'agreement-panel';
const STATES: Record<Connection, readonly [string, string]> = {
  connecting: ['live-off', '○ connecting'],
  live: ['live-on', '● live'],
  reconnecting: ['live-off', '○ reconnecting'],
  lost: ['live-off', '○ not live: reload the page'],
};

const root = document.getElementById('dashboard') as HTMLElement;
const query = new URLSearchParams(location.search);
const agreement = signal<Agreement | null>(null);
const changed = signal<ReadonlySet<string>>(new Set());
const itemCode = signal(query.get('item'));
const armId = signal(query.get('arm'));
const connection = signal<Connection>('connecting');
const problem = signal('');
let highlight = 0;

const refetch = paced(async () => {
  const wanted = armId.value;
  const arm = wanted ? `?arm=${encodeURIComponent(wanted)}` : '';
  try {
    const next = await call<Agreement>(
      'GET',
      `${root.dataset.agreementUrl ?? ''}${arm}`,
      undefined,
      { 'X-Passive': '1' }, // mostly asked by an event, not by a person
    );
    if (wanted === armId.value) show(next); // else another arm was chosen meanwhile
  } catch (error) {
    if (error instanceof ApiError && error.isFinal && wanted) {
      choose('arm', null); // an old address names an arm that isn't there; show the first one
      return;
    }
    problem.value = error instanceof Error ? error.message : 'The numbers could not be fetched.';
    window.setTimeout(refetch, RETRY_MS);
  }
}, REFETCH_EVERY_MS);

function show(next: Agreement): void {
  const before = agreement.value;
  batch(() => {
    problem.value = '';
    changed.value =
      before && before.arm === next.arm ? changedPairs(before.items, next.items) : new Set();
    agreement.value = next;
  });
  root.dataset.updated = String(performance.now());
  clearTimeout(highlight);
  highlight = window.setTimeout(() => (changed.value = new Set()), HIGHLIGHT_MS);
}

function choose(name: 'item' | 'arm', value: string | null): void {
  if (value === null) query.delete(name);
  else query.set(name, value);
  history.replaceState(null, '', `${location.pathname}${query.size ? `?${query.toString()}` : ''}`);
  if (name === 'item') itemCode.value = value;
  else {
    armId.value = value;
    refetch();
  }
}

function Progress({ all }: { all: Agreement }) {
  const label = all.arms.find((arm) => arm.id === all.arm)?.label;
  return (
    <section class="panel">
      <h2>Cases submitted, {label}</h2>
      <div class="reader-progress">
        {all.progress
          .filter((one) => one.arm === label)
          .map((one) => (
            <span key={one.reader}>
              {one.reader} <span class="muted">{one.name}</span>{' '}
              <progress class="progress" max={one.total} value={one.done} />{' '}
              <span class="num">
                {one.done}/{one.total}
              </span>
            </span>
          ))}
      </div>
    </section>
  );
}

function Dashboard() {
  const all = agreement.value;
  if (!all) return <p class="muted">{problem.value || 'Computing …'}</p>;
  const item = all.items.find((one) => one.code === itemCode.value) ?? all.items[0];
  const armLabel = all.arms.find((arm) => arm.id === all.arm)?.label ?? '';
  const [stateClass, stateWords] = STATES[connection.value];
  return (
    <>
      {problem.value && <p class="message message-error">{problem.value}</p>}
      <div class="dashboard-bar">
        <Tabs
          label="Item"
          options={all.items.map((one) => [one.code, one.name] as const)}
          chosen={item?.code ?? ''}
          panelId={PANEL}
          onChoose={(value) => choose('item', value)}
        />
        <Tabs
          label="Arm"
          options={all.arms.map((arm) => [String(arm.id), arm.label] as const)}
          chosen={String(all.arm)}
          panelId={PANEL}
          onChoose={(value) => choose('arm', value)}
        />
        <span class={stateClass} role="status">
          {stateWords}
        </span>
        <span class="muted">
          computed{' '}
          <time dateTime={all.computed_at} title={new Date(all.computed_at).toUTCString()}>
            {new Date(all.computed_at).toLocaleTimeString()}
          </time>
        </span>
      </div>
      <div id={PANEL} role="tabpanel" aria-label={`${item?.name}, agreement`}>
        {item && <KappaMatrix item={item} arm={armLabel} changed={changed.value} />}
      </div>
      <Progress all={all} />
    </>
  );
}

render(<Dashboard />, root);
refetch();
followLive(root.dataset.liveUrl ?? '', refetch, (state) => (connection.value = state));
