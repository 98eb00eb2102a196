import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

class Source {
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

function answerOf(arm: number, value: number | null, ci: number[] | null, note: string | null) {
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
const details = {
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
  const view = body as Partial<ReturnType<typeof answerOf>>;
  if (!item || !view.items) return body;
  return { ...view, items: view.items.filter((one) => one.code === item) };
}

let body: unknown;
const one = (view: unknown) =>
  (view as ReturnType<typeof answerOf>).items[0]?.pairs[0] as { n_patients: number };
let status: number;
let asked: string[];
const $ = (css: string) => document.querySelector<HTMLElement>(css);
const text = (css: string) => $(css)?.textContent ?? '';
const tab = (words: string) =>
  [...document.querySelectorAll<HTMLElement>('[role=tab]')].find(
    (one) => one.textContent === words,
  );
const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const source = () => Source.all.at(-1) as Source;

async function open(query = ''): Promise<void> {
  history.replaceState(null, '', `/dashboard/${query}`);
  document.body.innerHTML =
    '<div id="dashboard" data-agreement-url="/a/" data-live-url="/l"></div>';
  vi.resetModules();
  await import('../src/entries/dashboard');
  await passed(10);
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.all = [];
  asked = [];
  status = 200;
  body = answerOf(1, 0.62, [0.5, 0.71], null);
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return new Response(JSON.stringify(served(url)), { status });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the agreement page', () => {
  it('prints value, interval and n in each cell and says how they were made', async () => {
    await open();
    const cell = text('[data-pair=R1-R2]');
    expect(cell).toContain('0.62');
    expect(cell).toContain('0.50 to 0.71');
    expect(cell).toContain('n = 80 in 16 patients');
    expect(text('figcaption')).toBe('Modic: quadratic kappa between readers, Unaided');
    expect(text('.kappa-how')).toMatch(
      /quadratic weights on the 4 categories.*patients as cluster/s,
    );
    expect(document.querySelectorAll('.kappa-blank')).toHaveLength(2);
  });

  it('says why a pair has no value or no interval', async () => {
    body = answerOf(1, null, null, 'no item rated by both');
    await open();
    expect(text('[data-pair=R1-R2]')).toContain('no item rated by both');
    body = answerOf(1, 0, null, 'one reader used one category only: no interval');
    one(body).n_patients = 1;
    source().onmessage();
    await passed(200);
    expect(text('[data-pair=R1-R2]')).toMatch(/in 1 patient$/);
    expect(text('[data-pair=R1-R2]')).toMatch(/0\.00one reader used one category only/);
  });

  it('moves and marks the cell when an event comes', async () => {
    await open();
    source().onopen();
    await passed(200);
    expect(text('.live-on')).toBe('● live');
    body = answerOf(1, 0.64, [0.52, 0.73], null);
    source().onmessage();
    await passed(200);
    expect(text('[data-pair=R1-R2]')).toContain('0.64');
    expect($('.kappa-new')).not.toBeNull();
    await passed(1600);
    expect($('.kappa-new')).toBeNull();
  });

  it('keeps the numbers, says what is wrong and tries again when the server fails', async () => {
    await open();
    status = 500;
    body = { code: 'server', message: 'Something broke.', details: {} };
    source().resync();
    await passed(200);
    expect(text('.message-error')).toContain('Something broke.');
    expect(text('[data-pair=R1-R2]')).toContain('0.62');
    status = 200;
    body = answerOf(1, 0.7, [0.6, 0.8], null);
    await passed(5200);
    expect($('.message-error')).toBeNull();
    expect(text('[data-pair=R1-R2]')).toContain('0.70');
  });

  it('connects anew after the browser gave up, and says when a reload is due', async () => {
    await open();
    source().onopen();
    source().onerror();
    await passed(1);
    expect(text('.live-off')).toBe('○ reconnecting');
    expect(Source.all).toHaveLength(1);
    for (let refusal = 0; refusal < 3; refusal += 1) {
      source().readyState = Source.CLOSED;
      source().onerror();
      await passed(3001);
    }
    expect(Source.all).toHaveLength(4);
    expect(text('.live-off')).toContain('reload the page');
    source().onopen();
    await passed(1);
    expect(text('.live-on')).toBe('● live');
  });
});

describe('items and arms', () => {
  it('are chosen by mouse or arrow keys and kept in the address', async () => {
    await open('?item=pfirrmann');
    expect($('.kappa-matrix')?.dataset.item).toBe('pfirrmann');
    tab('Modic')?.click();
    await passed(200);
    expect(location.search).toBe('?item=modic');
    tab('Modic')?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
    );
    await passed(200);
    expect($('.kappa-matrix')?.dataset.item).toBe('pfirrmann');
    expect(document.activeElement).toBe(tab('Pfirrmann'));
    expect(document.querySelectorAll('[aria-label=Item] [tabindex="0"]')).toHaveLength(1);
  });

  it('show the numbers of the chosen arm only, and the progress of both', async () => {
    await open();
    expect(text('[data-progress="R1/Unaided"]')).toBe(' 2/16 median 2:05 min a case');
    expect(text('[data-progress="R1/AI-aided"]')).toContain('not told before the data are locked');
    body = answerOf(2, 0.8, [0.7, 0.9], null);
    tab('AI-aided')?.click();
    await passed(200);
    expect(asked.at(-1)).toBe('/a/?arm=2');
    expect(text('figcaption')).toContain('AI-aided');
    expect($('.kappa-new')).toBeNull();
  });

  it('never put one arm’s numbers under the name of another', async () => {
    await open();
    status = 500;
    body = { code: 'server', message: 'Something broke.', details: {} };
    tab('AI-aided')?.click();
    await passed(200);
    expect(text('[data-pair=R1-R2]')).toContain('0.62');
    expect(text('figcaption')).toContain('Unaided');
    expect(tab('Unaided')?.getAttribute('aria-selected')).toBe('true');
  });

  it('fall back to the first arm when the address names one that is not there', async () => {
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      const isGone = url.endsWith('?arm=99');
      const gone = { code: 'missing', message: 'This reader study has no such arm.', details: {} };
      return new Response(JSON.stringify(isGone ? gone : body), { status: isGone ? 404 : 200 });
    });
    await open('?arm=99');
    await passed(400);
    expect(asked.slice(0, 2)).toEqual(['/a/?arm=99', '/a/']);
    expect(text('[data-pair=R1-R2]')).toContain('0.62');
  });
});

