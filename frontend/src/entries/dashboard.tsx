/** Live agreement of one reader study: fetched anew when an event says that a grade was stored. */
import { batch, signal } from '@preact/signals';
import { render } from 'preact';

import type { components } from '../api/schema';
import { KappaMatrix } from '../charts/kappaMatrix';
import { changedPairs } from '../charts/kappaWords';

type Agreement = components['schemas']['Agreement'];

const root = document.getElementById('dashboard') as HTMLElement;
const query = new URLSearchParams(location.search);
const agreement = signal<Agreement | null>(null);
const changed = signal<ReadonlySet<string>>(new Set());
const itemCode = signal(query.get('item'));
const armId = signal(query.get('arm'));
const isLive = signal(false);
const problem = signal('');

let isFetching = false;
let isStale = false;
let highlight = 0;

async function fetchAgreement(): Promise<void> {
  if (isFetching) {
    isStale = true;
    return;
  }
  isFetching = true;
  const wanted = armId.value;
  const address = wanted ? `${root.dataset.agreementUrl}?arm=${wanted}` : root.dataset.agreementUrl;
  try {
    const response = await fetch(address ?? '');
    const body = (await response.json()) as Agreement & { message?: string };
    if (!response.ok) throw new Error(body.message);
    show(body);
  } catch (error) {
    problem.value = error instanceof Error ? error.message : 'The numbers could not be fetched.';
  }
  isFetching = false;
  if (isStale || wanted !== armId.value) {
    isStale = false;
    void fetchAgreement();
  }
}

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
  highlight = window.setTimeout(() => (changed.value = new Set()), 1500);
}

function follow(): void {
  const source = new EventSource(root.dataset.liveUrl ?? '');
  source.onopen = () => {
    isLive.value = true;
    void fetchAgreement();
  };
  source.onmessage = () => void fetchAgreement();
  source.addEventListener('resync', () => void fetchAgreement());
  source.onerror = () => (isLive.value = false);
}

function choose(name: 'item' | 'arm', value: string): void {
  query.set(name, value);
  history.replaceState(null, '', `?${query.toString()}`);
  if (name === 'item') itemCode.value = value;
  else {
    armId.value = value;
    void fetchAgreement();
  }
}

function Tabs({
  label,
  options,
  chosen,
  onChoose,
}: {
  label: string;
  options: readonly (readonly [string, string])[];
  chosen: string;
  onChoose: (value: string) => void;
}) {
  return (
    <div class="tabs" role="tablist" aria-label={label}>
      {options.map(([value, words]) => (
        <button
          key={value}
          type="button"
          role="tab"
          class="button"
          aria-selected={value === chosen}
          onClick={() => onChoose(value)}
        >
          {words}
        </button>
      ))}
    </div>
  );
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
  return (
    <>
      {problem.value && <p class="message message-error">{problem.value}</p>}
      <div class="dashboard-bar">
        <Tabs
          label="Item"
          options={all.items.map((one) => [one.code, one.name] as const)}
          chosen={item?.code ?? ''}
          onChoose={(value) => choose('item', value)}
        />
        <Tabs
          label="Arm"
          options={all.arms.map((arm) => [String(arm.id), arm.label] as const)}
          chosen={String(all.arm)}
          onChoose={(value) => choose('arm', value)}
        />
        <span class={isLive.value ? 'live-on' : 'live-off'} role="status">
          {isLive.value ? '● live' : '○ reconnecting'}
        </span>
        <span class="muted">computed {new Date(all.computed_at).toLocaleTimeString()}</span>
      </div>
      {item && <KappaMatrix item={item} changed={changed.value} />}
      <Progress all={all} />
    </>
  );
}

render(<Dashboard />, root);
void fetchAgreement();
follow();
