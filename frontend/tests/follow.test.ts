// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { followParts } from '../src/ui/follow';

const part = (follow: number, text: string) =>
  `<section id="part" data-follow="${follow}"><p>${text}</p><button>Act</button></section>`;
const text = () => document.querySelector('#part p')?.textContent;

let answers: (() => Promise<Response>)[];
const served =
  (body: string, status = 200) =>
  async () =>
    new Response(`<html><body>${body}</body></html>`, { status });

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  vi.stubGlobal(
    'fetch',
    vi.fn(() => answers.shift()?.()),
  );
  document.body.innerHTML = `<input id="reason">${part(2, 'waiting')}`;
  followParts();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a part that follows the server', () => {
  it('takes the new content, leaves the form beside it, and ends when the server says so', async () => {
    const reason = document.querySelector('#reason') as HTMLInputElement;
    reason.value = 'half a sent';
    reason.focus();
    answers = [served(part(2, 'being made')), served(part(0, 'done'))];
    await vi.advanceTimersByTimeAsync(2000);
    expect(text()).toBe('being made');
    await vi.advanceTimersByTimeAsync(2000);
    expect(text()).toBe('done');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(2);
    // a page that is left open does not keep its session alive
    const passive = expect.objectContaining({ 'X-Passive': '1' }) as unknown;
    expect(fetch).toHaveBeenCalledWith(location.href, { headers: passive });
    expect(document.activeElement).toBe(reason);
    expect(reason.value).toBe('half a sent');
  });

  it('waits while somebody stands in it', async () => {
    answers = [served(part(0, 'done'))];
    document.querySelector('button')?.focus();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fetch).not.toHaveBeenCalled();
    document.querySelector<HTMLInputElement>('#reason')?.focus();
    await vi.advanceTimersByTimeAsync(2000);
    expect(text()).toBe('done');
  });

  it('goes on after a broken network and a broken server, and says when it cannot', async () => {
    answers = [
      () => Promise.reject(new TypeError('offline')),
      served('', 502),
      served(part(2, 'being made')),
      served('<p>Sign in</p>'),
    ];
    await vi.advanceTimersByTimeAsync(4000);
    expect(text()).toBe('waiting');
    await vi.advanceTimersByTimeAsync(2000);
    expect(text()).toBe('being made');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(4);
    expect(document.querySelector('#part')?.textContent).toContain('Reload the page');
  });
});
