/** Keys of the reading room, in one table that the help page shows too. */
import type { ViewAct } from '../viewer/acts';
import { pressGridKey } from './answers';
import * as controls from './controls';
import { pressMarkingKey, toggleMarking } from './marking';
import { submit } from './session';
import * as state from './state';

interface Shortcut {
  keys: string[];
  words: string;
  act: () => void;
}

const view = (name: ViewAct) => () => state.viewing.current?.act(name);

export const GRID_KEYS: readonly (readonly [string, string])[] = [
  ['0 – 9', 'Answer the active cell with this score'],
  ['N', 'Not gradable'],
  ['Backspace', 'Take the answer back'],
  ['Arrows', 'Move in the grid; another level moves the images'],
  ['Tab, Enter', 'Next cell (with Shift: the one before)'],
  ['Home, End', 'First and last cell'],
  ['Ctrl + Enter', 'Submit the case'],
];

export const SWITCH_KEYS: Shortcut[] = [
  { keys: ['h'], words: 'Hide or show AI (aided arm)', act: controls.toggleAi },
  { keys: ['l'], words: 'Link or unlink scrolling', act: controls.toggleLinked },
  { keys: ['r'], words: 'Reference lines on or off', act: controls.toggleLines },
  { keys: ['a'], words: 'Move on after an answer, or stay', act: controls.toggleAdvancing },
  { keys: ['m'], words: 'Mark the disc levels by hand', act: toggleMarking },
  { keys: ['?'], words: 'This help', act: () => (state.isHelpOpen.value = true) },
];

export const IMAGE_KEYS: Shortcut[] = [
  { keys: ['v'], words: 'Next image becomes the active one', act: view('next-viewport') },
  { keys: ['PageUp', 'w'], words: 'Previous slice', act: view('previous-slice') },
  { keys: ['PageDown', 's'], words: 'Next slice', act: view('next-slice') },
  { keys: ['e'], words: 'Enlarge, and back', act: view('enlarge') },
  { keys: ['+', '='], words: 'Zoom in', act: view('zoom-in') },
  { keys: ['-'], words: 'Zoom out', act: view('zoom-out') },
  { keys: ['i'], words: 'Brighter', act: view('brighter') },
  { keys: ['k'], words: 'Darker', act: view('darker') },
  { keys: ['u'], words: 'More contrast', act: view('more-contrast') },
  { keys: ['j'], words: 'Less contrast', act: view('less-contrast') },
  { keys: ['f'], words: 'Reset window, zoom and pan of all', act: view('reset') },
];

const PAN: Readonly<Record<string, ViewAct>> = {
  ArrowLeft: 'pan-left',
  ArrowRight: 'pan-right',
  ArrowUp: 'pan-up',
  ArrowDown: 'pan-down',
};

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** A button or link outside the grid keeps the keys that press or leave it. */
function keepsItsKey(event: KeyboardEvent): boolean {
  const isWithin = event.target instanceof Element && event.target.closest('.own-keys, a') !== null;
  return isWithin && ['Enter', ' ', 'Tab'].includes(event.key);
}

function press(event: KeyboardEvent): boolean {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    void submit();
    return true;
  }
  if (event.ctrlKey || event.metaKey || keepsItsKey(event)) return false;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (pressMarkingKey(name)) return true;
  const pan = event.shiftKey ? PAN[name] : undefined;
  if (pan) {
    state.viewing.current?.act(pan);
    return true;
  }
  const shortcut = [...SWITCH_KEYS, ...IMAGE_KEYS].find(({ keys }) => keys.includes(name));
  shortcut?.act();
  return shortcut !== undefined || pressGridKey(event.key, event.shiftKey);
}

export function listen(): void {
  document.addEventListener('keydown', (event) => {
    if (isTyping(event.target) || event.altKey || state.isHelpOpen.value || state.isOver.value) {
      return;
    }
    if (state.reading.value && press(event)) event.preventDefault();
  });
}
