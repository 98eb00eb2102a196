import { describe, expect, it } from 'vitest';

import { holderOf, keyName, press, registerActions } from '../src/reading/actions';
import { History } from '../src/reading/history';

describe('undo', () => {
  const both = [
    { key: 'a', before: 0, after: 1 },
    { key: 'b', before: 0, after: 1 },
  ];

  it('takes back all that was done together, the last first', () => {
    const history = new History<number>();
    history.add(both);
    expect(history.undo()).toEqual([
      { key: 'b', value: 0 },
      { key: 'a', value: 0 },
    ]);
    expect(history.undo()).toBeNull();
  });

  it('can be done again, until something new is done', () => {
    const history = new History<number>();
    history.add(both);
    history.undo();
    expect(history.redo()).toEqual([
      { key: 'a', value: 1 },
      { key: 'b', value: 1 },
    ]);
    history.undo();
    history.add([{ key: 'c', before: 2, after: 3 }]);
    expect(history.redo()).toBeNull();
  });
});

const key = (init: KeyboardEventInit) => keyName(new KeyboardEvent('keydown', init));

describe('the name of a key', () => {
  it('says Ctrl and Shift where they matter', () => {
    expect(key({ key: 'Z', code: 'KeyZ', ctrlKey: true, shiftKey: true })).toBe('Ctrl+Shift+z');
    expect(key({ key: 'Enter', code: 'Enter', ctrlKey: true })).toBe('Ctrl+Enter');
    expect(key({ key: 'ArrowUp', code: 'ArrowUp', shiftKey: true })).toBe('Shift+ArrowUp');
  });

  it('takes signs that need Shift on some keyboards as they are', () => {
    expect(key({ key: '?', code: 'Slash', shiftKey: true })).toBe('?');
    expect(key({ key: '+', code: 'Equal', shiftKey: true })).toBe('+');
  });

  it('takes digits with Shift by their place', () => {
    expect(key({ key: '!', code: 'Digit1', shiftKey: true })).toBe('Shift+1');
    expect(key({ key: ' ', code: 'Space' })).toBe('Space');
  });
});

describe('an action', () => {
  it('is done by its key, unless its time has not come', () => {
    let count = 0;
    let isTime = false;
    const act = () => (count += 1);
    registerActions('Test', [{ id: 'one', keys: ['F9'], words: 'One', act, when: () => isTime }]);
    expect(press('F9')).toBe(false);
    isTime = true;
    expect(press('F9')).toBe(true);
    expect(count).toBe(1);
    expect(holderOf('F9', 'other')?.words).toBe('One');
    expect(holderOf('F9', 'one')).toBeNull();
  });
});
