/** The page of live agreement in a test, with a server that answers what `page` holds. */
import { afterEach, beforeEach, vi } from 'vitest';

export class Source {
  static CLOSED = 2;
  static all: Source[] = [];
  readyState = 1;
  onopen = () => {};
  onmessage = () => {};
  onerror = () => {};
  resync = () => {};

  constructor(readonly url: string) {
    Source.all.push(this);
  }

  addEventListener(_: 'resync', listener: () => void) {
    this.resync = listener;
  }

  close() {}
}

const readers = ['R1', 'R2'].map((code) => ({ code, name: code.toLowerCase() }));
const scale = { code: 'modic_0_3', scores: [0, 1, 2, 3], labels: ['none', '1', '2', '3'] };

export function answerOf(
  arm: number,
  value: number | null,
  ci: number[] | null,
  note: string | null,
) {
  const pair = {
    a: 'R1',
    b: 'R2',
    value,
    ci,
    n_items: 80,
    n_patients: 16,
    undefined: note,
    prevalence_index: 0.2,
    ac1: null as number | null,
    pabak: null as number | null,
  };
  const item = (code: string, name: string) => ({
    code,
    name,
    scale,
    weights: 'quadratic',
    readers,
    pairs: [pair],
  });
  return {
    reader_study: { id: 3, title: 'Discs' },
    arms: [
      { id: 1, label: 'Unaided' },
      { id: 2, label: 'AI-aided' },
    ],
    arm,
    computed_at: '2026-11-20T09:30:00Z',
    is_locked: false,
    least_patients: 5,
    slices_viewed: null as number | null,
    ai: null as string | null,
    item_names: [
      { code: 'modic', name: 'Modic' },
      { code: 'pfirrmann', name: 'Pfirrmann' },
    ],
    items: [item('modic', 'Modic'), item('pfirrmann', 'Pfirrmann')],
    progress: [
      {
        reader: 'R1',
        name: 'r1',
        arm: 'Unaided',
        done: 2,
        total: 16,
        median_s: 125,
        no_time: null,
      },
      {
        reader: 'R1',
        name: 'r1',
        arm: 'AI-aided',
        done: 5,
        total: 16,
        median_s: null,
        no_time: 'not told before the data are locked',
      },
    ],
  };
}

const stratum = (label: string, value: number | null) => ({
  label,
  value,
  ci: value === null ? null : [value - 0.1, value + 0.1],
  n_items: 20,
  n_patients: 16,
  n_pairs: 3,
  undefined: value === null ? 'no item rated by both' : null,
});
const head = { code: 'modic', name: 'Modic', scale, weights: 'quadratic' };
export const details = {
  pair: {
    arm: 1,
    item: head,
    a: 'R2',
    b: 'R1',
    n_items: 80,
    n_patients: 16,
    withheld: null as string | null,
    counts: [
      [40, 4, 0, 0],
      [6, 30, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ] as number[][] | null,
    statistics: [{ ...stratum('', 0.62), name: 'quadratic kappa' }],
  },
  strata: {
    arm: 1,
    item: head,
    coefficient: 'mean quadratic kappa of pairs of readers',
    by: 'level',
    choices: [
      { code: 'level', name: 'disc level' },
      { code: 'side', name: 'side' },
    ],
    overall: stratum('all', 0.6),
    rows: [stratum('L4/L5', 0.5), stratum('L5/S1', null)],
    slices_viewed: null as number | null,
  },
  ai: {
    arm: 1,
    item: head,
    coefficient: 'quadratic kappa of AI with each reader',
    pipeline: 'lumbar_grading@2',
    overall: stratum('mean of readers', 0.6),
    rows: [stratum('R1', 0.5), stratum('R2', 0.7)],
    slices_viewed: 2 as number | null,
  },
};

/** What the server answers: one item where one is asked for, the details beside it. */
function served(url: string): unknown {
  const [path = '', search = ''] = url.split('?');
  const part = path.slice('/a/'.length, -1) as keyof typeof details;
  if (part) return details[part];
  const item = new URLSearchParams(search).get('item');
  const view = page.body as Partial<ReturnType<typeof answerOf>>;
  if (!item || !view.items) return page.body;
  return { ...view, items: view.items.filter((one) => one.code === item) };
}

/** What the server answers, with which status, and what it was asked. */
export const page = { body: undefined as unknown, status: 200, asked: [] as string[] };

export const $ = (css: string) => document.querySelector<HTMLElement>(css);
export const text = (css: string) => $(css)?.textContent ?? '';
export const tab = (words: string) =>
  [...document.querySelectorAll<HTMLElement>('[role=tab]')].find(
    (one) => one.textContent === words,
  );
export const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);
export const source = () => Source.all.at(-1) as Source;

export async function open(query = ''): Promise<void> {
  history.replaceState(null, '', `/dashboard/${query}`);
  document.body.innerHTML =
    '<div id="dashboard" data-agreement-url="/a/" data-live-url="/l"></div>';
  vi.resetModules();
  await import('../src/entries/dashboard');
  await passed(10);
}

/** Before and after each test of a file. */
export function servesEachTest(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    Source.all = [];
    page.asked = [];
    page.status = 200;
    page.body = answerOf(1, 0.62, [0.5, 0.71], null);
    vi.stubGlobal('EventSource', Source);
    vi.stubGlobal('fetch', async (url: string) => {
      page.asked.push(url);
      return new Response(JSON.stringify(served(url)), { status: page.status });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
