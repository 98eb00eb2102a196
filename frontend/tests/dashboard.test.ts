import { describe, expect, it, vi } from 'vitest';

import {
  $,
  answerOf,
  open,
  page,
  passed,
  servesEachTest,
  Source,
  source,
  tab,
  text,
} from './dashboardPage';

const one = (view: unknown) =>
  (view as ReturnType<typeof answerOf>).items[0]?.pairs[0] as { n_patients: number };

servesEachTest();

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
    page.body = answerOf(1, null, null, 'no item rated by both');
    await open();
    expect(text('[data-pair=R1-R2]')).toContain('no item rated by both');
    page.body = answerOf(1, 0, null, 'one reader used one category only: no interval');
    one(page.body).n_patients = 1;
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
    page.body = answerOf(1, 0.64, [0.52, 0.73], null);
    source().onmessage();
    await passed(200);
    expect(text('[data-pair=R1-R2]')).toContain('0.64');
    expect($('.kappa-new')).not.toBeNull();
    await passed(1600);
    expect($('.kappa-new')).toBeNull();
  });

  it('keeps the numbers, says what is wrong and tries again when the server fails', async () => {
    await open();
    page.status = 500;
    page.body = { code: 'server', message: 'Something broke.', details: {} };
    source().resync();
    await passed(200);
    expect(text('.message-error')).toContain('Something broke.');
    expect(text('[data-pair=R1-R2]')).toContain('0.62');
    page.status = 200;
    page.body = answerOf(1, 0.7, [0.6, 0.8], null);
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
    page.body = answerOf(2, 0.8, [0.7, 0.9], null);
    tab('AI-aided')?.click();
    await passed(200);
    expect(page.asked.at(-1)).toBe('/a/?arm=2');
    expect(text('figcaption')).toContain('AI-aided');
    expect($('.kappa-new')).toBeNull();
  });

  it('never put one arm’s numbers under the name of another', async () => {
    await open();
    page.status = 500;
    page.body = { code: 'server', message: 'Something broke.', details: {} };
    tab('AI-aided')?.click();
    await passed(200);
    expect(text('[data-pair=R1-R2]')).toContain('0.62');
    expect(text('figcaption')).toContain('Unaided');
    expect(tab('Unaided')?.getAttribute('aria-selected')).toBe('true');
  });

  it('fall back to the first arm when the address names one that is not there', async () => {
    vi.stubGlobal('fetch', async (url: string) => {
      page.asked.push(url);
      const isGone = url.endsWith('?arm=99');
      const gone = { code: 'missing', message: 'This reader study has no such arm.', details: {} };
      return new Response(JSON.stringify(isGone ? gone : page.body), {
        status: isGone ? 404 : 200,
      });
    });
    await open('?arm=99');
    await passed(400);
    expect(page.asked.slice(0, 2)).toEqual(['/a/?arm=99', '/a/']);
    expect(text('[data-pair=R1-R2]')).toContain('0.62');
  });
});
