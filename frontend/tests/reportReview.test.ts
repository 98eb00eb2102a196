import { beforeEach, describe, expect, it } from 'vitest';
import { startReview } from '../src/reports/review';

const cell = (key: string, name: string, choices: string, start: string) =>
  `<td><a href="?cell=${key}" data-cell="${key}" data-name="${name}" data-words="mild"
     data-certainty="stated" data-choices="${choices}" data-start="${start}">mild</a></td>`;
const SIX = 'none|mild|mild-moderate|moderate|moderate-severe|severe';

function page(): HTMLElement {
  document.body.innerHTML = `<div id="r"><table>
    <tr><th>L3/L4</th>${cell('canal:L3/L4:', 'upper canal', SIX, '0')}${cell('modic:L3/L4:', 'upper modic', 'none|type 1', '9')}</tr>
    <tr><th>L4/L5</th>${cell('canal:L4/L5:', 'lower canal', SIX, '9')}${cell('modic:L4/L5:', 'lower modic', 'none|type 1', '9')}</tr>
    </table><form><input type="hidden" name="cell" value=""><strong data-part="name"></strong>
    <span data-part="words"></span><span data-part="certainty"></span>
    <button name="verdict" value="right" data-key="r"></button>
    <button name="verdict" value="wrong" data-key="w"></button>
    <select name="corrected"><option value=""></option></select>
    <button name="verdict" value="corrected" data-key="c"></button></form>
    <p class="report-text"><span data-sentence="0">One.</span> <span data-sentence="9">Two.</span></p></div>`;
  document.querySelector('a')?.setAttribute('aria-current', 'true');
  return document.getElementById('r') as HTMLElement;
}

const press = (key: string) =>
  document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
const text = (part: string) => document.querySelector(`[data-part="${part}"]`)?.textContent;
const chosen = () => document.querySelector<HTMLElement>('[aria-current]')?.dataset.cell;
const marked = () => document.querySelector('.is-chosen')?.textContent;

describe('review of a clinical report', () => {
  let sent: string[];

  beforeEach(() => {
    const root = page();
    const form = root.querySelector('form') as HTMLFormElement;
    sent = [];
    form.requestSubmit = (button?: HTMLElement | null) => {
      const values = new FormData(form);
      sent.push(
        [values.get('cell'), (button as HTMLButtonElement).value, values.get('corrected')].join(
          ' ',
        ),
      );
    };
    startReview(root);
  });

  it('marks the sentence of the chosen cell', () => {
    expect(marked()).toBe('One.');
    document.querySelector<HTMLElement>('[data-cell="canal:L4/L5:"]')?.click();
    expect(marked()).toBe('Two.');
    expect(text('name')).toBe('lower canal');
  });

  it('moves by arrows and stays at the edge', () => {
    press('ArrowDown');
    expect(chosen()).toBe('canal:L4/L5:');
    press('ArrowRight');
    expect(chosen()).toBe('modic:L4/L5:');
    press('ArrowDown');
    expect(chosen()).toBe('modic:L4/L5:');
    press('ArrowUp');
    expect(chosen()).toBe('modic:L3/L4:');
  });

  it('judges the chosen cell by a key', () => {
    press('ArrowDown');
    press('r');
    press('w');
    expect(sent).toEqual(['canal:L4/L5: right ', 'canal:L4/L5: wrong ']);
  });

  it('corrects by a digit, where the target has that word', () => {
    press('4');
    expect(sent).toEqual(['canal:L3/L4: corrected moderate-severe']);
    press('ArrowRight');
    press('4');
    expect(sent).toHaveLength(1);
  });
});
