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
  const pair = { a: 'R1', b: 'R2', value, ci, n_items: 80, n_patients: 16, undefined: note };
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
    items: [item('modic', 'Modic'), item('pfirrmann', 'Pfirrmann')],
    progress: [
      { reader: 'R1', name: 'r1', arm: 'Unaided', done: 2, total: 16 },
      { reader: 'R1', name: 'r1', arm: 'AI-aided', done: 5, total: 16 },
    ],
  };
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
    return new Response(JSON.stringify(body), { status });
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
    expect(text('caption')).toContain('Modic: agreement between readers, Unaided');
    expect(text('figcaption')).toMatch(
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
    expect(text('[data-pair=R1-R2]')).toContain('0.00one reader used one category only');
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
    await passed(1);
    expect(location.search).toBe('?item=modic');
    tab('Modic')?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
    );
    await passed(1);
    expect($('.kappa-matrix')?.dataset.item).toBe('pfirrmann');
    expect(document.activeElement).toBe(tab('Pfirrmann'));
    expect(document.querySelectorAll('[aria-label=Item] [tabindex="0"]')).toHaveLength(1);
  });

  it('show the progress and the numbers of the chosen arm only', async () => {
    await open();
    expect(text('.reader-progress')).toContain('2/16');
    body = answerOf(2, 0.8, [0.7, 0.9], null);
    tab('AI-aided')?.click();
    await passed(200);
    expect(asked.at(-1)).toBe('/a/?arm=2');
    expect(text('.reader-progress')).toContain('5/16');
    expect(text('caption')).toContain('AI-aided');
    expect($('.kappa-new')).toBeNull();
  });

  it('never put one arm’s numbers under the name of another', async () => {
    await open();
    status = 500;
    body = { code: 'server', message: 'Something broke.', details: {} };
    tab('AI-aided')?.click();
    await passed(200);
    expect(text('[data-pair=R1-R2]')).toContain('0.62');
    expect(text('caption')).toContain('Unaided');
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