describe('a pair of readers', () => {
  const cell = (row: number, column: number) =>
    document.querySelectorAll('.kappa-matrix tbody tr')[row]?.querySelectorAll('td')[column]
      ?.firstElementChild as HTMLElement;

  it('is reached by keys, one tab stop for the matrix, and opened by a click', async () => {
    await open();
    expect(document.querySelectorAll('.kappa-matrix [tabindex="0"]')).toHaveLength(1);
    cell(0, 1).focus();
    const key = new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true });
    cell(0, 1).dispatchEvent(key);
    expect(key.defaultPrevented).toBe(true);
    cell(1, 0).click();
    await passed(200);
    expect(location.search).toBe('?a=R2&b=R1');
    expect(asked).toContain('/a/pair/?a=R2&b=R1');
    expect(text('#pair-title')).toBe('Modic: R2 (rows) and R1 (columns), Unaided');
    expect(text('.confusion tbody tr')).toContain('40 91 %');
    expect(text('.pair-panel .estimate-table')).toContain('quadratic kappa0.6200.520 to 0.720');
    expect(cell(1, 0).getAttribute('aria-pressed')).toBe('true');
  });

  it('follows the grades and can be closed', async () => {
    await open('?a=R2&b=R1');
    const before = details.pair.counts;
    details.pair.counts = [[41, 4, 0, 0], ...(before?.slice(1) ?? [])];
    source().onmessage();
    await passed(200);
    expect(text('.confusion tbody tr')).toContain('41 91 %');
    details.pair.counts = before;
    [...document.querySelectorAll<HTMLElement>('.pair-panel button')]
      .find((one) => one.textContent === 'Close')
      ?.click();
    await passed(200);
    expect($('.pair-panel')).toBeNull();
    expect(location.search).toBe('');
  });

  it('of too few patients says only how many', async () => {
    const before = details.pair.counts;
    details.pair.counts = null;
    details.pair.withheld = 'not told from fewer than 20 patients';
    await open('?a=R2&b=R1');
    expect(text('.pair-panel .message')).toBe(
      'n = 80 in 16 patients: not told from fewer than 20 patients.',
    );
    expect($('.confusion')).toBeNull();
    details.pair.counts = before;
    details.pair.withheld = null;
  });
});

describe('other views', () => {
  it('show strata as a picture with words and a table', async () => {
    await open('?view=strata');
    expect(asked.at(-1)).toBe('/a/strata/?by=level');
    const picture = $('.forest svg');
    expect(picture?.getAttribute('role')).toBe('img');
    expect(picture?.getAttribute('aria-label')).toContain(
      'L5/S1: not estimable, no item rated by both',
    );
    expect(text('.forest svg')).toContain('0.40 to 0.60');
    expect(text('.forest .estimate-table')).toContain('L4/L50.5000.400 to 0.60020163 pairs');
    expect($('.exploratory')).toBeNull();
    const select = $('select') as HTMLSelectElement;
    select.value = 'side';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    await passed(200);
    expect(asked.at(-1)).toBe('/a/strata/?by=side');
  });

  it('offer AI only where the server lets it be seen, in the colour of AI', async () => {
    await open();
    expect(tab('AI against readers')).toBeUndefined();
    body = { ...answerOf(1, 0.62, [0.5, 0.71], null), ai: 'lumbar_grading@2', is_locked: true };
    source().onmessage();
    await passed(200);
    tab('AI against readers')?.click();
    await passed(200);
    expect(asked.at(-1)).toBe('/a/ai/');
    expect(text('.kappa-how')).toContain('lumbar_grading@2');
    expect(document.querySelectorAll('.forest rect[fill="#6d3fc0"]')).toHaveLength(3);
    expect(text('.exploratory')).toContain('2 exploratory slices were viewed');
  });

  it('say calmly that the protocol withholds everything, and do not ask again', async () => {
    status = 409;
    body = { code: 'withheld', message: 'Only after the data are locked.', details: {} };
    await open();
    expect(text('.empty')).toBe('Only after the data are locked.');
    const asks = asked.length;
    await passed(20_000);
    expect(asked).toHaveLength(asks);
  });

  it('put AC1 and PABAK beside a kappa that misleads', async () => {
    const view = answerOf(1, 0.1, [-0.2, 0.4], null);
    for (const item of view.items) Object.assign(item.pairs[0] ?? {}, { ac1: 0.91, pabak: 0.9 });
    body = view;
    await open();
    expect(text('[data-pair=R1-R2]')).toContain('AC1 0.91, PABAK 0.90');
    expect(text('.kappa-how')).toContain('prevalence index');
  });
});
