/** Keys of the reading room, in one table that the help page shows too. */
import * as controls from './controls';
import * as session from './session';

interface Shortcut {
  keys: string[];
  words: string;
  act: () => void;
}

export const SHORTCUTS: Shortcut[] = [
  { keys: ['h'], words: 'Hide or show AI (aided arm)', act: controls.toggleAi },
  { keys: ['l'], words: 'Link or unlink scrolling', act: controls.toggleLinked },
  { keys: ['r'], words: 'Reference lines on or off', act: controls.toggleLines },
  { keys: ['m'], words: 'Mark the disc levels by hand', act: controls.toggleMarking },
  { keys: ['a'], words: 'Move on after an answer, or stay', act: controls.toggleAdvancing },
  { keys: ['f'], words: 'Reset window, zoom and pan', act: controls.resetViews },
  { keys: ['PageUp', 'w'], words: 'Previous slice', act: () => controls.scroll(-1) },
  { keys: ['PageDown', 's'], words: 'Next slice', act: () => controls.scroll(1) },
  { keys: ['?'], words: 'This help', act: () => (session.isHelpOpen.value = true) },
];

export const GRID_KEYS: readonly (readonly [string, string])[] = [
  ['0 – 9', 'Answer the active cell with this score'],
  ['N', 'Not gradable'],
  ['Backspace', 'Take the answer back'],
  ['Arrows', 'Move in the grid; another level moves the images'],
  ['Enter', 'Next cell (with Shift: the one before)'],
  ['Ctrl + Enter', 'Submit the case'],
];

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

export function listen(): void {
  document.addEventListener('keydown', (event) => {
    if (isTyping(event.target) || session.isHelpOpen.value || event.altKey) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void session.submit();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && session.marking.value !== null) controls.toggleMarking();
    const isButton = event.target instanceof HTMLButtonElement && event.target.matches('.own-keys');
    if (isButton && (event.key === 'Enter' || event.key === ' ')) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(name));
    if (shortcut) {
      event.preventDefault();
      shortcut.act();
    } else if (session.pressGridKey(event.key, event.shiftKey)) {
      event.preventDefault();
    }
  });
}
