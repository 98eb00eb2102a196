/** What the page of live agreement shows, kept in its address, and fetched anew on every event. */
import { batch, computed, signal } from '@preact/signals';

import { ApiError, call } from '../api/client';
import type { Connection } from '../api/liveEvents';
import { paced } from '../api/paced';
import type { components } from '../api/schema';
import { changedPairs } from '../charts/kappaWords';

type Schemas = components['schemas'];
export type Agreement = Schemas['Agreement'];
export type PairTable = Schemas['AgreementPairTable'];
export type Strata = Schemas['AgreementStrata'];
export type AiAgreement = Schemas['AgreementAi'];
export type View = 'readers' | 'strata' | 'ai';

/** What the chosen view needs beside the matrix; `of` says for which address it was fetched. */
export type Detail =
  | { kind: 'pair'; table: PairTable }
  | { kind: 'strata'; strata: Strata }
  | { kind: 'ai'; ai: AiAgreement };

const REFETCH_EVERY_MS = 150;
const HIGHLIGHT_MS = 1500;
const RETRY_MS = 5000;

export const root = document.getElementById('dashboard') as HTMLElement;
const query = new URLSearchParams(location.search);
const chosen = signal<Readonly<Record<string, string>>>(Object.fromEntries(query));

export const agreement = signal<Agreement | null>(null);
export const detail = signal<Detail | null>(null);
export const detailProblem = signal('');
export const changed = signal<ReadonlySet<string>>(new Set());
export const connection = signal<Connection>('connecting');
export const problem = signal('');
export const isWithheld = signal(false);

const itemCode = computed(() => chosen.value.item ?? root.dataset.item ?? '');
export const view = computed<View>(() => {
  const wanted = chosen.value.view;
  return wanted === 'strata' || wanted === 'ai' ? wanted : 'readers';
});
export const by = computed(() => chosen.value.by ?? 'level');
/** The pair whose grades are shown, row first. */
export const pair = computed<readonly [string, string] | null>(() =>
  chosen.value.a && chosen.value.b ? [chosen.value.a, chosen.value.b] : null,
);

/** Choose and fetch; null takes a choice out of the address. */
export function choose(choice: Readonly<Record<string, string | null>>): void {
  for (const [name, value] of Object.entries(choice)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  history.replaceState(null, '', `${location.pathname}${query.size ? `?${query.toString()}` : ''}`);
  chosen.value = Object.fromEntries(query);
  refetch();
}

function address(path: string, more: Record<string, string> = {}): string {
  const asked = new URLSearchParams();
  if (chosen.value.arm) asked.set('arm', chosen.value.arm);
  if (itemCode.value) asked.set('item', itemCode.value);
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  return `${root.dataset.agreementUrl ?? ''}${path}${asked.size ? `?${asked.toString()}` : ''}`;
}

/** Mostly asked by an event, not by a person: it doesn't keep a session awake. */
const get = <T>(url: string): Promise<T> => call<T>('GET', url, undefined, { 'X-Passive': '1' });

async function getDetail(): Promise<Detail | null> {
  if (view.value === 'strata') {
    return { kind: 'strata', strata: await get<Strata>(address('strata/', { by: by.value })) };
  }
  if (view.value === 'ai' && pair.value === null) {
    return { kind: 'ai', ai: await get<AiAgreement>(address('ai/')) };
  }
  if (pair.value === null) return null;
  const [a, b] = pair.value;
  return { kind: 'pair', table: await get<PairTable>(address('pair/', { a, b })) };
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'The numbers could not be fetched.';

export const refetch = paced(async () => {
  const wanted = chosen.value;
  try {
    const next = await get<Agreement>(address(''));
    let more: Detail | null = null;
    let refused = '';
    try {
      more = await getDetail();
    } catch (error) {
      refused = messageOf(error);
    }
    if (wanted === chosen.value) show(next, more, refused); // else another was chosen meanwhile
  } catch (error) {
    if (wanted !== chosen.value) return;
    const isFinal = error instanceof ApiError && error.isFinal;
    if (isFinal && (wanted.arm || wanted.item)) {
      choose({ arm: null, item: null }); // an old address names what isn't there
      return;
    }
    batch(() => {
      problem.value = messageOf(error);
      isWithheld.value = error instanceof ApiError && error.code === 'withheld';
      if (isWithheld.value) agreement.value = detail.value = null;
    });
    if (!isWithheld.value) window.setTimeout(refetch, RETRY_MS);
  }
}, REFETCH_EVERY_MS);

let highlight = 0;

function show(next: Agreement, more: Detail | null, refused: string): void {
  const before = agreement.value;
  batch(() => {
    problem.value = '';
    isWithheld.value = false;
    changed.value =
      before && before.arm === next.arm && before.items[0]?.code === next.items[0]?.code
        ? changedPairs(before.items, next.items)
        : new Set();
    agreement.value = next;
    detail.value = more;
    detailProblem.value = refused;
  });
  root.dataset.updated = String(performance.now());
  clearTimeout(highlight);
  highlight = window.setTimeout(() => (changed.value = new Set()), HIGHLIGHT_MS);
}
