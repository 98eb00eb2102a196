import { describe, expect, it } from 'vitest';

import {
  $,
  answerOf,
  details,
  open,
  page,
  passed,
  servesEachTest,
  source,
  tab,
  text,
} from './dashboardPage';

servesEachTest();

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
    expect(page.asked).toContain('/a/pair/?a=R2&b=R1');
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
    expect(page.asked.at(-1)).toBe('/a/strata/?by=level');
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
    expect(page.asked.at(-1)).toBe('/a/strata/?by=side');
  });

  it('offer AI only where the server lets it be seen, in the colour of AI', async () => {
    await open();
    expect(tab('AI against readers')).toBeUndefined();
    page.body = {
      ...answerOf(1, 0.62, [0.5, 0.71], null),
      ai: 'lumbar_grading@2',
      is_locked: true,
    };
    source().onmessage();
    await passed(200);
    tab('AI against readers')?.click();
    await passed(200);
    expect(page.asked.at(-1)).toBe('/a/ai/');
    expect(text('.kappa-how')).toContain('lumbar_grading@2');
    expect(document.querySelectorAll('.forest rect[fill="#6d3fc0"]')).toHaveLength(3);
    expect(text('.exploratory')).toContain('2 exploratory slices were viewed');
  });

  it('say calmly that the protocol withholds everything, and do not ask again', async () => {
    page.status = 409;
    page.body = { code: 'withheld', message: 'Only after the data are locked.', details: {} };
    await open();
    expect(text('.empty')).toBe('Only after the data are locked.');
    const asks = page.asked.length;
    await passed(20_000);
    expect(page.asked).toHaveLength(asks);
  });

  it('put AC1 and PABAK beside a kappa that misleads', async () => {
    const view = answerOf(1, 0.1, [-0.2, 0.4], null);
    for (const item of view.items) Object.assign(item.pairs[0] ?? {}, { ac1: 0.91, pabak: 0.9 });
    page.body = view;
    await open();
    expect(text('[data-pair=R1-R2]')).toContain('AC1 0.91, PABAK 0.90');
    expect(text('.kappa-how')).toContain('prevalence index');
  });
});
